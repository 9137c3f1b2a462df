"""A panel put together: levels, faults, heartbeats, silence; any format, one suite of events."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as change

from devices.formats.format import Code, Signal
from devices.formats.line import frame_line
from devices.panel import Panel
from devices.press import Back, Down, Event, Fault, Heard, Lost, Press, Stray, Up
from devices.profile import Profile, find_profile
from devices.tally import QUIET_MS


def opened(model: str = "huiyin-3", at_ms: int = 0) -> Panel:
    panel = Panel(find_profile(model))
    panel.open(at_ms)
    return panel


def line(*bodies: str) -> bytes:
    return b"".join(frame_line(body) for body in bodies)


def test_a_press_with_its_level() -> None:
    panel = opened()
    assert panel.feed(line("K,1,3,D"), 10) == [Down("3", 10)]
    assert panel.feed(line("K,2,3,U"), 90) == [Up("3", 90), Press("3", "dissatisfied", 90)]


def test_a_one_shot_press_a_repeat_and_a_crowd() -> None:
    panel = opened("pattern-123")
    frames = {key: panel.profile.settings.build(key) for key in ("01", "02", "09")}
    assert panel.feed(frames["01"], 10) == [Press("01", "very_satisfied", 10)]
    assert panel.feed(frames["01"], 200) == [Stray("01", "repeat", 200)]
    assert panel.feed(frames["02"], 250) == [Stray("02", "ambiguous", 250)]
    assert panel.feed(frames["09"], 5_000) == [Fault("unknown_code", "raised", "09", 5_000)]
    panel.open(5_010)
    assert panel.feed(frames["02"], 5_020) == [Press("02", "satisfied", 5_020)]


def test_a_key_outside_the_map_is_a_fault_on_its_way_down_only() -> None:
    panel = opened()
    assert panel.feed(line("K,1,8,D"), 10) == [Fault("unknown_code", "raised", "8", 10)]
    assert panel.feed(line("K,2,8,U"), 20) == []


def test_a_jump_is_a_fault_with_n_and_the_press_counts() -> None:
    panel = opened()
    panel.feed(line("K,1,1,D"), 10)
    found = panel.feed(line("K,5,2,D"), 500)
    assert found == [
        Fault("missed_presses", "raised", "n=3", 500, 3),
        Up("1", 500),
        Down("2", 500),
    ]
    assert Press("2", "satisfied", 600) in panel.feed(line("K,6,2,U"), 600)


def test_a_press_whose_release_was_missed_does_not_spoil_the_next() -> None:
    panel = opened()
    panel.feed(line("K,1,1,D"), 0)
    panel.feed(line("K,3,1,D"), 1_900)
    assert Press("1", "very_satisfied", 2_050) in panel.feed(line("K,4,1,U"), 2_050)


def test_a_restart_of_the_board_lets_every_key_go() -> None:
    panel = opened()
    panel.feed(line("H,50,HY3,1", "K,9,1,D"), 0)
    assert panel.feed(line("H,0,HY3,1"), 900) == [Up("1", 900), Heard("HY3", "1", 900)]
    assert panel.feed(line("K,1,1,U"), 1_000) == []


def test_heartbeats_are_told_with_the_boards_name() -> None:
    assert opened().feed(line("H,5,HY3,2"), 7) == [Heard("HY3", "2", 7)]
    answer = find_profile("pattern-4123").settings.build("00")
    assert opened("pattern-4123").feed(answer, 7) == []


def test_noise_is_one_fault_and_cleared_after_a_quiet_minute() -> None:
    panel = opened()
    assert panel.feed(b"noise", 10) == [Fault("bad_frame", "raised", "6E", 10)]
    for at in range(11_000, 70_000, 4_000):
        panel.feed(line("H,5,HY3,1"), at)
    assert panel.deadline == 10 + QUIET_MS
    assert panel.tick(10 + QUIET_MS) == [Fault("bad_frame", "cleared", "n=1", 10 + QUIET_MS)]


def test_noise_is_not_a_sign_of_life() -> None:
    panel = opened()
    for at in range(0, 15_000, 500):
        panel.feed(b"noise$$$", at)
    assert Lost("silent", 15_000) in panel.tick(15_000)


def test_silence_is_lost_once_and_any_valid_word_is_back() -> None:
    panel = opened(at_ms=100)
    assert panel.deadline == 15_100
    assert panel.tick(15_099) == []
    assert panel.tick(15_100) == [Lost("silent", 15_100)]
    assert panel.silent
    assert panel.is_overdue(15_100)
    assert panel.tick(16_000) == []
    panel.open(16_000)
    assert not panel.is_overdue(16_001)
    assert panel.silent
    assert panel.feed(line("K,1,1,D"), 17_000) == [Back(17_000), Down("1", 17_000)]
    assert not panel.silent


def test_silence_lets_a_key_go_without_a_press() -> None:
    profile = find_profile("huiyin-3")
    slow = replace(profile, timing=change(profile.timing, hold_ms=50_000, stuck_ms=60_000))
    panel = Panel(slow)
    panel.open(0)
    panel.feed(line("K,1,1,D"), 0)
    assert panel.tick(15_000) == [Up("1", 15_000), Lost("silent", 15_000)]


def test_a_panel_without_a_heartbeat_is_never_lost_by_silence() -> None:
    panel = opened("pattern-123")
    assert panel.deadline is None
    assert panel.tick(10**9) == []
    assert not panel.is_overdue(10**9)


def test_a_module_is_polled_fast_only_while_asking_and_through_a_reopen() -> None:
    panel = opened("modbus-8", 1_000)
    assert panel.poll(1_000) == panel.profile.settings.request
    assert panel.speak("invite") == b""
    panel.open(2_000)
    panel.poll(2_000)
    panel.feed(bytes.fromhex("01020100A188"), 2_010)
    assert panel.deadline == 2_030
    panel.speak("thanks")
    panel.poll(2_030)
    panel.feed(bytes.fromhex("01020100A188"), 2_040)
    assert panel.deadline == 2_230


def test_what_is_said_never_depends_on_a_level() -> None:
    for model in ("huiyin-3", "pattern-4123"):
        panel = opened(model)
        said = set()
        for number, (key, _) in enumerate(panel.profile.keys):
            panel.feed(press(panel.profile, key, number), number * 1_000)
            said.add((panel.speak("thanks"), panel.speak("pause")))
        assert len(said) == 1


def press(profile: Profile, key: str, number: int) -> bytes:
    if profile.format == "frame":
        return bytes(profile.settings.build(key))
    return line(f"K,{number * 2},{key},D", f"K,{number * 2 + 1},{key},U")


def test_a_bare_byte_panel_under_unbroken_noise_says_that_it_is_deaf() -> None:
    panel = Panel(find_profile("pattern-byte"))
    panel.open(0)
    raised = [e for at in range(0, 2_100, 40) for e in panel.tick(at) + panel.feed(b"A", at)]
    assert raised == [Fault("no_silence", "raised", "41", 2_000)]
    assert [
        e for at in range(2_100, 8_000, 40) for e in panel.tick(at) + panel.feed(b"A", at)
    ] == []
    events: list[Event] = []
    while panel.deadline is not None:
        events += panel.tick(panel.deadline)
    assert Fault("no_silence", "cleared", "n=3", 66_020, 3) in events


def test_whoever_looks_sees_what_each_frame_said() -> None:
    seen: list[tuple[Signal, int]] = []
    panel = Panel(find_profile("pattern-byte"), lambda signal, at: seen.append((signal, at)))
    panel.open(0)
    panel.tick(60)
    panel.feed(b"A", 100)
    assert seen == []
    panel.tick(160)
    panel.feed(b"A", 170)
    panel.tick(230)
    assert seen == [(Code("41"), 160), (Code("41"), 230)]


def test_one_finger_over_a_gap_in_the_counters_is_one_press() -> None:
    panel = opened()
    events = []
    for at_ms, body in ((0, "K,1,1,D"), (5, "K,2,1,U"), (12, "K,5,1,D"), (16, "K,6,1,U")):
        events += panel.feed(line(body), at_ms)
    assert [event.at_ms for event in events if isinstance(event, Press)] == [5]
