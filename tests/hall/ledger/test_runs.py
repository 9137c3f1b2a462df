"""Runs: a visit folded before the writer has it counts as its entries one by one do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from sync.hall.ledger import runs, visits
from sync.hall.ledger.runs import Run, Stood, Told, gather
from sync.hall.ledger.tally import Tally, read
from sync.records import Boot, Invitation, Joined, Service, Stray, Transaction
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


def in_another_hall(chain: Chain) -> None:
    chain.visit("P1")
    chain.open("4", hall="H2")
    for project in ("P1", "P2"):
        chain.reason(chain.visit(project), "510")
    chain.open("3", hall="H")
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


def asked_late(chain: Chain) -> None:
    name = "a" * 32
    chain.rate(name)
    chain.open("4")
    chain.add(Invitation, invitation=name, mode="invited")


def marked_lost(chain: Chain) -> None:
    name = chain.invite("P1", mode=visits.LOST)
    chain.rate(name)
    chain.add(Invitation, invitation=name, mode="invited")
    chain.end(name)


def unread(chain: Chain) -> None:
    name = chain.invite("P1")
    chain.raw(b"no line")
    chain.add(Stray, key="1", why="repeat")
    chain.rate(name)
    chain.end(name)


def ahead(chain: Chain) -> None:
    chain.start += 30 * DAY_MS
    plain(chain)


DAYS = [
    plain,
    mind_changed,
    woven,
    moved,
    in_another_hall,
    started_anew,
    clock_lost,
    rated_late,
    asked_twice,
]
DAYS += [asked_twice, never_joined, asked_late, marked_lost, unread, ahead]


def count(folder: Path, chain: Chain, cuts: list[int], again: bool = False) -> object:
    """What the hall makes of a chain that comes in batches that end there, all before them sent
    once more with each or not.
    """
    hall = TestHall(folder)
    hall.know(KEY)
    first = 1
    for last in cuts:
        hall.accept(chain.body(1 if again else first, last))
        first = last + 1
    hall.recount()
    found = hall.derived()
    hall.close()
    return found


def one_by_one(name: str, first: int, end: int, *_: object) -> Run:
    """Stands in for the fold."""
    return Run(name, first, end)


@pytest.mark.parametrize("day", DAYS, ids=lambda day: str(day.__name__))
@pytest.mark.parametrize("again", [False, True], ids=["once", "again"])
def test_a_folded_visit_counts_as_its_entries_do(
    day: Callable[[Chain], None], again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = begin()
    day(chain)
    size = len(chain.lines)
    ways = [[*range(step, size, step), size] for step in (1, 3, 50)]
    found = [count(tmp_path / f"folded-{len(way)}", chain, way, again) for way in ways]
    monkeypatch.setattr(runs, "_fold", one_by_one)
    found += [count(tmp_path / f"alone-{len(way)}", chain, way, again) for way in ways]
    assert found == found[:1] * len(found)


def tell(chain: Chain) -> list[Told]:
    return gather(map(read, chain.lines), 0, "")


def test_a_visit_that_begins_with_its_run_is_folded() -> None:
    chain = begin()
    name = chain.visit("P1", level=2)
    stood, run = tell(chain)
    assert stood == Stood("H", "3")
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
    assert (run.first, run.end) == (1, 4)


def test_what_is_not_counted_tells_nothing() -> None:
    chain = begin()
    chain.add(Boot, software="1", clean=True)
    chain.add(Stray, key="1", why="repeat")
    chain.add(Service, service="s", state="begun", transaction=Transaction("P1", "1"))
    chain.add(Joined, service="s", transaction=Transaction("P1", "1"))
    assert tell(chain) == [Stood("H", "3")]
    assert gather([None, "a head"], 0, "") == []


def test_a_service_left_out_is_a_visit_never_asked_for() -> None:
    chain = begin()
    chain.leave_out("P3")
    _, run = tell(chain)
    assert isinstance(run, Run)
    assert run.visit is not None
    assert (run.visit.mode, run.visit.project_no) == (visits.NOT_ASKED, "P3")
    assert run.name.startswith(visits.SERVICE_PREFIX)


def test_what_came_to_nothing_is_not_counted(hall: TestHall) -> None:
    """A batch goes on what another of its transaction began; a bug throws both back, and the other
    alone is tried again.
    """
    hall.know(KEY)
    chain = begin()
    name = chain.invite("P1")
    chain.rate(name)
    chain.end(name)
    first, second = hall.check(chain.body(1, 2)), hall.check(chain.body(3, 4))

    def fail(connection: Connection, tally: Tally) -> None:
        tally.settle()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hall.intake.commit([first, second], hall.now, [fail])
    hall.intake.commit([first], hall.now)
    assert hall.counts() == {"invitations": 1}
