"""The modbus format: polls, answers, and what the first answer means."""

from __future__ import annotations

from typing import Any

import pytest

from devices.formats.format import Beat, Edge, Flaw, Signal
from devices.formats.modbus import (
    ANSWER_MS,
    ASKING_MS,
    FORMAT,
    RESTING_MS,
    ModbusDecoder,
    Module,
    build_answer,
)
from devices.table import ProfileError, Table

REQUEST = bytes.fromhex("01 02 00 00 00 08 79 CC")
ZERO = bytes.fromhex("01 02 01 01 60 48")
TWO = bytes.fromhex("01 02 01 04 A0 4B")
NONE = bytes.fromhex("01 02 01 00 A1 88")
REFUSED = bytes.fromhex("01 82 02 C1 61")


def make(**settings: Any) -> Module:
    module = FORMAT.settings(Table(settings, "f", "modbus"), Table({}, "f", "send"))
    assert isinstance(module, Module)
    return module


def feed(*pieces: bytes) -> list[Signal]:
    decoder = ModbusDecoder(make(), None)
    return [signal for piece in pieces for signal in decoder.feed(piece, 0)]


def flaw(data: bytes) -> Flaw:
    return Flaw("bad_frame", data.hex(" ").upper())


def test_the_published_bytes() -> None:
    assert make().request == REQUEST
    inputs = [False] * 8
    assert build_answer(1, inputs) == NONE
    assert build_answer(1, [True, *inputs[1:]]) == ZERO
    assert build_answer(1, [False, False, True, *inputs[3:]]) == TWO


def test_another_address() -> None:
    module = make(address=17)
    assert module.request[0] == 17
    decoder = ModbusDecoder(module, None)
    assert decoder.feed(build_answer(17, [False] * 8), 0) == [Beat()]
    assert decoder.feed(NONE, 0) == [flaw(b"\x01")]


def test_the_first_answer_sets_the_state() -> None:
    assert feed(ZERO, ZERO) == [Beat(), Beat()]
    assert feed(ZERO, NONE) == [Beat(), Beat(), Edge("0", False)]


def test_later_answers_give_edges() -> None:
    assert feed(NONE, ZERO, TWO, NONE) == [
        Beat(),
        Beat(),
        Edge("0", True),
        Beat(),
        Edge("0", False),
        Edge("2", True),
        Beat(),
        Edge("2", False),
    ]


def test_all_eight_inputs() -> None:
    found = feed(NONE, build_answer(1, [True] * 8))
    assert found[2:] == [Edge(str(number), True) for number in range(8)]


def test_a_damaged_answer_is_a_fault_and_no_state() -> None:
    bad = ZERO[:-1] + b"\x49"
    assert feed(NONE, bad, ZERO) == [Beat(), flaw(bad), Beat(), Edge("0", True)]


def test_two_damaged_answers_are_two_faults() -> None:
    bad = ZERO[:-1] + b"\x49"
    assert feed(bad, bad) == [flaw(bad), flaw(bad)]


def test_noise_is_one_fault_until_something_valid() -> None:
    assert feed(b"\xff\xfe", b"\xfd" + NONE + b"\x33") == [flaw(b"\xff"), Beat(), flaw(b"\x33")]


def test_a_refusal_is_a_fault_in_words() -> None:
    assert feed(REFUSED, NONE) == [Flaw("bad_frame", "modbus exception 2"), Beat()]


def test_a_damaged_refusal_is_a_damaged_frame() -> None:
    bad = REFUSED[:-1] + b"\x00"
    assert feed(bad) == [flaw(bad)]


def test_an_echo_of_our_own_request_is_nothing() -> None:
    assert feed(REQUEST + NONE, REQUEST[:5], REQUEST[5:] + ZERO) == [
        Beat(),
        Beat(),
        Edge("0", True),
    ]


def test_many_answers_and_much_noise_in_one_piece() -> None:
    beat = Beat()
    assert feed(NONE + ZERO + NONE) == [beat, beat, Edge("0", True), beat, Edge("0", False)]
    assert feed(NONE + REQUEST + ZERO) == [beat, beat, Edge("0", True)]
    assert feed(NONE + b"\xff\xfe" + ZERO) == [beat, flaw(b"\xff"), beat, Edge("0", True)]
    assert feed(NONE + b"\x01" + ZERO) == [beat, flaw(b"\x01"), beat, Edge("0", True)]
    bad = ZERO[:-1] + b"\x49"
    assert feed(NONE + bad + ZERO) == [beat, flaw(bad), beat, Edge("0", True)]


