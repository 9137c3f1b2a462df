"""The frame format: found in any noise by its check, or by the silence around it."""

from __future__ import annotations

from typing import Any

from devices.formats.format import Beat, Code, Flaw, Signal
from devices.formats.frame import (
    DEAF_MS,
    FORMAT,
    GAP_MS,
    FrameDecoder,
    QuietDecoder,
    find_start,
    read_code,
)
from devices.formats.layout import FRAME_MAX, Layout, read_layout
from devices.table import Table

PLAIN = {
    "header": "AA55",
    "length": 6,
    "address_at": 3,
    "code_at": 4,
    "check": "xor8",
    "check_from": 2,
    "check_at": 5,
}
BARE = {"length": 1, "code_at": 0, "check": "none", "quiet_ms": 50}
ONE = bytes.fromhex("AA 55 03 01 01 03")
TWO = bytes.fromhex("AA 55 03 01 02 00")
BAD = bytes.fromhex("AA 55 03 01 01 05")


def lay(values: dict[str, Any], send: dict[str, str] | None = None) -> Layout:
    return read_layout(Table(values, "f", "frame"), Table(send or {}, "f", "send"))


def feed(*pieces: bytes, **more: Any) -> list[Signal]:
    decoder = FrameDecoder(lay(PLAIN | more))
    return [signal for piece in pieces for signal in decoder.feed(piece, 0)]


def flaw(text: str) -> Flaw:
    return Flaw("bad_frame", text)


def test_the_published_frames() -> None:
    assert feed(ONE, TWO) == [Code("01"), Code("02")]
    assert feed(BAD) == [flaw("AA 55 03 01 01 05")]


def test_each_damaged_frame_is_a_fault_of_its_own() -> None:
    assert feed(BAD + BAD + ONE) == [flaw("AA 55 03 01 01 05")] * 2 + [Code("01")]


def test_a_run_of_noise_is_one_fault_with_its_first_byte() -> None:
    assert feed(b"\x01\x02", b"\x03" + ONE + b"\x09") == [flaw("01"), Code("01"), flaw("09")]


def test_a_cut_frame_costs_only_itself() -> None:
    assert feed(ONE[:3] + TWO) == [flaw("AA 55 03 AA 55 03"), Code("02")]


def test_a_frame_right_behind_a_false_header_is_found() -> None:
    layout = lay(PLAIN | {"header": "AA", "address_at": 2})
    assert FrameDecoder(layout).feed(b"\xaa" + layout.build("01"), 0)[-1] == Code("01")


def test_a_half_header_is_kept_for_its_other_half() -> None:
    decoder = FrameDecoder(lay(PLAIN))
    assert decoder.feed(b"\xaa", 0) == []
    assert decoder.held == 1
    assert decoder.feed(ONE[1:], 0) == [Code("01")]
    assert decoder.held == 0


def test_an_old_beginning_is_not_finished_by_later_bytes() -> None:
    for gap, found in ((GAP_MS - 1, [Code("01")]), (GAP_MS, [flaw("AA 55 03")])):
        decoder = FrameDecoder(lay(PLAIN))
        decoder.feed(ONE[:3], 5)
        assert decoder.feed(ONE[3:], 5 + gap) == found


def test_a_frame_may_come_slowly_if_its_bytes_follow_each_other() -> None:
    decoder = FrameDecoder(lay(PLAIN))
    found = [s for i in range(6) for s in decoder.feed(ONE[i : i + 1], i * (GAP_MS - 1))]
    assert found == [Code("01")]


def test_an_old_silence_is_no_fault() -> None:
    decoder = FrameDecoder(lay(PLAIN))
    assert decoder.feed(ONE, 0) == [Code("01")]
    assert decoder.feed(TWO, 99_999) == [Code("02")]


def test_another_address_is_another_panel() -> None:
    assert feed(ONE, address=1) == [Code("01")]
    assert feed(ONE, address=2) == [flaw("AA 55 03 01 01 03")]


def test_an_idle_code_is_an_answer_and_no_key() -> None:
    assert feed(ONE + TWO, idle=["02"]) == [Code("01"), Beat()]


