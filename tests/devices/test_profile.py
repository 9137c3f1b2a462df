"""Profiles: those that ship, and every way in which one is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from devices.profile import PANELS, SCALES, find_profile, list_models, load_profile, parse_profile
from devices.table import ProfileError

WHOLE = (PANELS / "huiyin-3.toml").read_text("utf-8")


@pytest.mark.parametrize("model", list_models())
def test_every_profile_that_ships_is_whole(model: str) -> None:
    profile = find_profile(model)
    assert profile.model == model
    assert tuple(level for _, level in profile.keys) == SCALES[profile.scale]
    assert profile.sha256 == hashlib.sha256(profile.path.read_bytes()).hexdigest()
    assert dict(profile.keys) == profile.levels


def test_the_dialects_of_the_field_are_there() -> None:
    codes = {
        tuple(int(key, 16) for key, _ in find_profile(m).keys)
        for m in list_models()
        if find_profile(m).format == "frame"
    }
    assert {(4, 1, 2, 3), (1, 2, 3), (3, 2, 1, 0), (5, 4, 3, 2, 1)} <= codes


def test_times_are_in_milliseconds() -> None:
    timing = find_profile("huiyin-3").timing
    assert (timing.settle_ms, timing.hold_ms, timing.stuck_ms) == (30, 2_000, 5_000)
    assert timing.silence_ms == 15_000


def test_silence_is_only_told_where_something_is_to_be_heard() -> None:
    assert find_profile("pattern-123").timing.silence_ms is None
    assert find_profile("pattern-4123").timing.silence_ms == 15_000
    assert find_profile("keyboard-3").timing.silence_ms is None


def test_what_a_profile_need_not_say() -> None:
    text = 'model="m"\nversion=1\nformat="line"\nscale="three"\n[levels]\n' + LEVELS
    profile = parse_profile(text.encode(), Path("m.toml"))
    assert (profile.wire.baud, profile.wire.bytesize, profile.wire.parity) == (9600, 8, "N")
    assert (profile.wire.stopbits, profile.wire.usb, profile.board) == (1, (), "")
    assert (profile.timing.together_ms, profile.timing.repeat_ms) == (80, 300)
    assert profile.timing.silence_ms == 15_000


LEVELS = '1 = "very_satisfied"\n2 = "satisfied"\n3 = "dissatisfied"\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '3 = "dissatisfied"\n',
            "",
            "levels: scale three needs each of its levels once; missing: dis",
        ),
        (
            LEVELS,
            "",
            "levels: scale three needs each of its levels once; missing: very_satisfied, sat",
        ),
        (
            '3 = "dissatisfied"',
            '3 = "satisfied"',
            "levels.3: satisfied a second time; each level of",
        ),
        (
            '3 = "dissatisfied"',
            '3 = "good"',
            "levels.3: 'good' is not allowed; must be one of very",
        ),
        (
            '3 = "dissatisfied"',
            '3 = "very_dissatisfied"',
            "levels.3: 'very_dissatisfied' is not allo",
        ),
        (
            '3 = "dissatisfied"',
            '"3 " = "dissatisfied"',
            "levels.3 : not a key of format line; must",
        ),
        (
            'scale = "three"',
            'scale = "seven"',
            "scale: 'seven' is not allowed; must be one of three",
        ),
        ('scale = "three"', "", "scale: missing; must be one of three, four, five"),
        (
            'format = "line"',
            'format = "lines"',
            "format: 'lines' is not allowed; must be one of line",
        ),
        (
            'model = "huiyin-3"',
            'model = "Huiyin 3"',
            "model: 'Huiyin 3' is not allowed; must be sm",
        ),
        (
            "version = 1",
            "version = 0",
            "version: 0 is not allowed; must be a number from 1 to 9999",
        ),
        ("version = 1", "", "version: missing"),
        ("version = 1", "version = 1\ncolour = 2", "colour: unknown key; allowed here: model"),
        ('board = "HY3"', 'board = "键"', "board: '键' is not allowed; must be at most 24 ASCII"),
        (
            "baud = 9600",
            "baud = 9601",
            "port.baud: 9601 is not allowed; must be one of (1200, 2400",
        ),
        ("baud = 9600", "bauds = 9600", "port.bauds: unknown key; allowed here: baud, bytesize"),
        ("baud = 9600", "bytesize = 9", "port.bytesize: 9 is not allowed"),
        ("baud = 9600", 'parity = "M"', "port.parity: 'M' is not allowed; must be one of N, E, O"),
        ("baud = 9600", "stopbits = 3", "port.stopbits: 3 is not allowed"),
        ('usb = ["1a86:7523"', 'usb = ["1A86"', "port.usb: ['1A86'"),
        (
            "settle_ms = 30",
            "settle_ms = 501",
            "timing.settle_ms: 501 is not allowed; must be a num",
        ),
        ("settle_ms = 30", "settle = 30", "timing.settle: unknown key; allowed here: settle_ms"),
        ("hold_s = 2", "hold_s = 6", "timing.stuck_s: must not be shorter than hold_s"),
        ("hold_s = 2", 'hold_s = "2"', "timing.hold_s: '2' is not allowed"),
        ("silence_s = 15", "silence_s = 0", "timing.silence_s: 0 is not allowed"),
        ("[timing]", "[line]\nx = 1\n[timing]", "line.x: unknown key; allowed here: nothing"),
        ("[timing]", "[frame]\nlength = 1\n[timing]", "frame: unknown key"),
        ('model = "huiyin-3"', "model = [", "not TOML: "),
    ],
)
def test_a_profile_that_cannot_be_right_is_refused(old: str, new: str, said: str) -> None:
    assert old in WHOLE
    text = WHOLE.replace(old, new)
    with pytest.raises(ProfileError) as error:
        parse_profile(text.encode(), Path("here/a.toml"))
    line = str(error.value)
    assert line.startswith("here/a.toml: ")
    assert said in line
    assert "\n" not in line


def test_one_key_written_twice_is_refused() -> None:
    frame = (PANELS / "pattern-123.toml").read_text("utf-8")
    doubled = frame.replace('02 = "satisfied"', '0a = "satisfied"').replace(
        '03 = "dissatisfied"', '0A = "dissatisfied"'
    )
    with pytest.raises(ProfileError, match=r"levels\.0A: the same key twice"):
        parse_profile(doubled.encode(), Path("a.toml"))


def test_a_word_that_would_be_read_as_a_press_is_refused() -> None:
    frame = (PANELS / "pattern-4123.toml").read_text("utf-8")
    echo = frame.replace('invite = "AA 55 83 01 10 92"', 'invite = "AA 55 83 01 01 83"')
    with pytest.raises(ProfileError, match=r"send\.invite: would itself be read as a press"):
        parse_profile(echo.encode(), Path("a.toml"))
    echo = frame.replace('poll = "AA 55 83 01 00 82"', 'poll = "AA 55 83 01 04 86"')
    with pytest.raises(ProfileError, match=r"send\.poll: would itself be read as a press"):
        parse_profile(echo.encode(), Path("a.toml"))
    bare = (PANELS / "pattern-byte.toml").read_text("utf-8") + '\n[send]\npause = "41"\n'
    with pytest.raises(ProfileError, match=r"send\.pause: would itself be read as a press"):
        parse_profile(bare.encode(), Path("a.toml"))


def test_a_file_that_is_not_text_is_refused() -> None:
    with pytest.raises(ProfileError, match=r"a\.toml: not TOML"):
        parse_profile(b"\xff\xfe", Path("a.toml"))


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"gone\.toml: cannot be read: No such file"):
        load_profile(tmp_path / "gone.toml")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 70_000)
    with pytest.raises(ProfileError, match="too long; a profile has at most 65536 bytes"):
        load_profile(huge)


def test_an_unknown_model_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match=r"model 'nope': no such profile .* huiyin-3, huiyin-5"):
        find_profile("nope")
    with pytest.raises(ProfileError, match="no such profile"):
        find_profile("../panels/huiyin-3")
