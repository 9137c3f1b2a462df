"""Batches: packed and read back byte for byte, bounded, and refused with the right word."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import batch
from sync.batch import CHECKPOINT_ROOM, Batch, check_lines, choose, pack, read
from sync.chain import hash_line
from sync.errors import Malformed, TooLarge
from sync.records import LINE_MAX
from sync.wire import BODY_MAX, LINES_MAX, Checkpoint, Mark, SignedMark
from tests.sync.test_chain import DEVICE, EPOCH, make_run

MARK = Mark(DEVICE, EPOCH, 3, "h" * 64, "2026-01-01T00:00:00.000Z")
CHECKPOINT = Checkpoint(MARK, "c2ln")

LINES = st.lists(st.binary(min_size=1).filter(lambda line: b"\n" not in line), max_size=30)


@given(LINES)
def test_what_is_packed_is_read_back_verbatim(lines: list[bytes]) -> None:
    found = read(pack(CHECKPOINT, lines))
    assert found == Batch(CHECKPOINT, lines)


def test_a_receipt_goes_along() -> None:
    held = SignedMark(DEVICE, EPOCH, 2, "a" * 64, "then", signature="c2ln")
    found = read(pack(Checkpoint(MARK, "c2ln", held), []))
    assert found.checkpoint.receipt == held
    fields = msgspec.json.decode(pack(Checkpoint(MARK, "c2ln", held), []))
    assert fields["receipt"] == {**msgspec.to_builtins(held)}
    assert "receipt" not in msgspec.json.decode(pack(CHECKPOINT, []))


def test_line_separators_of_other_alphabets_stay_inside() -> None:
    line = '{"a":"\u2028\u2029\x85"}'.encode()
    assert read(pack(CHECKPOINT, [line, b"\r"])).lines == [line, b"\r"]


@given(st.lists(st.integers(1, LINE_MAX), max_size=LINES_MAX + 20), st.integers(0, LINES_MAX))
def test_what_is_chosen_is_taken(sizes: list[int], most: int) -> None:
    lines = [b"x" * size for size in sizes]
    count = choose(lines, most)
    assert 0 <= count <= min(len(lines), most, LINES_MAX - 1)
    read(pack(CHECKPOINT, lines[:count]))
    if count < min(len(lines), most, LINES_MAX - 1):
        assert sum(sizes[: count + 1]) + count + 1 > BODY_MAX - CHECKPOINT_ROOM


def test_as_many_as_fit_exactly_are_chosen() -> None:
    size = (BODY_MAX - CHECKPOINT_ROOM) // 64 - 1
    assert choose([b"x" * size] * 100) == 64
    assert choose([b"x"] * 5_000) == LINES_MAX - 1
    assert choose([b"x"] * 5_000, 5_000) == LINES_MAX - 1
    assert choose([b"x"] * 5_000, 7) == 7
    assert choose([b"x"] * 3) == 3
    assert choose([b"x"] * 5, 0) == 0
    assert choose([]) == 0


@pytest.mark.parametrize(
    ("size", "count"), [(2_000, 523), (1_048, 998), (1_047, 999), (1_046, 999)]
)
def test_lines_are_chosen_to_the_byte(size: int, count: int) -> None:
    assert choose([b"x" * size] * 1_100) == count


def test_too_many_lines_or_bytes() -> None:
    read(pack(CHECKPOINT, [b"x"] * (LINES_MAX - 1)))
    with pytest.raises(
        TooLarge, match=rf"^the batch has {LINES_MAX + 1} lines; at most {LINES_MAX} are allowed$"
    ):
        read(pack(CHECKPOINT, [b"x"] * LINES_MAX))
    body = pack(CHECKPOINT, [])
    assert read(body + b"x" * (BODY_MAX - len(body)))
    with pytest.raises(TooLarge, match=rf"^the batch has more than {BODY_MAX} bytes unpacked$"):
        read(body + b"x" * (BODY_MAX - len(body) + 1))


@pytest.mark.parametrize(
    "body", [b"{}\n", b"\n", b"[]\n", b"x\n", b'{"checkpoint":{}}\n', b"\xff\n"]
)
def test_no_checkpoint_first(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the first line is not a checkpoint: "):
        read(body)


def test_an_empty_batch() -> None:
    with pytest.raises(
        Malformed, match=r"^the batch is empty; its first line must be a checkpoint$"
    ):
        read(b"")


def test_bytes_that_are_not_utf8_are_no_checkpoint() -> None:
    body = pack(CHECKPOINT, []).replace(b"2026", b"\xff\xfe\xff\xff")
    with pytest.raises(Malformed, match="not a checkpoint"):
        read(body)


def test_a_last_line_without_its_newline_is_a_line() -> None:
    assert read(pack(CHECKPOINT, [b"a", b"b"])[:-1]).lines == [b"a", b"b"]
    assert read(pack(CHECKPOINT, [b"a", b""])).lines == [b"a", b""]


def test_lines_are_checked_against_the_checkpoint() -> None:
    lines = make_run(3)
    mark = Mark(DEVICE, EPOCH, 3, hash_line(lines[-1]), "then")
    heads = check_lines(Batch(Checkpoint(mark, "s"), lines))
    assert [head.seq for head in heads if head] == [1, 2, 3]
    for wrong in (
        Mark("f" * 32, EPOCH, 3, mark.hash, "then"),
        Mark(DEVICE, "f" * 32, 3, mark.hash, "then"),
        Mark(DEVICE, EPOCH, 4, mark.hash, "then"),
        Mark(DEVICE, EPOCH, 3, "0" * 64, "then"),
    ):
        with pytest.raises(Malformed):
            check_lines(Batch(Checkpoint(wrong, "s"), lines))


def test_the_limits_are_those_of_the_wire() -> None:
    assert (batch.LINES_MAX, batch.BODY_MAX) == (1000, 1024 * 1024)
