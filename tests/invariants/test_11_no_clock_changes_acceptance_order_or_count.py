"""No clock value (1970, 2106, ±50 years, jumping back during a visit) changes acceptance, order or
count.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import SkippedClock
from kiosk.terms import Pressed
from sync.records import Outcome, Rating, Stamp
from tests.hall.kit import START, Chain, TestHall, make_key, sign
from tests.invariants.pair import Pair
from tests.kiosk.test_conductor import Stand, ask
from tests.sync.kit import FOLDER, Desk, levels_of, lines_of, rating

KEY = make_key(1)
FIFTY_YEARS_MS = 50 * 31_557_600_000
CLOCKS = {
    "right": (START, "synced"),
    "1970": (0, "unsynced"),
    "1970 believed": (0, "synced"),
    "2106": (4_291_747_200_000, "synced"),
    "fifty years on": (START + FIFTY_YEARS_MS, "unsynced"),
    "fifty years back": (START - FIFTY_YEARS_MS, "synced"),
}


def run_day(
    folder: Path, start: int, clock: str, **strange: str
) -> tuple[dict[str, int], list[str]]:
    hall = TestHall(folder)
    hall.know(KEY)
    chain = Chain(KEY, epoch="e" * 32, start=start, clock=clock).open()
    for number in range(6):
        name = chain.invite(f"P{number % 4}")
        chain.add(Rating, invitation=name, level=1 + number % 5, scale="five", key="1", **strange)
        chain.add(Outcome, invitation=name, outcome="rated")
    for first in range(1, len(chain.lines) + 1, 4):
        answer = hall.accept(chain.body(first, min(first + 3, len(chain.lines))))
        assert answer.unreadable == 0
    counts = hall.counts()
    active = [
        row[0] for row in hall.rows("SELECT level FROM visits WHERE active ORDER BY rating_seq")
    ]
    hall.recount()
    hall.close()
    return counts, active


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], list[str]]:
    return run_day(tmp_path_factory.mktemp("right") / "hall", *CLOCKS["right"])


@pytest.mark.parametrize("name", CLOCKS)
def test_a_wrong_clock(tmp_path: Path, name: str, right: tuple[dict[str, int], list[str]]) -> None:
    assert run_day(tmp_path / "hall", *CLOCKS[name]) == right


@pytest.mark.parametrize(
    "at", ["1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "", "soon", "-1", "０００１"]
)
def test_a_clock_that_jumps_or_says_nothing_during_a_visit(
    tmp_path: Path, at: str, right: tuple[dict[str, int], list[str]]
) -> None:
    counts, active = run_day(tmp_path / "hall", *CLOCKS["right"], at=at)
    assert sum(counts.values()) == sum(right[0].values())
    assert len(active) == len(right[1])


@pytest.mark.parametrize("shift", [-FIFTY_YEARS_MS, FIFTY_YEARS_MS, -START - 3_600_000])
def test_the_halls_own_clock(hall: TestHall, shift: int) -> None:
    hall.know(KEY)
    hall.now += shift
    chain = Chain(KEY).open()
    chain.visit("P1")
    assert hall.accept(chain.body()).accepted == 4
    assert hall.counts()["paired:rated"] == 1


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00.000Z", "2106-02-07T06:28:16.000Z", "?", ""])
def test_a_checkpoints_clock(hall: TestHall, at: str) -> None:
    hall.know(KEY)
    chain = Chain(KEY).open()
    assert hall.accept(sign(KEY, chain.mark(at=at), chain.lines)).accepted == 1


# On the kiosk.

TIMES = st.sampled_from(
    [
        "1970-01-01T00:00:00.000Z",
        "2106-02-07T06:28:16.000Z",
        "1976-03-02T00:00:00.000Z",
        "",
        "never",
    ]
)
STAMPS = st.builds(
    Stamp,
    at=TIMES,
    boot=st.sampled_from(["a" * 32, "b" * 32]),
    mono_ms=st.integers(0, 2**53 - 1),
    clock=st.sampled_from(["synced", "unsynced"]),
)


@given(st.lists(STAMPS, min_size=1, max_size=20))
def test_the_kiosks_journal(stamps: list[Stamp]) -> None:
    desk = Desk()
    journal = desk.open()
    for number, stamp in enumerate(stamps):
        (entry,) = journal.append(stamp, rating(number))
        assert (entry.seq, entry.at) == (number + 1, stamp.at)
        assert journal.prune(stamp) == []
    lines = lines_of(journal)
    journal.close()
    again = desk.open()
    assert lines_of(again) == lines
    assert len(levels_of(again)) == len(stamps)


class Jumping(SkippedClock):
    """Every look at the wall's clock says another year; the monotonic one goes on."""

    def __init__(self, years: Sequence[int]) -> None:
        super().__init__()
        self.years = itertools.cycle(years)

    def wall(self) -> datetime:
        return datetime(next(self.years), 2, 7, 6, 28, 16, tzinfo=UTC)


@pytest.mark.parametrize("years", [(2026,), (2106, 1970), (1976, 2026, 2076), (9999, 1, 2026)])
def test_during_a_visit(pair: Pair, years: Sequence[int]) -> None:
    stand = Stand(FOLDER, pair.desk.open(), Jumping(years))
    for number, (key, level) in enumerate((("1", 5), ("3", 2), ("2", 4))):
        asked = ask(stand, f"P{number}")
        stand.conductor.handle(Pressed(key, level))
        stand.conductor.handle(Pressed("2", 4))
        assert stand.page == "chosen"
        stand.wait_deadline()
        assert stand.counter.invitation(asked) == "rated"
        stand.wait_deadline()
        stand.wait_deadline()
        assert stand.page == "free"
        pair.carry(stand.journal)
    ask(stand, "P9")
    stand.wait_deadline()
    pair.carry(stand.journal)
    counts = pair.hall.counts()
    assert (counts["level:4:three"], counts["not_rated"], counts["invitations"]) == (3, 1, 4)
    assert pair.held() == lines_of(stand.journal)
