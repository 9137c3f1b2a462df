"""The hall's rows are exactly the union of the entries it gave receipts for; none twice, however
many race.
"""

import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.wire import BatchAnswer
from tests.hall.kit import Chain, TestHall, make_key
from tests.hall.server import Reply, serving

KEYS = [make_key(seed) for seed in (1, 2, 3)]


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_racing_senders(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    hall = TestHall(tmp_path_factory.mktemp("hall"))
    hall.know(*KEYS)
    chains = [Chain(key).open() for key in KEYS]
    for chain in chains:
        for number in range(rng.randrange(1, 8)):
            chain.visit(f"{number}", rng.randint(1, 5))
    receipted = dict.fromkeys((chain.epoch for chain in chains), 0)
    for _ in range(25):
        bodies = []
        for _ in range(rng.randint(1, 8)):
            chain = rng.choice(chains)
            first = rng.randint(1, min(len(chain.lines), receipted[chain.epoch] + 2))
            bodies += [chain.body(first, rng.randint(first, len(chain.lines)))] * rng.randint(1, 3)
        rng.shuffle(bodies)
        for answer in hall.take(*bodies):
            if isinstance(answer, BatchAnswer):
                mark = answer.receipt
                receipted[mark.epoch] = max(receipted[mark.epoch], mark.seq)
            else:
                assert answer.word == "gap"
    for chain in chains:
        rows = hall.rows(
            "SELECT e.seq, e.line FROM entries e JOIN streams s ON s.id = e.stream"
            " WHERE s.epoch = ? ORDER BY e.seq",
            chain.epoch,
        )
        held = receipted[chain.epoch]
        assert rows == list(enumerate(chain.lines[:held], start=1))
    hall.close()


@pytest.mark.parametrize("packed", [False, True])
def test_eight_racing_senders_of_one_batch_over_http_all_succeed(
    tmp_path: Path, packed: bool
) -> None:
    key = make_key(1)
    chain = Chain(key).open()
    for number in range(30):
        chain.visit(f"RACE{number}")
    body = chain.body()
    replies: list[Reply] = []
    with serving(tmp_path / "data") as hall:
        assert hall.enrol(key).status == 201
        senders = [
            threading.Thread(target=lambda: replies.append(hall.send(body, packed)))
            for _ in range(8)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert [reply.status for reply in replies] == [200] * 8
        assert sum(reply.json["accepted"] for reply in replies) == len(chain.lines)
        assert {r.json["accepted"] + r.json["known"] for r in replies} == {len(chain.lines)}
        assert hall.report()["ratings"] == 30
    with closing(sqlite3.connect(tmp_path / "data" / "hall.db")) as connection:
        rows = connection.execute("SELECT seq, line FROM entries ORDER BY seq").fetchall()
    assert rows == list(enumerate(chain.lines, start=1))
