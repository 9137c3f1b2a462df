"""Layouts of frames: every check, every place, every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from devices.formats.layout import CHECKS, Layout, read_layout
from devices.table import ProfileError, Table

PLAIN = {
    "header": "AA55",
    "length": 6,
    "code_at": 4,
    "check": "xor8",
    "check_from": 2,
    "check_at": 5,
}
NONE = {"length": 1, "code_at": 0, "check": "none", "quiet_ms": 50}


def lay(values: dict[str, Any], send: dict[str, Any] | None = None) -> Layout:
    return read_layout(Table(values, "f", "frame"), Table(send or {}, "f", "send"))


def refusal(values: dict[str, Any], send: dict[str, Any] | None = None) -> str:
    with pytest.raises(ProfileError) as error:
        lay(values, send)
    assert "\n" not in str(error.value)
    return str(error.value)


def without(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


def test_the_checks() -> None:
    data = bytes.fromhex("01 02 FF")
    assert CHECKS["xor8"](data) == b"\xfc"
    assert CHECKS["sum8"](data) == b"\x02"
    assert CHECKS["crc16-modbus"](bytes.fromhex("01 02 00 00 00 08")) == b"\x79\xcc"
    assert CHECKS["none"](data) == b""


def test_what_is_not_said() -> None:
    layout = lay(PLAIN)
    assert (layout.tail, layout.address, layout.address_at) == (b"", None, None)
    assert (layout.quiet_ms, layout.idle, layout.poll_ms, layout.said) == (
        None,
        frozenset(),
        1000,
        {},
    )
    assert (lay(NONE).header, lay(NONE).check_from, lay(NONE).check_at) == (b"", 0, 0)


@pytest.mark.parametrize("check", ["xor8", "sum8", "crc16-modbus"])
def test_a_built_frame_is_valid_and_any_flipped_bit_is_not(check: str) -> None:
    values = PLAIN | {"check": check, "length": 9, "tail": "0D", "address": "07", "address_at": 3}
    layout = lay(values | {"check_from": 0, "check_at": 5})
    frame = layout.build("5A")
    assert (len(frame), frame[4], frame[3]) == (9, 0x5A, 7)
    assert layout.is_valid(frame)
    covered = [0, 1, 2, 3, 4, 5, 8] + ([6] if check == "crc16-modbus" else [])
    for at in covered:
        for bit in range(8):
            flipped = bytearray(frame)
            flipped[at] ^= 1 << bit
            assert not layout.is_valid(bytes(flipped))


def test_bytes_outside_the_check_are_free() -> None:
    layout = lay(PLAIN | {"length": 7})
    frame = layout.build("01")
    assert layout.is_valid(frame[:6] + b"\x99")


def test_an_address_as_number_or_hex_digits() -> None:
    for address in (16, "10"):
        layout = lay(PLAIN | {"address_at": 3, "address": address})
        assert layout.build("01")[3] == 16
    assert lay(PLAIN | {"address_at": 3}).build("01")[3] == 0


def test_hex_may_be_spaced_and_small() -> None:
    layout = lay(PLAIN | {"header": "aa 55", "idle": ["0a"]}, {"invite": "01 02", "poll": "ff"})
    assert layout.header == b"\xaa\x55"
    assert layout.idle == {"0A"}
    assert layout.said == {"invite": b"\x01\x02", "poll": b"\xff"}


def test_false_presses_fall_by_256_for_each_byte_that_must_be_right() -> None:
    one = lay(PLAIN).count_false(3)
    assert one == 1e9 * 3 / 256**4
    assert lay(PLAIN | {"address_at": 3, "address": 1}).count_false(3) == one / 256
    assert lay(PLAIN | {"length": 8, "tail": "0D0A"}).count_false(3) == one / 256**2
    crc = lay(PLAIN | {"check": "crc16-modbus", "length": 7})
    assert crc.count_false(3) == one / 256
    assert lay(NONE).count_false(3) == 1e9 * 3 / 256
    assert lay(NONE | {"length": 2}).count_false(3) == 1e9 / 2 * 3 / 256


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (without(PLAIN, "length"), "frame.length: missing; must be a number from 1 to 64"),
        (PLAIN | {"length": 65}, "frame.length: 65 is not allowed; must be a number from 1 to 64"),
        (without(PLAIN, "check"), "frame.check: missing; must be one of xor8, sum8, crc16-modbus"),
        (PLAIN | {"check": "md5"}, "frame.check: 'md5' is not allowed"),
        (without(PLAIN, "check_at"), "frame.check_at: missing"),
        (without(PLAIN, "check_from"), "frame.check_from: missing"),
        (PLAIN | {"code_at": 6}, "frame.code_at: 6 is not allowed; must be a number from 0 to 5"),
        (PLAIN | {"code_at": 1}, "frame.code_at: must lie between header and tail, 2 to 5"),
        (PLAIN | {"tail": "0D0A"}, "frame.code_at: must lie between header and tail, 2 to 3"),
        (PLAIN | {"address_at": 0}, "frame.address_at: must lie between header and tail"),
        (PLAIN | {"address_at": 4}, "frame.address_at: must not be the code's own place"),
        (PLAIN | {"address": 1}, "frame.address_at: missing; must say where"),
        (PLAIN | {"address": 256}, "frame.address: 256 is not allowed; must be 0 to 255 or two"),
        (PLAIN | {"address": True}, "frame.address: True is not allowed"),
        (PLAIN | {"address": "1"}, "frame.address: '1' is not allowed"),
        (PLAIN | {"check_from": 5}, "frame.check_at: must cover code_at and leave 1 byte(s)"),
        (PLAIN | {"check_at": 4}, "frame.check_at: must cover code_at"),
        (PLAIN | {"check": "crc16-modbus"}, "frame.check_at: must cover code_at and leave 2"),
        (without(PLAIN, "header"), "frame.header: missing; without it xor8 takes noise for votes"),
        (PLAIN | {"header": "A"}, "frame.header: 'A' is not allowed; must be hex digits"),
        (PLAIN | {"header": 5}, "frame.header: 5 is not allowed"),
        (PLAIN | {"header": "AA" * 9}, "must be hex digits, at most 8 bytes"),
        (PLAIN | {"idle": ["0"]}, "frame.idle: ['0'] is not allowed; must be a list of \"00\""),
        (PLAIN | {"poll_ms": 49}, "frame.poll_ms: 49 is not allowed; must be a number from 50"),
        (PLAIN | {"odd": 1}, "frame.odd: unknown key; allowed here: header, length"),
        (without(NONE, "quiet_ms"), 'frame.quiet_ms: missing; check = "none" needs quiet_ms of at'),
        (NONE | {"quiet_ms": 49}, "frame.quiet_ms: 49 is not allowed; must be a number from 50"),
        (NONE | {"check_at": 1}, "frame.check_at: unknown key"),
    ],
)
def test_a_layout_that_cannot_be_right_is_refused(values: dict[str, Any], said: str) -> None:
    assert said in refusal(values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (PLAIN | {"length": 20, "tail": "0D" * 9}, "must be hex digits, at most 8 bytes"),
        (
            PLAIN | {"address_at": 6},
            "frame.address_at: 6 is not allowed; must be a number from 0 to 5",
        ),
        (
            PLAIN | {"check_from": 6},
            "frame.check_from: 6 is not allowed; must be a number from 0 to 5",
        ),
        (PLAIN | {"check_at": 6}, "frame.check_at: 6 is not allowed; must be a number from 1 to 5"),
        (PLAIN | {"poll_ms": 10_001}, "must be a number from 50 to 10000"),
        (PLAIN | {"quiet_ms": 2_001}, "must be a number from 50 to 2000"),
    ],
)
def test_one_more_than_the_most_is_refused(values: dict[str, Any], said: str) -> None:
    assert said in refusal(values)


def test_what_is_allowed_is_said_whole() -> None:
    allowed = (
        "header, length, code_at, address_at, address, check, check_from, check_at, tail, "
        "quiet_ms, idle, poll_ms"
    )
    assert refusal(PLAIN | {"odd": 1}) == f"f: frame.odd: unknown key; allowed here: {allowed}"
    said = refusal(PLAIN, {"odd": "01"})
    assert said == "f: send.odd: unknown key; allowed here: invite, thanks, pause, cancel, poll"


def test_the_outermost_places_may_be_used() -> None:
    small = {"length": 2, "code_at": 0, "check": "xor8", "check_from": 0, "check_at": 1}
    assert lay(small | {"quiet_ms": 50}).build("5A") == b"\x5a\x5a"
    last = lay(
        {"length": 2, "code_at": 0, "check": "none", "quiet_ms": 50, "address_at": 1, "address": 9}
    )
    assert last.build("01") == b"\x01\x09"
    first = without(PLAIN, "header") | {"check": "crc16-modbus", "length": 7, "address_at": 0}
    layout = lay(first | {"address": 7})
    assert layout.is_valid(layout.build("01"))
    assert layout.build("01")[0] == 7
    assert lay(PLAIN | {"poll_ms": 10_000, "length": 14, "tail": "0D" * 7 + "0A"}).poll_ms == 10_000
    assert lay(PLAIN | {"idle": ["0A", "0b"]}).idle == {"0A", "0B"}


def test_a_word_of_send_that_nobody_says_is_refused() -> None:
    assert "send.hello: unknown key; allowed here: invite" in refusal(PLAIN, {"hello": "01"})
    assert "send.invite: 'x' is not allowed" in refusal(PLAIN, {"invite": "x"})


def test_a_check_of_two_bytes_or_a_silence_may_stand_without_a_header() -> None:
    assert lay(without(PLAIN, "header") | {"check": "crc16-modbus", "length": 7}).header == b""
    assert lay(without(PLAIN, "header") | {"quiet_ms": 60}).quiet_ms == 60
