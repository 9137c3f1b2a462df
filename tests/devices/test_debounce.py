"""The debouncer: its rules one by one; `test_fingers` tries them all at once."""

from __future__ import annotations

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


def test_held_and_stuck_are_measured_from_the_keys_own_down() -> None:
    keys = make_edges()
    keys.edge("1", True, 10_000)
    assert keys.tick(11_999) == []
    assert keys.tick(12_000) == [Held("1", 12_000)]
    assert keys.tick(14_999) == []
    assert keys.tick(15_000) == [Fault("key_stuck", "raised", "1", 15_000)]


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


def test_a_gap_does_not_make_a_bounce_a_press() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True), (90, "1", False)])
    assert keys.forget(100) == []
    assert count(play(keys, [(101, "1", True), (190, "1", False)]), Press) == 0


def test_after_a_reopen_a_key_may_go_down_at_once() -> None:
    keys = make_edges()
    play(keys, [(0, "1", True), (90, "1", False)])
    assert keys.forget(100, reopened=True) == []
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
