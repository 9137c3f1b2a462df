"""The debouncer: its rules one by one, then a model of fingers against all of them at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.debounce import CodeDebouncer, EdgeDebouncer, Timing
from devices.press import Down, Event, Fault, Held, Press, Stray, Up

LEVELS = {"1": "very_satisfied", "2": "satisfied", "3": "dissatisfied"}
TIMING = Timing(settle_ms=30, together_ms=80, repeat_ms=300, hold_ms=2_000, stuck_ms=5_000)


def make_edges() -> EdgeDebouncer:
    return EdgeDebouncer(LEVELS, TIMING)


def play(debouncer: EdgeDebouncer, moves: list[tuple[int, str, bool]]) -> list[Event]:
    """Edges in their order, with every deadline that falls between them kept."""
    events: list[Event] = []
    for now_ms, key, down in moves:
        while (due := debouncer.deadline) is not None and due < now_ms:
            events += debouncer.tick(due)
        events += debouncer.edge(key, down, now_ms)
    return events


def count(events: list[Event], kind: type) -> int:
    return sum(isinstance(event, kind) for event in events)


def test_a_press_counts_on_release() -> None:
    keys = make_edges()
    assert keys.edge("1", True, 100) == [Down("1", 100)]
    assert keys.edge("1", False, 220) == [Up("1", 220), Press("1", "very_satisfied", 220)]
    assert keys.deadline is None


def test_a_second_press_counts_again() -> None:
    keys = make_edges()
    events = play(keys, [(0, "1", True), (90, "1", False), (500, "1", True), (590, "1", False)])
    assert events == [
        Down("1", 0),
        Up("1", 90),
        Press("1", "very_satisfied", 90),
        Down("1", 500),
        Up("1", 590),
        Press("1", "very_satisfied", 590),
    ]


def test_a_release_of_a_key_that_was_never_down_is_nothing() -> None:
    assert make_edges().edge("2", False, 5) == []


def test_a_second_down_without_a_release_is_nothing() -> None:
    keys = make_edges()
    keys.edge("1", True, 0)
    assert keys.edge("1", True, 50) == []
    assert count(keys.edge("1", False, 90), Press) == 1


def test_a_bounce_is_no_second_press() -> None:
    moves = [(0, "1", True), (2, "1", False), (4, "1", True), (90, "1", False)]
    events = play(make_edges(), moves)
    assert events == [Down("1", 0), Up("1", 2), Press("1", "very_satisfied", 2)]


def test_settle_is_the_silence_since_the_last_edge_of_that_key() -> None:
    for gap, presses in ((29, 1), (30, 2)):
        moves = [(0, "1", True), (50, "1", False), (50 + gap, "1", True), (200, "1", False)]
        assert count(play(make_edges(), moves), Press) == presses


def test_settle_is_each_keys_own() -> None:
    moves = [(0, "1", True), (50, "1", False), (51, "2", True), (120, "2", False)]
    assert count(play(make_edges(), moves), Press) == 2


def test_held_just_under_and_exactly_hold() -> None:
    for held, presses in ((1_999, 1), (2_000, 0)):
        events = play(make_edges(), [(0, "1", True), (held, "1", False)])
        assert (count(events, Press), count(events, Held)) == (presses, 1 - presses)


def test_held_is_told_once_while_the_key_is_down() -> None:
    keys = make_edges()
    keys.edge("1", True, 100)
    assert keys.deadline == 2_100
    assert keys.tick(2_099) == []
    assert keys.tick(2_100) == [Held("1", 2_100)]
    assert keys.tick(2_200) == []
    assert keys.edge("1", False, 3_000) == [Up("1", 3_000)]


def test_a_stuck_key_is_deaf_until_released() -> None:
    keys = make_edges()
    keys.edge("3", True, 0)
    keys.tick(2_000)
    assert keys.deadline == 5_000
    assert keys.tick(4_999) == []
    assert keys.tick(5_000) == [Fault("key_stuck", "raised", "3", 5_000)]
    assert keys.deadline is None
    assert keys.tick(9_000) == []
    released = keys.edge("3", False, 60_000)
    assert released == [Up("3", 60_000), Fault("key_stuck", "cleared", "3", 60_000)]
    assert count(play(keys, [(61_000, "3", True), (61_100, "3", False)]), Press) == 1


def test_a_stuck_key_does_not_block_the_others() -> None:
    keys = make_edges()
    keys.edge("3", True, 0)
    keys.tick(5_000)
    assert count(play(keys, [(6_000, "1", True), (6_100, "1", False)]), Press) == 1


def test_a_late_tick_tells_held_and_stuck_together() -> None:
    keys = make_edges()
    keys.edge("1", True, 0)
    assert keys.edge("1", False, 6_000) == [
        Held("1", 6_000),
        Fault("key_stuck", "raised", "1", 6_000),
        Up("1", 6_000),
        Fault("key_stuck", "cleared", "1", 6_000),
    ]


def test_two_keys_at_once_are_two_strays_and_no_press() -> None:
    keys = make_edges()
    moves = [(0, "1", True), (300, "2", True), (400, "1", False), (500, "2", False)]
    assert play(keys, moves) == [
        Down("1", 0),
        Down("2", 300),
        Stray("1", "ambiguous", 300),
        Stray("2", "ambiguous", 300),
        Up("1", 400),
        Up("2", 500),
    ]


def test_a_third_key_is_stray_too_and_each_only_once() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True), (10, "2", True)])
    assert keys.edge("3", True, 20) == [Down("3", 20), Stray("3", "ambiguous", 20)]


def test_a_key_beside_a_held_one_is_stray() -> None:
    keys = make_edges()
    keys.edge("1", True, 0)
    keys.tick(2_000)
    assert keys.edge("2", True, 2_500) == [Down("2", 2_500), Stray("2", "ambiguous", 2_500)]


def test_a_key_beside_a_bouncing_one_is_stray() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True), (50, "1", False), (60, "1", True)])
    assert count(play(keys, [(100, "2", True), (150, "2", False)]), Press) == 0


def test_a_key_spoils_its_neighbour_even_by_a_bounce() -> None:
    moves = [(0, "2", True), (90, "2", False), (95, "1", True), (97, "2", True)]
    keys = make_edges()
    assert play(keys, moves)[-1] == Stray("1", "ambiguous", 97)
    assert count(play(keys, [(99, "2", False), (180, "1", False)]), Press) == 0


def test_a_bounce_that_stays_down_is_not_held_but_can_be_stuck() -> None:
    keys = make_edges()
    events = play(keys, [(0, "1", True), (50, "1", False), (60, "1", True)])
    assert keys.tick(2_060) == []
    assert keys.tick(5_060) == [Fault("key_stuck", "raised", "1", 5_060)]
    assert count(events, Press) == 1


def test_forgotten_keys_are_up_and_no_press() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True)])
    assert keys.forget(40) == [Up("1", 40)]
    assert keys.edge("1", False, 60) == []


def test_a_forgotten_stuck_key_is_cleared() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True)])
    keys.tick(5_000)
    assert keys.forget(6_000) == [Up("1", 6_000), Fault("key_stuck", "cleared", "1", 6_000)]


def test_after_forgetting_a_key_may_go_down_at_once() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True), (90, "1", False)])
    assert keys.forget(100) == []
    assert count(play(keys, [(101, "1", True), (190, "1", False)]), Press) == 1


def test_a_code_counts_when_it_arrives() -> None:
    codes = CodeDebouncer(LEVELS, TIMING)
    assert codes.code("2", 50) == [Press("2", "satisfied", 50)]


def test_another_key_within_together_is_stray_and_the_first_stands() -> None:
    for gap, expected in (
        (79, [Stray("2", "ambiguous", 79)]),
        (80, [Press("2", "satisfied", 80)]),
    ):
        codes = CodeDebouncer(LEVELS, TIMING)
        assert codes.code("1", 0) == [Press("1", "very_satisfied", 0)]
        assert codes.code("2", gap) == expected


def test_the_same_code_within_repeat_is_the_same_press() -> None:
    for gap, expected in (
        (299, [Stray("1", "repeat", 299)]),
        (300, [Press("1", "very_satisfied", 300)]),
    ):
        codes = CodeDebouncer(LEVELS, TIMING)
        codes.code("1", 0)
        assert codes.code("1", gap) == expected


def test_a_panel_that_repeats_a_held_code_makes_one_press() -> None:
    codes = CodeDebouncer(LEVELS, TIMING)
    assert count([e for at in range(0, 5_000, 200) for e in codes.code("1", at)], Press) == 1


def test_a_panel_that_alternates_between_two_held_keys_makes_one_press() -> None:
    codes = CodeDebouncer(LEVELS, TIMING)
    events = [e for at in range(0, 5_000, 50) for e in codes.code("12"[at // 50 % 2], at)]
    assert count(events, Press) == 1


def test_a_third_key_is_measured_from_the_nearest_of_the_others() -> None:
    codes = CodeDebouncer(LEVELS, TIMING)
    codes.code("1", 0)
    codes.code("2", 60)
    assert codes.code("3", 120) == [Stray("3", "ambiguous", 120)]


def test_forgotten_codes_stand_against_nothing() -> None:
    codes = CodeDebouncer(LEVELS, TIMING)
    codes.code("1", 0)
    codes.forget()
    assert codes.code("1", 10) == [Press("1", "very_satisfied", 10)]


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