def test_half_an_echo_is_noise() -> None:
    assert feed(REQUEST[:6] + b"\xee\xee" + NONE) == [flaw(b"\x01"), Beat()]


@pytest.mark.parametrize(
    "other", ["01 02 02 00 00 B9 B8", "01 01 01 00 51 88", "01 03 02 00 00 B8 44"]
)
def test_other_messages_are_noise(other: str) -> None:
    found = feed(bytes.fromhex(other), NONE)
    assert found == [flaw(b"\x01"), Beat()]


def test_it_is_polled_at_once_and_then_slowly() -> None:
    decoder = ModbusDecoder(make(), 1_000)
    assert decoder.deadline == 1_000
    assert decoder.poll(999) == b""
    assert decoder.poll(1_000) == REQUEST
    decoder.feed(NONE, 1_020)
    assert decoder.deadline == 1_000 + RESTING_MS
    assert decoder.poll(1_000 + RESTING_MS) == REQUEST


def test_it_is_polled_fast_while_asking() -> None:
    decoder = ModbusDecoder(make(), 0)
    decoder.pace(True)
    decoder.poll(0)
    decoder.feed(NONE, 15)
    assert decoder.deadline == ASKING_MS
    decoder.poll(30)
    decoder.feed(NONE, 45)
    decoder.pace(False)
    assert decoder.deadline == 60
    decoder.poll(60)
    decoder.feed(NONE, 70)
    assert decoder.deadline == 60 + RESTING_MS
    decoder.pace(True)
    assert decoder.deadline == 60 + ASKING_MS


def test_an_answer_on_its_way_is_waited_for_but_not_for_ever() -> None:
    decoder = ModbusDecoder(make(), 0)
    decoder.pace(True)
    decoder.poll(0)
    assert decoder.deadline == ANSWER_MS
    decoder.pace(True)
    assert decoder.deadline == ANSWER_MS
    assert decoder.poll(ANSWER_MS) == REQUEST
    resting = ModbusDecoder(make(), 0)
    resting.poll(0)
    assert resting.deadline == RESTING_MS


def test_an_answer_that_nobody_asked_for_does_not_hasten_the_next_poll() -> None:
    decoder = ModbusDecoder(make(), 500)
    decoder.feed(NONE, 600)
    assert decoder.deadline == 500


def test_what_is_left_of_an_old_answer_is_not_part_of_the_next() -> None:
    decoder = ModbusDecoder(make(), 0)
    decoder.poll(0)
    decoder.feed(NONE[:4], 10)
    assert decoder.held == 4
    decoder.poll(RESTING_MS)
    assert decoder.held == 0
    assert decoder.feed(NONE, RESTING_MS + 10) == [Beat()]


def test_the_row_of_the_table() -> None:
    assert not FORMAT.one_shot
    assert FORMAT.beats(make())
    assert not FORMAT.needs_quiet(make())
    assert FORMAT.speak(make(), "invite") == b""
    assert FORMAT.count_false(make(), 8) == 1e9 * 8 / 256**6
    assert [FORMAT.wire_key(text) for text in ("0", "7", "8", "00", "")] == [
        "0",
        "7",
        None,
        None,
        None,
    ]
    assert isinstance(FORMAT.decoder(make(), None), ModbusDecoder)


@pytest.mark.parametrize(
    ("own", "send", "said"),
    [
        ({"address": 0}, {}, "modbus.address: 0 is not allowed; must be a number from 1 to 247"),
        ({"address": 248}, {}, "modbus.address: 248"),
        ({"speed": 1}, {}, "modbus.speed: unknown key; allowed here: address"),
        ({}, {"invite": "AA"}, "send.invite: unknown key; allowed here: nothing"),
    ],
)
def test_settings_that_cannot_be_right(
    own: dict[str, Any], send: dict[str, Any], said: str
) -> None:
    with pytest.raises(ProfileError, match=said):
        FORMAT.settings(Table(own, "f", "modbus"), Table(send, "f", "send"))


def test_an_echo_after_noise_is_no_fault_of_its_own_however_it_is_split() -> None:
    data = bytes.fromhex("A7 01 02 00 00 00 08 79 CC")
    whole = feed(data)
    assert len(whole) == 1
    for at in range(1, len(data)):
        assert feed(data[:at], data[at:]) == whole
