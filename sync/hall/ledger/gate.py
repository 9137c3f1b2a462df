"""The gate: everything about a batch that can be checked without looking at what the hall holds.
Keeps nothing.

The order of the checks is wire.md's: media type, encoding, size, first line, device, signature,
lines among themselves.
"""

import re
import zlib
from collections.abc import Callable, Sequence

from msgspec import Struct

from sync import batch, keys
from sync.chain import Link
from sync.errors import BadSignature, Malformed, TooLarge
from sync.hall.ledger.runs import Told, gather
from sync.hall.refusal import Refused
from sync.records import SEQ_MAX, Entry, Head, decode_entry, decode_link
from sync.wire import BODY_MAX, CHECKPOINT, MEDIA_TYPE, Checkpoint, Mark, SignedMark, mark_text

AT_MAX = 64
"""Characters of a checkpoint's time, which may say anything."""

PACKED_MAX = BODY_MAX + 64 * 1024
"""Bytes of a batch as it travels: gzip of what cannot be packed is a little larger than the thing
itself.
"""

MEMBERS_MAX = 64
"""Members of one gzip body; each more would cost a copy of the rest."""

_EPOCH = re.compile(r"[0-9a-f]{32}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class Known(Struct, frozen=True, array_like=True):
    """A device as the gate needs it; `hall` is where it was enrolled."""

    id: int
    device: str
    public_key: bytes
    revoked: bool
    hall: str = ""


class Checked(Struct, frozen=True, array_like=True):
    """A batch whose signature and chain hold; whether it continues what the hall holds is not known
    yet. `prev` is what its first line names before it, where that is JSON.
    """

    device: Known
    checkpoint: Checkpoint
    lines: list[bytes]
    prev: str | None
    told: list[Told]
    unreadable: int

    @property
    def mark(self) -> Mark:
        """The head the device signed."""
        return self.checkpoint.checkpoint


Find = Callable[[str], Known | None]

_LINKS_ALONE = frozenset((Head, type(None)))
"""What is no entry."""


def check(body: bytes, media_type: str | None, encoding: str | None, find: Find) -> Checked:
    """Check a body as it came, or the start of one that is larger than PACKED_MAX.

    Raises Refused with the first check that fails.
    """
    check_media(media_type, encoding)
    try:
        read = batch.read(unpack(body) if _is_packed(encoding) else body)
        _check_mark(read.checkpoint.checkpoint)
    except TooLarge as error:
        raise Refused(413, "too-large", str(error)) from None
    except Malformed as error:
        raise Refused(422, "malformed", str(error)) from None
    device = require(find, read.checkpoint.checkpoint.device)
    text = mark_text(CHECKPOINT, read.checkpoint.checkpoint)
    try:
        keys.check(device.public_key, read.checkpoint.signature, text)
    except BadSignature as error:
        raise Refused(401, "signature", f"the checkpoint's: {error}") from None
    try:
        links = batch.check_lines(read, decode_link) if read.lines else []
    except Malformed as error:
        raise Refused(422, "malformed", str(error)) from None
    prev = links[0].prev if links and links[0] is not None else None
    told = gather(links, device.id, device.hall)
    unreadable = _count_unreadable(read.lines, links)
    return Checked(device, _leave_out(read.checkpoint), read.lines, prev, told, unreadable)


def _leave_out(checkpoint: Checkpoint) -> Checkpoint:
    """Without a receipt for what no chain can hold: it is none of ours."""
    receipt = checkpoint.receipt
    if isinstance(receipt, SignedMark) and not 1 <= receipt.seq <= SEQ_MAX:
        return Checkpoint(checkpoint.checkpoint, checkpoint.signature)
    return checkpoint


def require(find: Find, device: str) -> Known:
    """The device, if it is known and not revoked. Raises Refused."""
    known = find(device)
    if known is None:
        raise Refused(403, "device-unknown", "this hall knows no such device; enrol it")
    if known.revoked:
        raise Refused(403, "device-revoked", "this device was revoked; ask the hall's technician")
    return known


def _count_unreadable(lines: Sequence[bytes], links: Sequence[Link | None]) -> int:
    """How many lines mean nothing to this hall."""
    if _LINKS_ALONE.isdisjoint(map(type, links)):
        return 0
    return sum(
        link is None or not _is_of_unknown_kind(line)
        for line, link in zip(lines, links, strict=True)
        if not isinstance(link, Entry)
    )


def _is_of_unknown_kind(line: bytes) -> bool:
    try:
        return decode_entry(line) is None
    except ValueError:
        return False


def check_media(media_type: str | None, encoding: str | None) -> None:
    """The first check, which needs no body. Raises Refused."""
    if (media_type or "").split(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refused(415, "media-type", f"Content-Type must be {MEDIA_TYPE}")
    if (encoding or "identity").strip().lower() not in ("identity", "gzip"):
        raise Refused(415, "media-type", "Content-Encoding must be gzip or none")


def _is_packed(encoding: str | None) -> bool:
    return (encoding or "").strip().lower() == "gzip"


def unpack(body: bytes) -> bytes:
    """Unpack gzip, one member or several, never making more than the wire allows.

    Raises TooLarge or Malformed.
    """
    parts: list[bytes] = []
    room = BODY_MAX + 1
    is_cut = len(body) > PACKED_MAX
    while body:
        if len(parts) == MEMBERS_MAX:
            raise Malformed(f"the gzip has more than {MEMBERS_MAX} members")
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            part = member.decompress(body, room)
        except zlib.error as error:
            raise Malformed(f"the gzip is broken: {error}") from None
        parts.append(part)
        room -= len(part)
        if room <= 0 or (is_cut and not member.eof):
            raise TooLarge(f"the batch has more than {BODY_MAX} bytes unpacked")
        if not member.eof:
            raise Malformed("the gzip is broken: it ends too early")
        body = member.unused_data
    return b"".join(parts)


def _check_mark(mark: Mark) -> None:
    if not 1 <= mark.seq <= SEQ_MAX:
        raise Malformed(f"the checkpoint's seq is {mark.seq}; it must be 1 to {SEQ_MAX}")
    if not _EPOCH.match(mark.epoch):
        raise Malformed("the checkpoint's epoch is not 32 hex digits")
    if not _HASH.match(mark.hash):
        raise Malformed("the checkpoint's hash is not 64 hex digits")
    if len(mark.at) > AT_MAX or not mark.at.isprintable():
        raise Malformed(
            f"the checkpoint's time is not printable text of at most {AT_MAX} characters"
        )
