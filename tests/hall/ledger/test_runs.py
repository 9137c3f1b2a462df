"""Runs: a visit folded before the writer has it counts as its notes one by one do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Raw, msgpack

from sync.hall.ledger import runs
from sync.hall.ledger.notes import Ended, Explained, Stood, take_notes
from sync.hall.ledger.runs import Run, Told, gather, leave_out
from sync.records import Invitation, Transaction, decode_entry
from tests.hall.kit import START, Chain, TestHall, make_key

KEY = make_key(1)
DAY_MS = 86_400_000


def begin() -> Chain:
    return Chain(KEY).open()


def plain(chain: Chain) -> None:
    chain.reason(chain.visit("P1"), "510")


def mind_changed(chain: Chain) -> None:
    name = chain.invite("P1")
    chain.rate(name, 1)
    chain.rate(name, 5, revision=1)
    chain.rate(name, 2, revision=1)
    chain.end(name)
    chain.end(name, "cancelled")
    chain.reason(name, "510")
    chain.reason(name)


def woven(chain: Chain) -> None:
    one, other = chain.invite("P1"), chain.invite("P2")
    chain.rate(one, 1)
    chain.rate(other, 5)
    chain.end(other)
    chain.end(one)


def moved(chain: Chain) -> None:
    name = chain.invite("P1")
    chain.open("4")
    chain.rate(name)
    chain.end(name)
    chain.visit("P2")


def started_anew(chain: Chain) -> None:
    name = chain.invite("P1")
    chain.boot = "c" * 32
    chain.rate(name)
    chain.end(name)


def clock_lost(chain: Chain) -> None:
    name = chain.invite("P1")
    chain.clock = "unsynced"
    chain.rate(name)
    chain.end(name)


def rated_late(chain: Chain) -> None:
    name = chain.visit("P1")
    chain.visit("P2")
    chain.join(name, "P9", "2")
    chain.rate(name, 1, revision=3)


def asked_twice(chain: Chain) -> None:
    name = chain.visit("P1")
    asked = Transaction(project_no="P2", service_no="2")
    chain.add(Invitation, invitation=name, mode="walk_up", transaction=asked)
    chain.visit("P3")
    chain.add(Invitation, invitation=name, mode="drill")


def never_joined(chain: Chain) -> None:
    chain.join(chain.visit(None, mode="walk_up"), "P1")
    chain.leave_out("P2")
    chain.end(chain.invite("P3"), "not_rated")
    chain.rate("f" * 32)


def ahead(chain: Chain) -> None:
    chain.start += 30 * DAY_MS
    plain(chain)


DAYS = [plain, mind_changed, woven, moved, started_anew, clock_lost, rated_late, asked_twice]
DAYS += [never_joined, ahead]


def count(folder: Path, chain: Chain, size: int, again: bool) -> object:
    """What the hall makes of a chain that comes in batches of so many entries, all before them sent
    once more with each or not.
    """
    hall = TestHall(folder)
    hall.know(KEY)
    for first in range(1, len(chain.lines) + 1, size):
        last = min(first + size - 1, len(chain.lines))
        hall.accept(chain.body(1 if again else first, last))
    hall.recount()
    found = hall.derived()
    hall.close()
    return found


@pytest.mark.parametrize("day", DAYS, ids=lambda day: str(day.__name__))
@pytest.mark.parametrize("again", [False, True], ids=["once", "again"])
def test_a_folded_visit_counts_as_its_notes_do(
    day: Callable[[Chain], None], again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = begin()
    day(chain)
    sizes = (1, 3, 50)
    folded = [count(tmp_path / f"folded-{size}", chain, size, again) for size in sizes]
    monkeypatch.setattr(runs, "_fold", lambda run: Run(run[0].name, Raw(msgpack.encode(run))))
    noted = [count(tmp_path / f"noted-{size}", chain, size, again) for size in sizes]
    assert folded == noted


def tell(chain: Chain) -> list[Told]:
    return gather(take_notes(map(decode_entry, chain.lines)))


def test_a_visit_that_begins_with_its_run_is_folded() -> None:
    chain = begin()
    name = chain.visit("P1", level=2)
    stood, run = tell(chain)
    assert stood == Stood(1, "H", "3")
    assert isinstance(run, Run)
    assert (run.name, run.visit and run.visit.level) == (name, 2)
    assert (run.boot, run.offset) == (chain.boot, START)
    assert run.low == run.latest == START + 3_000


@pytest.mark.parametrize("day", [started_anew, clock_lost], ids=lambda day: str(day.__name__))
def test_what_takes_another_clock_is_not(day: Callable[[Chain], None]) -> None:
    chain = begin()
    day(chain)
    _, run = tell(chain)
    assert isinstance(run, Run)
    assert run.visit is None
    assert [note.seq for note in run.notes] == [2, 3, 4]


def test_what_is_left_out_was_told_before() -> None:
    chain = begin()
    name = chain.visit("P1")
    chain.reason(name, "510")
    (run,) = leave_out(tell(chain), 3)
    assert isinstance(run, Run)
    assert run.visit is None
    assert run.notes == [Ended(4, name, "rated"), Explained(5, name, '["510"]')]
    assert leave_out(tell(chain), 0) == tell(chain)
    assert leave_out(tell(chain), 5) == []
