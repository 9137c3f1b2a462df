"""Faults told once: raised, counted, cleared."""

from devices.press import Fault
from devices.tally import QUIET_MS, Tally


def test_a_flood_of_one_kind_is_one_fault() -> None:
    tally = Tally()
    assert tally.deadline is None
    assert tally.note("bad_frame", "FF", 10) == [Fault("bad_frame", "raised", "FF", 10, 1)]
    for at in range(11, 500):
        assert tally.note("bad_frame", "00", at) == []
    assert tally.deadline == 499 + QUIET_MS
    assert tally.tick(498 + QUIET_MS) == []
    over = tally.tick(499 + QUIET_MS)
    assert over == [Fault("bad_frame", "cleared", "n=490", 499 + QUIET_MS, 490)]
    assert tally.deadline is None
    assert tally.note("bad_frame", "AA", 99_999) == [Fault("bad_frame", "raised", "AA", 99_999, 1)]


def test_each_kind_has_its_own_fault_and_its_own_quiet() -> None:
    tally = Tally()
    tally.note("unknown_code", "09", 0)
    assert tally.note("missed_presses", "n=3", 5, 3) == [
        Fault("missed_presses", "raised", "n=3", 5, 3)
    ]
    tally.note("missed_presses", "n=2", 50, 2)
    assert tally.deadline == QUIET_MS
    assert tally.tick(QUIET_MS) == [Fault("unknown_code", "cleared", "n=1", QUIET_MS, 1)]
    assert tally.deadline == 50 + QUIET_MS
    assert tally.tick(50 + QUIET_MS) == [
        Fault("missed_presses", "cleared", "n=5", 50 + QUIET_MS, 5)
    ]
