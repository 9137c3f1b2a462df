"""A batch: a signed checkpoint and the lines up to it, packed and read back. Bytes in and out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from sync.chain import Link, check_run
from sync.errors import Malformed, TooLarge
from sync.records import decode_head
from sync.wire import BODY_MAX, LINES_MAX, Checkpoint, Mark

CHECKPOINT_ROOM = 1024
"""Bytes kept free for the checkpoint line when lines are chosen."""

_encoder = msgspec.json.Encoder()
_checkpoints = msgspec.json.Decoder(Checkpoint)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it came: checkpoint and lines, verbatim, not yet checked against each other."""

    checkpoint: Checkpoint
    lines: list[bytes]


def pack(checkpoint: Checkpoint, lines: Sequence[bytes]) -> bytes:
    """Return the body of a batch."""
    return b"\n".join([_encoder.encode(checkpoint), *lines, b""])


def choose(lines: Sequence[bytes], most: int = LINES_MAX - 1) -> int:
    """How many of `lines`, from the first, fit one batch of at most `most` entries."""
    room = BODY_MAX - CHECKPOINT_ROOM
    for count, line in enumerate(lines[: min(most, LINES_MAX - 1)]):
        room -= len(line) + 1
        if room < 0:
            return count
    return min(len(lines), most, LINES_MAX - 1)


def read(body: bytes) -> Batch:
    """Read an unpacked body. Raises TooLarge or Malformed; signature and chain are not checked."""
    if len(body) > BODY_MAX:
        raise TooLarge(f"the batch has more than {BODY_MAX} bytes unpacked")
    lines = body.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    if len(lines) > LINES_MAX:
        raise TooLarge(f"the batch has {len(lines)} lines; at most {LINES_MAX} are allowed")
    if not lines:
        raise Malformed("the batch is empty; its first line must be a checkpoint")
    try:
        lines[0].decode()
        checkpoint = _checkpoints.decode(lines[0])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"the first line is not a checkpoint: {error}") from None
    return Batch(checkpoint, lines[1:])


def check_lines(
    batch: Batch, read: Callable[[bytes], Link | None] = decode_head
) -> list[Link | None]:
    """Check the lines among themselves and against the checkpoint; see chain.check_run."""
    mark: Mark = batch.checkpoint.checkpoint
    return check_run(batch.lines, mark.device, mark.epoch, mark.seq, mark.hash, read)
