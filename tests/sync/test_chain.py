"""The chain: one link, a run of links, and every way a run can be broken."""

import hashlib
import subprocess

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import check_run, hash_line, hash_lines
from sync.errors import Malformed
from sync.records import LINE_MAX, NO_HASH

DEVICE, EPOCH = "d" * 32, "e" * 32


def make_run(count: int, first_seq: int = 1, prev: str = NO_HASH, pad: int = 0) -> list[bytes]:
    lines = []
    for seq in range(first_seq, first_seq + count):
        fields = {"device": DEVICE, "epoch": EPOCH, "seq": seq, "prev": prev, "pad": "x" * pad}
        lines.append(msgspec.json.encode(fields))
        prev = hash_line(lines[-1])
    return lines


def check(lines: list[bytes], last_seq: int, last_hash: str | None = None) -> list[object]:
    digest = hash_line(lines[-1]) if last_hash is None else last_hash
    return [*check_run(lines, DEVICE, EPOCH, last_seq, digest)]


def test_a_link_can_be_checked_by_hand() -> None:
    (line,) = make_run(1)
    told = subprocess.run(["sha256sum"], input=line, capture_output=True, check=True).stdout
    assert told.split()[0].decode() == hash_line(line)


@given(st.integers(1, 20), st.integers(1, 1000))
def test_a_run_is_whole(count: int, first_seq: int) -> None:
    lines = make_run(count, first_seq)
    heads = check_run(lines, DEVICE, EPOCH, first_seq + count - 1, hash_line(lines[-1]))
    assert [head.seq for head in heads if head] == list(range(first_seq, first_seq + count))
    assert hash_lines(lines) == [hashlib.sha256(line).hexdigest() for line in lines]


def test_no_lines_are_a_run() -> None:
    assert check_run([], DEVICE, EPOCH, 5, "anything") == []
    assert check_run([], DEVICE, EPOCH, 0, "anything") == []


@given(st.integers(2, 10), st.data())
def test_dropped_swapped_or_altered_is_told_with_its_place(count: int, data: st.DataObject) -> None:
    lines = make_run(count)
    at = data.draw(st.integers(0, count - 2))
    other = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
    with pytest.raises(
        Malformed, match=rf"^line {at + 1} has seq {at + 2}; its place is seq {at + 1}$"
    ):
        check(other, count)
    other = [*lines[:at], lines[at].replace(b'"pad":""', b'"pad":"y"'), *lines[at + 1 :]]
    with pytest.raises(
        Malformed, match=rf"^line {at + 2} does not follow the line before it: prev "
    ):
        check(other, count)
    dropped = lines[: at + 1] + lines[at + 2 :]
    with pytest.raises(Malformed):
        check(dropped, count)


def test_the_last_line_must_be_the_checkpoints() -> None:
    lines = make_run(3)
    with pytest.raises(
        Malformed, match=rf"^line 3 hashes to {hash_line(lines[2])}, the checkpoint says {NO_HASH}$"
    ):
        check(lines, 3, NO_HASH)
    with pytest.raises(Malformed, match=r"^line 1 has seq 1; its place is seq 2$"):
        check(lines, 4)
    with pytest.raises(Malformed, match=r"^3 lines cannot end at seq 2$"):
        check(lines, 2)


@pytest.mark.parametrize(("name", "value"), [("device", "f" * 32), ("epoch", "f" * 32)])
def test_a_line_of_another_device_or_epoch(name: str, value: str) -> None:
    line = msgspec.json.encode({**msgspec.json.decode(make_run(1)[0]), name: value})
    with pytest.raises(
        Malformed, match=r"^line 1 is of another device or epoch than the checkpoint$"
    ):
        check([line], 1)


def test_a_line_that_is_not_json_has_its_place() -> None:
    broken = b"\xff not json"
    lines = [*make_run(2), broken, *make_run(1, 4, hash_line(broken))]
    heads = check(lines, 4)
    assert [head is None for head in heads] == [False, False, True, False]


def test_json_without_a_place_is_told() -> None:
    for line in (b"[]", b"{}", b'{"device":"d","epoch":"e","seq":0,"prev":"p"}', b"3"):
        with pytest.raises(Malformed, match=r"^line 1 has no place in a chain: "):
            check([line], 1)


def test_lines_up_to_the_limit_and_no_longer() -> None:
    (shortest,) = make_run(1)
    (line,) = make_run(1, pad=LINE_MAX - len(shortest))
    assert len(line) == LINE_MAX
    check([line], 1)
    (line,) = make_run(1, pad=LINE_MAX - len(shortest) + 1)
    with pytest.raises(
        Malformed, match=rf"^line 1 has {LINE_MAX + 1} bytes; at most {LINE_MAX} are allowed$"
    ):
        check([line], 1)


def test_of_what_is_wrong_with_a_line_the_first_is_told() -> None:
    one, two = make_run(2)
    stranger = msgspec.json.encode(
        {**msgspec.json.decode(two), "device": "f", "seq": 9, "prev": ""}
    )
    skipped = msgspec.json.encode({**msgspec.json.decode(two), "seq": 9, "prev": ""})
    with pytest.raises(Malformed, match=r"^line 2 is of another device or epoch"):
        check([one, stranger], 2)
    with pytest.raises(Malformed, match=r"^line 2 has seq 9; its place is seq 2$"):
        check([one, skipped], 2)
    with pytest.raises(Malformed, match=r"^line 1 has seq 1; its place is seq 2$"):
        check([one, b"{}"], 3)
