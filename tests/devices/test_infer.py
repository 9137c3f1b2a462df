"""Panels nobody has described: what their keys send becomes a profile that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.decode import decode_bytes, decode_timed
from devices.infer import LearnError, Plan, describe_panel
from devices.mimic import make_mimic
from devices.profile import Profile, find_profile, list_models, parse_profile


def learn(plan: Plan, pushes: dict[str, list[bytes]]) -> Profile:
    return parse_profile(describe_panel(plan, pushes).encode(), Path(f"{plan.model}.toml"))


@pytest.mark.parametrize("model", [m for m in list_models() if find_profile(m).rules.one_shot])
@pytest.mark.parametrize("times", [1, 3])
def test_every_frame_panel_that_ships_can_be_learned_from_its_keys(model: str, times: int) -> None:
    known = find_profile(model)
    mimic = make_mimic(known)
    if known.settings.quiet_ms and times > 1:
        pytest.skip("a bare byte that is repeated is three bytes: a frame of its own")
    pushes = {level: [mimic.down(key) * times] * 3 for key, level in known.keys}
    line = known.wire
    learned = learn(Plan("learned", known.scale, "frame", line.baud, parity=line.parity), pushes)
    assert learned.keys == known.keys
    assert (learned.wire.baud, learned.wire.parity) == (line.baud, line.parity)
    moments = [(at * 1_000, mimic.down(key)) for at, (key, _) in enumerate(known.keys)]
    found = list(decode_timed(learned, moments))
    assert [(one.get("key"), one.get("level")) for one in found] == list(known.keys)
    if known.settings.quiet_ms is None:
        assert learned.settings.check == known.settings.check or known.settings.check == "sum8"
        (bad,) = decode_bytes(learned, [bytes([*moments[0][1][:-1], moments[0][1][-1] ^ 1])])
        assert bad["event"] == "fault"


def test_line_modbus_and_keys_are_learned_by_their_names() -> None:
    pushes = {"very_satisfied": [b"a"] * 3, "satisfied": [b"b"] * 3, "dissatisfied": [b"c"] * 3}
    line = learn(Plan("my-line", "three", "line", 19_200, "1a86:7523"), pushes)
    assert line.keys == (("a", "very_satisfied"), ("b", "satisfied"), ("c", "dissatisfied"))
    assert (line.wire.baud, line.wire.usb) == (19_200, ("1a86:7523",))
    inputs = {level: [str(n).encode()] * 3 for n, level in enumerate(pushes, 5)}
    modbus = learn(Plan("my-module", "three", "modbus", address=9), inputs)
    assert modbus.settings.address == 9
    assert modbus.keys[0] == ("5", "very_satisfied")
    names = {level: [f"KEY_F{n}".encode()] * 3 for n, level in enumerate(pushes, 1)}
    assert learn(Plan("my-keys", "three", "keys"), names).keys[2] == ("KEY_F3", "dissatisfied")


@pytest.mark.parametrize(
    ("pushes", "said"),
    [
        ({"a": [b"\x01", b"\x01", b"\x02"], "b": [b"\x03"] * 3}, "sends something else each time"),
        (
            {"a": [b"\x01"] * 3, "b": [b"\x01"] * 3, "c": [b"\x02"] * 3},
            "keys for a and b send the s",
        ),
        ({"a": [b"\x01"] * 3, "b": [b"\x01\x02"] * 3}, "must all have one length of at most 64"),
        ({"a": [bytes(range(65))] * 3, "b": [bytes(range(1, 66))] * 3}, "these have 65, 65"),
        (
            {"a": [b"\x01\x01"] * 3, "b": [b"\x01\x02"] * 3, "c": [b"\x02\x02"] * 3},
            "no single byte of the frames tells all the keys apart",
        ),
    ],
)
def test_panels_that_cannot_be_told_apart_are_refused(
    pushes: dict[str, list[bytes]], said: str
) -> None:
    with pytest.raises(LearnError) as error:
        describe_panel(Plan("m", "three", "frame"), pushes)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_frames_that_nothing_checks_ask_for_silence() -> None:
    pushes = {
        level: [bytes([0x7F, code, code ^ 0x55 if code != 3 else 9, 0x0D])] * 3
        for code, level in enumerate(("very_satisfied", "satisfied", "dissatisfied"), 1)
    }
    profile = learn(Plan("odd", "three", "frame"), pushes)
    assert profile.settings.check == "none"
    assert profile.settings.quiet_ms == 60
    assert (profile.settings.header, profile.settings.tail) == (b"\x7f", b"\x0d")


def test_a_push_that_repeats_a_bare_byte_is_a_frame_of_them_all() -> None:
    levels = ("very_satisfied", "satisfied", "dissatisfied")
    pushes = {level: [bytes([code] * 3)] * 3 for code, level in enumerate(levels, 1)}
    profile = learn(Plan("thrice", "three", "frame"), pushes)
    assert profile.settings.length == 3
    (found,) = decode_timed(profile, [(0, b"\x02\x02\x02")])
    assert found["level"] == "satisfied"


def test_a_longer_push_may_repeat_its_frame_more_often() -> None:
    known = find_profile("pattern-123")
    mimic = make_mimic(known)
    pushes = {level: [mimic.down(key) * n for n in (1, 4, 2)] for key, level in known.keys}
    assert learn(Plan("more", "three", "frame"), pushes).keys == known.keys


def test_frames_that_happen_to_repeat_a_byte_keep_their_length() -> None:
    levels = ("very_satisfied", "satisfied", "dissatisfied")
    pushes = {level: [bytes([7, code])] * 3 for code, level in enumerate(levels, 6)}
    profile = learn(Plan("pair", "three", "frame"), pushes)
    assert (profile.settings.length, profile.settings.code_at) == (2, 1)


def test_a_long_header_is_kept_to_what_a_profile_may_say() -> None:
    pushes = {
        level: [b"\x11" * 12 + bytes([code]) + b"\x22" * 12] * 3
        for code, level in enumerate(("very_satisfied", "satisfied", "dissatisfied"), 1)
    }
    settings = learn(Plan("long", "three", "frame"), pushes).settings
    assert (len(settings.header), settings.code_at, len(settings.tail)) == (8, 12, 8)
