"""A model of fingers: bounce, two hands, a leaning child; at most one press for each push."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.debounce import CodeDebouncer
from devices.press import Down, Fault, Press, Up
from tests.devices.test_debounce import LEVELS, TIMING, count, make_edges, play

# Fingers: each push of a key has a beginning and an end, with bounce at both and chatter between.

push = st.tuples(
    st.sampled_from("123"),
    st.integers(0, 1_500),  # rest before it
    st.integers(40, 7_000),  # how long it is held
    st.lists(st.integers(1, 9), max_size=6),  # bounces at the beginning
    st.lists(st.integers(1, 9), max_size=6),  # bounces at the end
)


def edges_of(
    start_ms: int, held_ms: int, first: list[int], last: list[int]
) -> list[tuple[int, bool]]:
    """Contact bounce: pairs of edges, few milliseconds apart, the last of them the lasting one."""
    times = [start_ms]
    for gap in first[: len(first) // 2 * 2]:
        times.append(times[-1] + gap)
    end = max(start_ms + held_ms, times[-1] + 1)
    ends = [end]
    for gap in last[: len(last) // 2 * 2]:
        ends.append(ends[-1] + gap)
    return [(at, number % 2 == 0) for number, at in enumerate(times + ends)]


@given(pushes=st.lists(push, max_size=8))
def test_one_finger_makes_at_most_one_press_for_each_push(
    pushes: list[tuple[str, int, int, list[int], list[int]]],
) -> None:
    now = 0
    keys = make_edges()
    for key, rest, held, first, last in pushes:
        now += rest + 60
        edges = edges_of(now, held, first, last)
        events = play(keys, [(at, key, down) for at, down in edges])
        now = edges[-1][0]
        presses = [event for event in events if isinstance(event, Press)]
        assert len(presses) <= 1
        assert {event.key for event in presses} <= {key}
        if len(edges) == 2 and held < TIMING.hold_ms:
            assert len(presses) == 1, "a clean push always counts"


@given(
    hands=st.lists(st.tuples(st.integers(0, 8_000), push), min_size=1, max_size=10),
    forgets=st.lists(st.integers(0, 16_000), max_size=2),
)
def test_a_child_leaning_on_the_panel_makes_no_press_out_of_nothing(
    hands: list[tuple[int, tuple[str, int, int, list[int], list[int]]]], forgets: list[int]
) -> None:
    moves = sorted(
        (at, key, down)
        for start, (key, _, held, first, last) in hands
        for at, down in edges_of(start, held, first, last)
    )
    keys = make_edges()
    down: set[str] = set()  # by the wire
    lit: set[str] = set()  # by what was told
    stuck: set[str] = set()
    for now_ms, key, goes_down in moves:
        before = set(down)
        if forgets and forgets[0] < now_ms:
            told = keys.forget(forgets.pop(0))
            assert not count(told, Press)
            down.clear()
            before.clear()
        else:
            told = []
        told += play(keys, [(now_ms, key, goes_down)])
        (down.add if goes_down else down.discard)(key)
        for event in told:
            match event:
                case Press(pressed, level, _):
                    assert pressed == key
                    assert not goes_down
                    assert pressed in before
                    assert level == LEVELS[pressed]
                    assert before - stuck == {pressed}, "with no other key down"
                case Down(pressed, _):
                    assert pressed not in lit
                    lit.add(pressed)
                case Up(pressed, _):
                    lit.remove(pressed)
                case Fault("key_stuck", "raised", pressed):
                    stuck.add(pressed)
                case Fault("key_stuck", "cleared", pressed):
                    stuck.remove(pressed)
        due = keys.deadline
        assert due is None or due > now_ms, "the deadline lies ahead"
    assert lit <= down
    assert stuck <= down


@given(codes=st.lists(st.tuples(st.sampled_from("123"), st.integers(0, 600)), max_size=30))
def test_codes_crowded_together_make_no_more_presses_than_quiet_moments(
    codes: list[tuple[str, int]],
) -> None:
    debouncer = CodeDebouncer(LEVELS, TIMING)
    now, heard = 0, list[tuple[str, int]]()
    for key, gap in codes:
        now += gap
        (event,) = debouncer.code(key, now)
        crowded = any(other != key and now - at < TIMING.together_ms for other, at in heard)
        repeated = any(same == key and now - at < TIMING.repeat_ms for same, at in heard)
        assert isinstance(event, Press) == (not crowded and not repeated)
        heard.append((key, now))
