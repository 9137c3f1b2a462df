"""Entries before they have their place, and how one gets it: drafts, stamps, lines. Pure; knows no
clock and no file.
"""

from dataclasses import dataclass

import msgspec

from sync.records import LINE_MAX, NO_HASH, Entry, Loss, decode_entry, encode_entry


@dataclass(frozen=True, slots=True)
class Stamp:
    """An entry's time: the wall clock (RFC 3339), this start of the machine, ms since, trust."""

    at: str
    boot: str
    mono_ms: int
    clock: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place: its kind and the kind's own fields."""

    kind: type[Entry]
    fields: dict[str, object]


def make_entry(draft: Draft, stamp: Stamp, device: str, epoch: str, seq: int, prev: str) -> Entry:
    """Give a draft its place."""
    return draft.kind(
        device=device,
        epoch=epoch,
        seq=seq,
        prev=prev,
        at=stamp.at,
        boot=stamp.boot,
        mono_ms=stamp.mono_ms,
        clock=stamp.clock,
        **draft.fields,  # type: ignore[arg-type]
    )


def make_loss(stamp: Stamp, device: str, epoch: str, first: int, last: int, cause: str) -> Loss:
    """A loss entry that has no place yet."""
    fields: dict[str, object] = {"lost_epoch": epoch, "first": first, "last": last, "cause": cause}
    entry = make_entry(Draft(Loss, fields), stamp, device, "", 1, NO_HASH)
    assert isinstance(entry, Loss)
    return entry


def encode_line(entry: Entry) -> bytes:
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