def test_a_frame_with_a_tail() -> None:
    layout = lay(PLAIN | {"length": 8, "tail": "0D0A"})
    frame = layout.build("1F")
    assert frame[-2:] == b"\r\n"
    decoder = FrameDecoder(layout)
    assert decoder.feed(frame, 0) == [Code("1F")]
    assert decoder.feed(frame[:-1] + b"\x0b", 0)[0] == flaw(frame[:-1].hex(" ").upper() + " 0B")


def test_find_start_looks_for_the_whole_header_then_for_its_beginning() -> None:
    header = b"\xaa\x55\x01"
    assert find_start(b"\x00\xaa\x55\x01", header, 0) == 1
    assert find_start(b"\x00\xaa\x55", header, 0) == 1
    assert find_start(b"\x00\x00\xaa", header, 0) == 2
    assert find_start(b"\xaa\x55\x00", header, 0) == 3
    assert find_start(b"\xaa", header, 1) == 1
    assert find_start(b"\x07\x07", b"", 1) == 1


def test_a_polled_panel_is_polled_at_its_pace() -> None:
    send = {"poll": "AA 00"}
    for decoder in (
        FrameDecoder(lay(PLAIN | {"poll_ms": 700}, send)),
        QuietDecoder(lay(BARE | {"poll_ms": 700}, send), None),
    ):
        assert decoder.deadline == 0
        assert decoder.poll(10) == b"\xaa\x00"
        assert decoder.deadline == 710
        assert decoder.poll(709) == b""
        assert decoder.poll(710) == b"\xaa\x00"


def test_a_panel_without_a_poll_is_never_polled() -> None:
    decoder = FrameDecoder(lay(PLAIN))
    assert decoder.deadline is None
    assert decoder.poll(10**9) == b""


def quiet(opened_ms: int | None = None, **more: Any) -> QuietDecoder:
    return QuietDecoder(lay(BARE | more), opened_ms)


def test_a_bare_byte_counts_with_silence_around_it() -> None:
    decoder = quiet()
    assert decoder.deadline is None
    assert decoder.feed(b"A", 100) == []
    assert decoder.deadline == 150
    assert decoder.tick(149) == []
    assert decoder.held == 1
    assert decoder.tick(150) == [Code("41")]
    assert decoder.held == 0
    assert decoder.tick(300) == []


def test_two_bytes_near_each_other_are_noise() -> None:
    decoder = quiet()
    decoder.feed(b"A", 100)
    decoder.feed(b"B", 149)
    assert decoder.tick(198) == []
    assert decoder.tick(199) == [flaw("41 42")]
    decoder.feed(b"C", 300)
    assert decoder.tick(350) == [Code("43")]


def test_a_silence_that_nobody_watched_is_not_proven() -> None:
    """Bytes read late, after a stall, may have come at any moment before."""
    decoder = quiet()
    decoder.feed(b"A", 100)
    decoder.feed(b"A", 10_000)
    assert decoder.tick(10_050) == [flaw("41 41")]


def test_an_opened_port_has_to_be_silent_first() -> None:
    decoder = quiet(opened_ms=1_000)
    assert decoder.deadline == 1_050
    decoder.feed(b"A", 1_020)
    assert decoder.tick(1_070) == [flaw("41")]
    decoder.feed(b"A", 1_200)
    assert decoder.tick(1_250) == [Code("41")]
    decoder = quiet(opened_ms=1_000)
    assert decoder.tick(1_050) == []
    decoder.feed(b"A", 1_060)
    assert decoder.tick(1_110) == [Code("41")]


def test_no_bytes_break_no_silence() -> None:
    decoder = quiet()
    decoder.feed(b"A", 100)
    decoder.feed(b"", 149)
    assert decoder.tick(150) == [Code("41")]


def test_a_flood_is_not_held() -> None:
    decoder = quiet()
    decoder.feed(b"A" * 999, 0)
    assert decoder.held == 2
    assert decoder.limit > FRAME_MAX


