"""Little room and a jumping clock are noticed once, however often it is looked."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.vitals import JUMP_MS, LOW_BYTES, ROOMY, Vitals

PLENTY = 10 * LOW_BYTES


def test_little_room_is_told_once_until_there_is_plenty_again() -> None:
    vitals = Vitals()
    told = [vitals.look(free, 0, 0) for free in (PLENTY, LOW_BYTES - 1, 0, LOW_BYTES + 1)]
    assert [[(n.what, n.state) for n in notes] for notes in told] == [
        [], [("disk_low", "raised")], [], [],
    ]  # fmt: skip
    (cleared,) = vitals.look(ROOMY * LOW_BYTES, 0, 0)
    assert (cleared.what, cleared.state) == ("disk_low", "cleared")
    assert vitals.look(PLENTY, 0, 0) == []


def test_a_jump_is_told_with_how_far_and_a_drift_is_not() -> None:
    vitals = Vitals()
    assert vitals.look(PLENTY, 1_000_000, 0) == []
    assert vitals.look(PLENTY, 1_000_000 + 3_600_000 + 5_000, 3_600_000) == []
    (note,) = vitals.look(PLENTY, 0, 7_200_000)
    assert (note.what, note.state) == ("clock_jump", "raised")
    assert note.detail.startswith("-")
    assert vitals.look(PLENTY, 60_000, 7_260_000) == []


@given(st.lists(st.integers(-JUMP_MS, JUMP_MS), max_size=20))
def test_no_drift_within_the_bound_is_ever_a_jump(drifts: list[int]) -> None:
    vitals, wall = Vitals(), 0
    vitals.look(PLENTY, 0, 0)
    for count, drift in enumerate(drifts, 1):
        wall += drift
        assert vitals.look(PLENTY, wall + count * 1_000, count * 1_000) == []
