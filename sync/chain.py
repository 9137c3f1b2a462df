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
    heads, found = _follow(lines, device, epoch, first_seq, read)
    if found is not None and found != last_hash:
        raise Malformed(f"line {len(lines)} hashes to {found}, the checkpoint says {last_hash}")
    return heads


def _follow(
    lines: Sequence[bytes], device: str, epoch: str, seq: int, read: Callable[[bytes], Link | None]
) -> tuple[list[Link | None], str | None]:
    """The heads of lines from `seq` on, and the last one's hash. One loop: a hall is in it most."""
    heads: list[Link | None] = []
    prev: str | None = None
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_MAX:
            raise Malformed(f"line {number} has {len(line)} bytes; at most {LINE_MAX} are allowed")
        try:
            head = read(line)
        except msgspec.ValidationError as error:
            raise Malformed(f"line {number} has no place in a chain: {error}") from None
        if head is not None and not (
            head.device == device
            and head.epoch == epoch
            and head.seq == seq
            and (head.prev == prev or prev is None)
        ):
            raise Malformed(f"line {number} {_misplaced(head, device, epoch, seq)}")
        heads.append(head)
        prev = hashlib.sha256(line).hexdigest()
        seq += 1
    return heads, prev


def _misplaced(head: Link, device: str, epoch: str, seq: int) -> str:
    """What is wrong with the place of a line that breaks the chain."""
    if head.device != device or head.epoch != epoch:
        return "is of another device or epoch than the checkpoint"
    if head.seq != seq:
        return f"has seq {head.seq}; its place is seq {seq}"
    return f"does not follow the line before it: prev {head.prev}"


def hash_lines(lines: Iterable[bytes]) -> list[str]:
    """The hash of each line."""
    return [hashlib.sha256(line).hexdigest() for line in lines]