def test_noise_that_never_pauses_is_told_and_told_again() -> None:
    """No code counts meanwhile: the panel is deaf, and must say so."""
    decoder = QuietDecoder(lay(BARE), 0)
    assert decoder.tick(100) == []
    found = {at: decoder.tick(at) + decoder.feed(b"AB", at) for at in range(110, 5_000, 20)}
    told = Flaw("no_silence", "41 42")
    assert {at: one for at, one in found.items() if one} == {2_110: [told], 4_110: [told]}
    assert decoder.tick(5_040) == [flaw("41 42")]
    assert decoder.feed(b"A", 5_050) == []
    assert decoder.tick(5_100) == [Code("41")]
    assert decoder.feed(b"A", 7_100) == [], "after a silence the time counts anew"


def test_noise_that_ends_in_time_is_only_a_bad_frame() -> None:
    decoder = QuietDecoder(lay(BARE), 0)
    decoder.tick(100)
    assert [decoder.feed(b"A", at) for at in range(110, 110 + DEAF_MS, 10)] == [[]] * 200
    assert decoder.tick(110 + DEAF_MS + 40) == [flaw("41 41")]


def test_a_check_finds_frames_in_a_capture_without_times_even_if_silence_is_asked() -> None:
    both = lay(PLAIN | {"quiet_ms": 50})
    assert isinstance(FORMAT.decoder(both, None), FrameDecoder)
    assert isinstance(FORMAT.decoder(both, 0), QuietDecoder)
    assert not FORMAT.needs_quiet(both)
    assert FORMAT.needs_quiet(lay(BARE))


def test_a_burst_must_be_this_panels_frame() -> None:
    decoder = quiet(length=2, code_at=1, header="7F")
    decoder.feed(b"\x7f\x01", 100)
    assert decoder.tick(200) == [Code("01")]
    decoder.feed(b"\x7e\x01", 300)
    assert decoder.tick(400) == [flaw("7E 01")]


def test_the_poll_and_the_silence_share_one_deadline() -> None:
    decoder = QuietDecoder(lay(BARE | {"poll_ms": 60}, {"poll": "00"}), None)
    decoder.poll(0)
    decoder.feed(b"A", 5)
    assert decoder.deadline == 55
    decoder.feed(b"A", 30)
    assert decoder.deadline == 60


def test_the_words_of_the_profile_and_their_nearest() -> None:
    said = {"invite": "01", "pause": "02", "cancel": "03"}
    assert FORMAT.speak(lay(PLAIN, said), "invite") == b"\x01"
    assert FORMAT.speak(lay(PLAIN, said), "thanks") == b""
    assert FORMAT.speak(lay(PLAIN, said), "pause") == b"\x02"
    assert FORMAT.speak(lay(PLAIN, said), "fault") == b"\x02"
    assert FORMAT.speak(lay(PLAIN, {"cancel": "03"}), "fault") == b"\x03"
    assert FORMAT.speak(lay(PLAIN, {"cancel": "03"}), "pause") == b"\x03"
    assert FORMAT.speak(lay(PLAIN, said), "cancel") == b"\x03"
    assert FORMAT.speak(lay(PLAIN, {"pause": "02"}), "cancel") == b""


def test_the_row_of_the_table() -> None:
    assert FORMAT.one_shot
    assert FORMAT.wire_key("a5") == "A5"
    assert [FORMAT.wire_key(text) for text in ("5", "G1", "001", "")] == [None] * 4
    assert isinstance(FORMAT.decoder(lay(PLAIN), None), FrameDecoder)
    assert isinstance(FORMAT.decoder(lay(BARE), None), QuietDecoder)
    assert FORMAT.decoder(lay(BARE), None).deadline is None
    assert FORMAT.decoder(lay(BARE), 0).deadline == 50
    assert FORMAT.decoder(lay(BARE), 700).deadline == 750
    assert FORMAT.needs_quiet(lay(BARE))
    assert not FORMAT.needs_quiet(lay(PLAIN))
    polled = {"poll": "01"}
    assert FORMAT.beats(lay(PLAIN | {"idle": ["00"]}, polled))
    assert not FORMAT.beats(lay(PLAIN | {"idle": ["00"]}))
    assert not FORMAT.beats(lay(PLAIN, polled))
    assert FORMAT.count_false(lay(PLAIN), 3) == lay(PLAIN).count_false(3)
    assert read_code(lay(PLAIN), ONE) == Code("01")
