"""The outer two keys together for a second: another language, said once, and never a press."""

from hypothesis import given
from hypothesis import strategies as st

from devices.debounce import EdgeDebouncer, Timing
from devices.press import Down, Fault, Heard, Lost, Press, Up
from kiosk.chord import CHORD_MS, Chord

KEYS = ("1", "2", "3")
LEVELS = dict(zip(KEYS, ("very_satisfied", "satisfied", "dissatisfied"), strict=True))


def both_down() -> Chord:
    chord = Chord(KEYS)
    chord.hear(Down("1", 0))
    assert chord.deadline is None
    chord.hear(Down("3", 40))
    return chord


def test_a_second_of_both_is_told_once() -> None:
    chord = both_down()
    assert chord.deadline == 40 + CHORD_MS
    assert not chord.due(39 + CHORD_MS)
    assert chord.due(40 + CHORD_MS)
    assert not chord.due(5_000)
    assert chord.deadline is None
    chord.hear(Up("1", 6_000))
    chord.hear(Down("1", 6_100))
    assert chord.due(6_100 + CHORD_MS)


def test_one_let_go_or_a_third_ends_it() -> None:
    for event in (Up("3", 500), Down("2", 500), Lost("hangup", 500)):
        chord = both_down()
        chord.hear(event)
        assert chord.deadline is None
        assert not chord.due(9_000)


def test_what_is_no_finger_changes_nothing() -> None:
    chord = both_down()
    chord.hear(Heard("HY3", "1", 600))
    chord.hear(Fault("bad_frame", "raised", "", 600))
    chord.hear(Up("2", 700))
    assert chord.due(40 + CHORD_MS)


def test_a_stuck_key_is_no_finger() -> None:
    chord = Chord(KEYS)
    chord.hear(Down("1", 0))
    chord.hear(Fault("key_stuck", "raised", "1", 5_000))
    chord.hear(Down("3", 6_000))
    assert chord.deadline is None


def test_a_single_key_has_no_other() -> None:
    chord = Chord(("1",))
    chord.hear(Down("1", 0))
    assert chord.deadline is None


PUSHES = st.lists(st.tuples(st.sampled_from(KEYS), st.booleans(), st.integers(0, 900)), max_size=30)


@given(PUSHES, st.integers(0, 60), st.integers(CHORD_MS, 4_000))
def test_a_chord_is_never_a_press(
    pushes: list[tuple[str, bool, int]], apart_ms: int, held_ms: int
) -> None:
    """Whatever went before: from both down to both up the panel counts no press of the two."""
    keys, chord, now = EdgeDebouncer(LEVELS, Timing()), Chord(KEYS), 0
    for key, down, wait_ms in pushes:
        now += wait_ms
        for event in keys.edge(key, down, now):
            chord.hear(event)
    for key in KEYS:
        now += 100
        for event in keys.edge(key, False, now):
            chord.hear(event)
    now += 1_000
    told = keys.edge("1", True, now) + keys.edge("3", True, now + apart_ms)
    told += keys.tick(now + apart_ms + held_ms)
    for event in told:
        chord.hear(event)
    assert chord.due(now + apart_ms + held_ms)
    told += keys.edge("1", False, now + 5_000) + keys.edge("3", False, now + 5_200)
    assert not [event for event in told if isinstance(event, Press)]
