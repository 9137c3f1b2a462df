"""The keys format: what the keyboard door tells."""

from __future__ import annotations

from typing import Any

import pytest

from devices.formats.format import Edge, Flaw, Missed, Signal
from devices.formats.keys import DROPPED, FORMAT, LINE_MAX, KeysDecoder, frame_event
from devices.table import ProfileError, Table


def feed(data: bytes) -> list[Signal]:
    return KeysDecoder().feed(data, 0)


def test_downs_and_ups_but_no_repeats() -> None:
    lines = [frame_event("KEY_1", value) for value in (1, 2, 2, 0)]
    assert feed(b"".join(lines)) == [Edge("KEY_1", True), Edge("KEY_1", False)]


def test_buttons_are_keys_too() -> None:
    assert feed(frame_event("BTN_TRIGGER_HAPPY1", 1)) == [Edge("BTN_TRIGGER_HAPPY1", True)]


def test_what_the_kernel_dropped_is_told() -> None:
    assert feed(DROPPED) == [Missed(1)]


@pytest.mark.parametrize("line", [b"KEY_1 3\n", b"key_1 1\n", b"\n", b"KEY_1 1 \n", b"ABS_X 1\n"])
def test_other_lines_are_faults(line: bytes) -> None:
    assert feed(line) == [Flaw("bad_frame", line.hex(" ").upper())]


def test_the_longest_line_and_one_byte_more() -> None:
    name = "KEY_" + "A" * 32
    assert feed(frame_event(name, 1)) == [Edge(name, True)]
    assert feed(b"A" * (LINE_MAX - 1) + b"\n") != [Flaw("bad_frame", "line too long")]
    assert feed(b"A" * LINE_MAX + b"\n") == [Flaw("bad_frame", "line too long")]


def test_an_endless_line_is_one_fault_and_not_held() -> None:
    decoder = KeysDecoder()
    for _ in range(20):
        assert decoder.feed(b"A" * 40, 0) == []
        assert decoder.held < LINE_MAX
    assert decoder.feed(b"\n" + frame_event("KEY_2", 1), 0) == [
        Flaw("bad_frame", "line too long"),
        Edge("KEY_2", True),
    ]


def test_a_line_just_short_enough_is_held() -> None:
    decoder = KeysDecoder()
    decoder.feed(b"A" * (LINE_MAX - 1), 0)
    assert decoder.held == LINE_MAX - 1
    decoder.feed(b"A", 0)
    assert decoder.held == 1


def test_the_row_of_the_table() -> None:
    assert not FORMAT.one_shot
    assert not FORMAT.beats(None)
    assert not FORMAT.needs_quiet(None)
    assert FORMAT.count_false(None, 3) == 0
    assert FORMAT.speak(None, "invite") == b""
    assert isinstance(FORMAT.decoder(None, 5), KeysDecoder)
    assert FORMAT.wire_key("KEY_KP1") == "KEY_KP1"
    assert [FORMAT.wire_key(text) for text in ("1", "KEY_", "key_1", "KEY_" + "A" * 33)] == [
        None
    ] * 4


@pytest.mark.parametrize(("own", "send"), [({"x": 1}, {}), ({}, {"invite": "AA"})])
def test_the_keys_format_has_no_settings(own: dict[str, Any], send: dict[str, Any]) -> None:
    FORMAT.settings(Table({}, "f"), Table({}, "f"))
    with pytest.raises(ProfileError, match="unknown key; allowed here: nothing"):
        FORMAT.settings(Table(own, "f", "keys"), Table(send, "f", "send"))
