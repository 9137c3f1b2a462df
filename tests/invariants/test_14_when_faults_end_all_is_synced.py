"""Faults end: everything is synced in bounded steps and memory, whatever was lost, late or doubled
before.
"""

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.hall.refusal import Refused
from sync.records import Draft, Fault
from tests.hall.kit import Chain, TestHall, make_key
from tests.invariants.pair import Pair
from tests.sync.kit import STAMP

KEYS = [make_key(seed) for seed in (1, 2)]
BATCH = 5

LARGE = 4_000
"""Entries of 8 KiB."""

MEMORY_MAX = 16 * 1024 * 1024


class Sender:
    """Sends from the last head it heard of; hears not every answer."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.held = 0

    def body(self) -> bytes:
        first = min(self.held + 1, len(self.chain.lines))
        return self.chain.body(first, min(first + BATCH - 1, len(self.chain.lines)))

    def hear(self, answer: object) -> None:
        if isinstance(answer, Refused):
            assert answer.head is not None
            self.held = answer.head.seq
        else:
            self.held = answer.receipt.seq  # type: ignore[attr-defined]


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_whatever_was_lost(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    hall = TestHall(tmp_path_factory.mktemp("hall"))
    hall.know(*KEYS)
    senders = [Sender(Chain(key).open()) for key in KEYS]
    late: list[bytes] = []
    for _ in range(30):
        sender = rng.choice(senders)
        sender.chain.visit(f"P{rng.randrange(50)}")
        late += [sender.body()] * rng.randrange(3)
        rng.shuffle(late)
        while late and rng.randrange(2):
            (answer,) = hall.take(late.pop())
            if rng.randrange(2):
                sender.hear(answer) if _is_for(sender, answer) else None
        if rng.randrange(10) == 0:
            hall.restart()
    steps = 0
    for sender in senders:
        while sender.held < len(sender.chain.lines):
            sender.hear(hall.take(sender.body())[0])
            steps += 1
    assert steps <= sum(len(s.chain.lines) // BATCH + 3 for s in senders)
    for body in late:  # what was still under way arrives at last
        hall.take(body)
    assert hall.rows("SELECT sum(seq) FROM streams") == [
        (sum(len(s.chain.lines) for s in senders),)
    ]
    hall.recount()
    hall.close()


def _is_for(sender: Sender, answer: object) -> bool:
    place = answer.head if isinstance(answer, Refused) else answer.receipt  # type: ignore[attr-defined]
    return bool(place.epoch == sender.chain.epoch)


def test_a_large_backlog_is_carried_in_bounded_memory(pair: Pair) -> None:
    """32 MiB of entries pass through courier and intake; neither ever holds more than a few MiB."""
    journal = pair.desk.open(check=False)
    large = Draft(Fault, {"what": "x", "state": "raised", "detail": "x" * 8000})
    for _ in range(LARGE // 16):
        journal.append(STAMP, [large] * 16)
        journal.index()
    tracemalloc.start()
    try:
        pair.carry(journal)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert journal.backlog == 0
    assert peak < MEMORY_MAX, f"{peak >> 20} MiB"
