"""The line format, to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.formats.format import Beat, Edge, Flaw, Missed, Restart, Signal
from devices.formats.line import FORMAT, LINE_MAX, LineDecoder, frame_line, show_bytes
from devices.table import ProfileError, Table

VECTORS = """
    $K,1,1,D*C0DF $K,2,1,U*CC5B $K,3,3,D*C007 $K,65535,2,D*B652 $H,3600,HY3,1*1174
    $S,invite*6F25 $S,thanks*6993 $S,pause*5FD5 $S,fault*A054 $L,7*01ED
""".split()  # noqa: SIM905


def feed(*bodies: str) -> list[Signal]:
    return LineDecoder().feed(b"".join(frame_line(body) for body in bodies), 0)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_vectors(vector: str) -> None:
    assert frame_line(vector[1:-5]) == vector.encode() + b"\r\n"


def test_keys_and_heartbeats_are_read() -> None:
    assert feed("K,1,1,D", "K,2,1,U", "H,3600,HY3,1") == [
        Edge("1", True),
        Edge("1", False),
        Beat("HY3", "1", 3600),
    ]


def test_the_same_counter_again_is_ignored() -> None:
    assert feed("K,7,1,D", "K,7,1,D", "K,7,2,D") == [Edge("1", True)]


def test_a_jump_is_told_with_how_many() -> None:
    assert feed("K,7,1,D", "K,10,2,D") == [Edge("1", True), Missed(2), Edge("2", True)]


def test_the_counter_goes_round() -> None:
    assert feed("K,65535,1,D", "K,0,1,U") == [Edge("1", True), Edge("1", False)]
    assert feed("K,65534,1,D", "K,0,1,U")[1] == Missed(1)


def test_the_first_counter_is_no_jump() -> None:
    assert feed("K,500,1,D") == [Edge("1", True)]


def test_a_fallen_uptime_forgets_the_counter() -> None:
    assert feed("H,50,HY3,1", "K,9,1,D", "H,3,HY3,1", "K,1,1,D") == [
        Beat("HY3", "1", 50),
        Edge("1", True),
        Restart(),
        Beat("HY3", "1", 3),
        Edge("1", True),
    ]


def test_the_same_uptime_is_no_restart() -> None:
    assert feed("H,50,HY3,1", "K,9,1,D", "H,50,HY3,1", "K,12,1,U")[-2] == Missed(2)


def test_a_counter_too_large_is_a_fault() -> None:
    assert feed("K,65536,1,D") == [Flaw("bad_frame", "counter 65536")]


@pytest.mark.parametrize(
    "body",
    [
        "K,1,1",
        "K,1,,D",
        "K,1,1,d",
        "K,-1,1,D",
        "K,1,a b,D",
        "K,123456,1,D",
        "X",
        "",
        "H,1,HY3",
        "K,1,123456789012345678901234567890123,D",
        "H,x,HY3,1",
        "k,1,1,D",
        "K,1,1,D,",
    ],
)
def test_a_valid_checksum_over_nonsense_is_a_fault(body: str) -> None:
    (flaw,) = feed(body)
    assert flaw == Flaw("bad_frame", show_bytes(frame_line(body)))


@pytest.mark.parametrize("body", ["S,invite", "L,7", "S,"])
def test_our_own_words_as_an_echo_are_nothing(body: str) -> None:
    assert feed(body) == []


@pytest.mark.parametrize(
    "line",
    [
        b"$K,1,1,D*C0DE\r\n",  # wrong checksum
        b"$K,1,1,D*c0df\r\n",  # small letters
        b"$K,1,1,D*C0DF\n",  # no carriage return
        b"$K,1,1,DxC0DF\r\n",  # no star
        b"$\r\n",
        b"$\n",
    ],
)
def test_a_damaged_line_is_one_fault(line: bytes) -> None:
    assert LineDecoder().feed(line, 0) == [Flaw("bad_frame", show_bytes(line))]


def test_bare_line_ends_are_no_fault() -> None:
    line = frame_line("K,1,1,D")
    assert LineDecoder().feed(b"\r\n" + line + b"\n\r\n\r", 0) == [Edge("1", True)]


def test_a_run_of_noise_is_one_fault_with_its_first_byte() -> None:
    decoder = LineDecoder()
    assert decoder.feed(b"\r\nxyz", 0) == [Flaw("bad_frame", "78")]
    assert decoder.feed(b"more", 0) == []
    assert decoder.feed(frame_line("K,1,1,D") + b"!", 0) == [
        Edge("1", True),
        Flaw("bad_frame", "21"),
    ]


@pytest.mark.parametrize("noise", [b"X1", b" 1", b"\t1"])
def test_only_line_ends_are_passed_over_in_silence(noise: bytes) -> None:
    assert LineDecoder().feed(noise, 0) == [Flaw("bad_frame", show_bytes(noise[:1]))]


def test_every_line_behind_a_run_of_noise_is_read() -> None:
    noisy = b"xx" + frame_line("K,1,1,D") + frame_line("K,2,1,U")
    assert LineDecoder().feed(noisy, 0)[1:] == [Edge("1", True), Edge("1", False)]


def test_each_dollar_starts_anew() -> None:
    line = frame_line("K,1,1,D")
    found = LineDecoder().feed(b"$a$b$" + line, 0)
    assert found == [
        Flaw("bad_frame", "24 61"),
        Flaw("bad_frame", "24 62"),
        Flaw("bad_frame", "24"),
        Edge("1", True),
    ]


def test_the_length_of_a_line_counts_from_its_own_dollar() -> None:
    line = frame_line("K,1,1,D")
    decoder = LineDecoder()
    assert decoder.feed(b"x" * 70 + line[:5], 0) == [Flaw("bad_frame", "78")]
    assert decoder.feed(line[5:], 0) == [Edge("1", True)]
    endless = b"$" + b"A" * 80
    assert decoder.feed(b"\n" * 70 + endless + frame_line("K,2,1,U"), 0) == [
        Flaw("bad_frame", show_bytes(endless)),
        Edge("1", False),
    ]


def test_a_line_may_come_in_pieces() -> None:
    decoder = LineDecoder()
    line = frame_line("K,1,1,D")
    assert [s for b in line for s in decoder.feed(bytes([b]), 0)] == [Edge("1", True)]
    assert decoder.held == 0


def test_a_dollar_starts_anew() -> None:
    assert LineDecoder().feed(b"$K,1,1" + frame_line("K,1,1,D"), 0) == [
        Flaw("bad_frame", show_bytes(b"$K,1,1")),
        Edge("1", True),
    ]


def test_the_longest_line_is_64_bytes_with_its_ends() -> None:
    body = "S," + "x" * (LINE_MAX - 10)
    assert len(frame_line(body)) == LINE_MAX
    assert feed(body) == []
    decoder = LineDecoder()
    longer = frame_line(body + "x")
    assert decoder.feed(longer, 0) == [Flaw("bad_frame", show_bytes(longer[:LINE_MAX]))]
    assert decoder.held == 0


def test_an_endless_line_is_not_held() -> None:
    decoder = LineDecoder()
    assert len(decoder.feed(b"$" + b"A" * (LINE_MAX - 1), 0)) == 1
    assert decoder.held == 0
    decoder.feed(b"$" + b"A" * (LINE_MAX - 2), 0)
    assert decoder.held == LINE_MAX - 1


def test_a_dollar_at_the_very_end_of_an_endless_line_starts_anew() -> None:
    decoder = LineDecoder()
    found = decoder.feed(b"$" + b"A" * (LINE_MAX - 2) + frame_line("K,1,1,D"), 0)
    assert found[-1] == Edge("1", True)


@given(st.from_regex(r"[!-#%-)+\--~]{1,32}", fullmatch=True), st.integers(0, 65_535), st.booleans())
def test_every_key_that_a_profile_may_name_can_be_read(key: str, counter: int, down: bool) -> None:
    assert FORMAT.wire_key(key) == key
    assert feed(f"K,{counter},{key},{'D' if down else 'U'}") == [Edge(key, down)]


@pytest.mark.parametrize("key", ["", "a b", "a,b", "a*b", "a$b", "x" * 33, "键", "1\n"])
def test_a_key_that_no_line_can_carry_is_refused(key: str) -> None:
    assert FORMAT.wire_key(key) is None


def test_long_waste_is_shown_by_its_beginning() -> None:
    assert show_bytes(b"\x00\xff") == "00 FF"
    assert show_bytes(bytes(24)) == " ".join(["00"] * 24)
    assert show_bytes(bytes(25)) == " ".join(["00"] * 24) + "…"


def test_the_lamps_are_told_in_one_word() -> None:
    said = [FORMAT.speak(None, word) for word in ("invite", "thanks", "pause", "fault", "cancel")]
    words = ("S,invite", "S,thanks", "S,pause", "S,fault", "S,pause")
    assert said == [frame_line(word) for word in words]


def test_the_row_of_the_table() -> None:
    assert FORMAT.beats(None)
    assert not FORMAT.needs_quiet(None)
    assert not FORMAT.one_shot
    assert 0 < FORMAT.count_false(None, 3) < 1e-9
    assert FORMAT.count_false(None, 6) == 2 * FORMAT.count_false(None, 3)
    assert isinstance(FORMAT.decoder(None, None), LineDecoder)


@pytest.mark.parametrize(("own", "send"), [({"x": 1}, {}), ({}, {"invite": "AA"})])
def test_the_line_format_has_no_settings(own: dict[str, object], send: dict[str, object]) -> None:
    FORMAT.settings(Table({}, "f"), Table({}, "f"))
    with pytest.raises(ProfileError, match="unknown key; allowed here: nothing"):
        FORMAT.settings(Table(own, "f", "line"), Table(send, "f", "send"))
