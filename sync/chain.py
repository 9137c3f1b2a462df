"""The chain of hashes through an epoch: one link, and a run of links. Bytes in, verdicts out."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from sync.errors import Malformed
from sync.records import LINE_MAX, Entry, Head, decode_head

Link = Head | Entry
"""What places a line in a chain."""


def hash_line(line: bytes) -> str:
    """SHA-256 of the line without its newline, in hex: what the next line carries as `prev`."""
    return hashlib.sha256(line).hexdigest()


def check_run(
    lines: Sequence[bytes],
    device: str,
    epoch: str,
    last_seq: int,
    last_hash: str,
    read: Callable[[bytes], Link | None] = decode_head,
) -> list[Link | None]:
    """Check that `lines` are one chain of this device and epoch up to `last_seq`, `last_hash`.

    Returns each line's head as `read` gives it, None where a line is not JSON: such a line has its
    place by position alone, and what stands before it is not proven by this run (wire.md, Batches).
    Raises Malformed naming the first line that breaks the chain, counted from 1.
    """
    first_seq = last_seq - len(lines) + 1
    if first_seq < 1:
        raise Malformed(f"{len(lines)} lines cannot end at seq {last_seq}")
    heads: list[Link | None] = []
    prev: str | None = None
    for number, line in enumerate(lines, start=1):
        head = _read_head(line, number, read)
        if head is not None:
            _check_place(head, number, device, epoch, first_seq + number - 1, prev)
        heads.append(head)
        prev = hash_line(line)
    if prev is not None and prev != last_hash:
        raise Malformed(f"line {len(lines)} hashes to {prev}, the checkpoint says {last_hash}")
    return heads


def _read_head(line: bytes, number: int, read: Callable[[bytes], Link | None]) -> Link | None:
    if len(line) > LINE_MAX:
        raise Malformed(f"line {number} has {len(line)} bytes; at most {LINE_MAX} are allowed")
    try:
        return read(line)
    except msgspec.ValidationError as error:
        raise Malformed(f"line {number} has no place in a chain: {error}") from None


def _check_place(
    head: Link, number: int, device: str, epoch: str, seq: int, prev: str | None
) -> None:
    if head.device != device or head.epoch != epoch:
        raise Malformed(f"line {number} is of another device or epoch than the checkpoint")
    if head.seq != seq:
        raise Malformed(f"line {number} has seq {head.seq}; its place is seq {seq}")
    if prev is not None and head.prev != prev:
        raise Malformed(f"line {number} does not follow the line before it: prev {head.prev}")


def hash_lines(lines: Iterable[bytes]) -> list[str]:
    """The hash of each line."""
    return [hashlib.sha256(line).hexdigest() for line in lines]
