"""How a draft becomes an entry with its place, and an entry a line. Pure; knows no
clock and no file.
"""

from typing import cast

import msgspec

from sync.records import LINE_MAX, NO_HASH, AnyEntry, Draft, Loss, Stamp, decode_entry, encode_entry


def make_entry(
    draft: Draft, stamp: Stamp, device: str, epoch: str, seq: int, prev: str
) -> AnyEntry:
    """Give a draft its place."""
    entry = draft.kind(
        device=device,
        epoch=epoch,
        seq=seq,
        prev=prev,
        at=stamp.at,
        boot=stamp.boot,
        mono_ms=stamp.mono_ms,
        clock=stamp.clock,
        **draft.fields,
    )
    return cast(AnyEntry, entry)


def make_loss(stamp: Stamp, device: str, epoch: str, first: int, last: int, cause: str) -> Loss:
    """A loss entry that has no place yet."""
    fields = {"lost_epoch": epoch, "first": first, "last": last, "cause": cause}
    entry = make_entry(Draft(Loss, fields), stamp, device, "", 1, NO_HASH)
    assert isinstance(entry, Loss)
    return entry


def encode_line(entry: AnyEntry) -> bytes:
    """The entry's line, sure to be read back. Raises ValueError."""
    try:
        line = encode_entry(entry)
        decode_entry(line)
    except (msgspec.MsgspecError, UnicodeEncodeError, TypeError) as error:
        raise ValueError(
            f"a {type(entry).__name__} entry with fields that make none: {error}"
        ) from error
    if len(line) > LINE_MAX:
        raise ValueError(f"an entry of {len(line)} bytes; at most {LINE_MAX} are allowed")
    return line
