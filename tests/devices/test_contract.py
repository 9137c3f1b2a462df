"""What every format must stand: one suite over the whole table, a row of `wires` for each."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.formats import FORMATS, load_format
from devices.profile import find_profile
from tests.devices.wires import ROWS, WireRow

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.model)


def keys_of(row: WireRow) -> list[str]:
    """Every key once, and the first one again."""
    keys = [key for key, _ in row.profile.keys]
    return [*keys, keys[0]]


def test_the_suite_has_a_row_for_every_format() -> None:
    assert {row.profile.format for row in ROWS} == set(FORMATS)


def test_every_format_bears_its_own_name() -> None:
    assert all(load_format(name).name == name for name in FORMATS)


@each_row
def test_a_clean_capture_gives_exactly_its_presses(row: WireRow) -> None:
    found = row.found(b"".join(row.capture(keys_of(row))))
    levels = row.profile.levels
    assert found == [{"event": "press", "key": key, "level": levels[key]} for key in keys_of(row)]


@each_row
@given(data=st.data())
def test_any_split_gives_the_same(row: WireRow, data: st.DataObject) -> None:
    parts = row.capture(keys_of(row))
    noise = data.draw(st.lists(st.binary(max_size=12), min_size=len(parts), max_size=len(parts)))
    whole = b"".join(part + waste for part, waste in zip(parts, noise, strict=True))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    for pieces in (split(whole, cuts), [bytes([b]) for b in whole]):
        decoder = row.profile.decoder()
        signals = [signal for piece in pieces for signal in decoder.feed(piece, 0)]
        assert signals == row.profile.decoder().feed(whole, 0)


def split(whole: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *cuts, len(whole)]
    return [whole[a:b] for a, b in itertools.pairwise(edges)]


@each_row
@given(seed=st.integers(0, 2**32))
def test_garbage_before_between_and_after_hides_no_press(row: WireRow, seed: int) -> None:
    chance = random.Random(seed)
    parts = row.capture(keys_of(row))
    whole = b"".join(waste(row, chance) + part for part in parts) + waste(row, chance)
    assert row.presses(whole) == keys_of(row)


def waste(row: WireRow, chance: random.Random) -> bytes:
    """Garbage that ends where a frame may begin, and holds nothing that begins one."""
    data = bytes(
        b for b in chance.randbytes(chance.randrange(40)) if b not in b"\xaa\x7e\x5a\xfe\x01"
    )
    return data + b"\n" if row.profile.format == "keys" else data


@each_row
def test_a_cut_frame_costs_no_more_than_itself(row: WireRow) -> None:
    parts = row.capture(keys_of(row))
    for at in range(len(parts)):
        for size in range(len(parts[at])):
            cut = b"".join([*parts[:at], parts[at][:size], *parts[at + 1 :]])
            got = row.presses(cut)
            assert len(got) >= len(keys_of(row)) - 2  # a keyboard's next line is glued to it
            assert len(got) <= len(keys_of(row))
            assert is_part(got, keys_of(row))


def is_part(some: list[str], whole: list[str]) -> bool:
    """Whether `some` is `whole` with some left out."""
    rest = iter(whole)
    return all(one in rest for one in some)


@each_row
def test_a_flipped_bit_makes_no_press_of_its_own(row: WireRow) -> None:
    parts = row.capture(keys_of(row))
    whole = b"".join(parts)
    if row.profile.format == "keys":
        pytest.skip("the kernel's events cross no wire: nothing flips")
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        assert is_part(row.presses(bytes(flipped)), keys_of(row))
        assert any(found["event"] == "fault" for found in row.found(bytes(flipped)))


@each_row
@pytest.mark.parametrize("seed", range(3))
def test_a_flood_is_held_in_a_bounded_buffer(row: WireRow, seed: int) -> None:
    chance = random.Random(seed)
    decoder = row.profile.decoder()
    frames = b"".join(row.capture(keys_of(row)))
    for _ in range(200):
        flood = chance.choice(
            [chance.randbytes(500), frames, b"$" * 300, b"A" * 999, b"\xaa\x55" * 99]
        )
        decoder.feed(flood, 0)
        assert decoder.held < decoder.limit


@each_row
@given(mess=st.binary(max_size=400))
def test_no_press_that_no_valid_frame_made(row: WireRow, mess: bytes) -> None:
    assert len(row.presses(mess)) <= row.oracle(row.profile, mess)


@each_row
def test_nothing_is_made_of_nothing(row: WireRow) -> None:
    decoder = row.profile.decoder()
    assert decoder.feed(b"", 0) == []
    assert decoder.tick(10_000) == []
    assert row.found(b"") == []


@each_row
def test_the_oracle_counts_a_clean_capture(row: WireRow) -> None:
    """Else the suite would compare with a number that means nothing."""
    assert row.oracle(row.profile, b"".join(row.capture(keys_of(row)))) == len(keys_of(row))


def test_a_bare_byte_is_never_a_press_without_times() -> None:
    row = WireRow("pattern-byte", lambda profile, data: 0)
    assert row.found(b"ABC") == [{"event": "fault", "what": "no_silence"}]
    assert find_profile("pattern-byte").rules.needs_quiet(row.profile.settings)
