"""The entries of the journal as typed records, and how one becomes a line and back.

Knows nothing of files or hashes. A reader ignores unknown fields; they stay in the line, which
is kept verbatim.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

LINE_MAX = 16 * 1024
"""Bytes of one entry without its newline."""

NO_HASH = "0" * 64
"""`prev` of a device's very first entry."""

SEQ_MAX = 2**53 - 1
"""Largest number every JSON reader holds exactly."""

LEVELS = {
    "very_satisfied": 5,
    "satisfied": 4,
    "basically_satisfied": 3,
    "dissatisfied": 2,
    "very_dissatisfied": 1,
}
"""Level words and their national codes."""

Hex64 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Hex32 = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Seq = Annotated[int, Meta(ge=1, le=SEQ_MAX)]
Millis = Annotated[int, Meta(ge=0, le=SEQ_MAX)]
Level = Annotated[int, Meta(ge=1, le=5)]
Revision = Annotated[int, Meta(ge=0, le=2**31)]


class Head(Struct, frozen=True):
    """What places an entry in a chain: enough to check links without the rest."""

    device: str
    epoch: str
    seq: Seq
    prev: str


class Transaction(Struct, frozen=True, omit_defaults=True):
    """What was served: 办件. `matters` lists several matters handled in one visit."""

    project_no: str | None = None
    service_no: str | None = None
    item_code: str | None = None
    item_name: str | None = None
    matters: Any = None
    ticket_no: str | None = None


def is_same(one: Transaction, other: Transaction) -> bool:
    """Are these one service: the same project and service number or, before those, ticket?"""
    if one.project_no and other.project_no:
        return (one.project_no, one.service_no) == (other.project_no, other.service_no)
    return bool(one.ticket_no) and one.ticket_no == other.ticket_no


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Fields of every entry. `mono_ms` counts since `boot`; order comes from `seq` alone."""

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    device: str
    epoch: str
    seq: Seq
    prev: str
    at: str
    boot: str
    mono_ms: Millis
    clock: str


class Boot(Entry, frozen=True, kw_only=True, tag="boot"):
    """A start of the software."""

    software: str
    clean: bool
    profile: str = ""
    settings: str = ""
    panel_test: str = "passed"


class Window(Entry, frozen=True, kw_only=True, tag="window"):
    """Where the kiosk stands and who serves; what follows in the chain belongs to it."""

    hall: str
    window: str
    state: str
    clerk_no: str | None = None


class Service(Entry, frozen=True, kw_only=True, tag="service"):
    """One turn of serving a transaction at the window."""

    service: str
    state: str
    transaction: Transaction = Transaction()
    clerk_no: str | None = None


class Joined(Entry, frozen=True, kw_only=True, tag="transaction"):
    """Fields of a transaction that became known later."""

    transaction: Transaction
    invitation: str | None = None
    service: str | None = None


class Invitation(Entry, frozen=True, kw_only=True, tag="invitation"):
    """A "please rate this"; `expires_ms` counts from this entry."""

    invitation: str
    mode: str
    transaction: Transaction | None = None
    clerk_no: str | None = None
    language: str | None = None
    expires_ms: Millis = 0


class Rating(Entry, frozen=True, kw_only=True, tag="rating"):
    """What the citizen answered; of one invitation the highest revision counts."""

    invitation: str
    level: Level
    scale: str
    key: str
    panel: str = ""
    source: str = "panel"
    revision: Revision = 0
    language: str | None = None
    after_ms: Millis = 0


class Reason(Entry, frozen=True, kw_only=True, tag="reason"):
    """Reason tags the citizen picked after rating, or that none was given."""

    invitation: str
    reasons: list[str]
    skipped: bool = False


class Outcome(Entry, frozen=True, kw_only=True, tag="outcome"):
    """How an invitation ended."""

    invitation: str
    outcome: str


class Stray(Entry, frozen=True, kw_only=True, tag="stray"):
    """A press that counts for nothing."""

    key: str
    panel: str = ""
    why: str


class Fault(Entry, frozen=True, kw_only=True, tag="fault"):
    """Something a technician should know, raised or cleared."""

    what: str
    state: str
    detail: Any = None


class Ready(Entry, frozen=True, kw_only=True, tag="ready"):
    """The readiness card at opening."""

    checks: Any


class Witness(Entry, frozen=True, kw_only=True, tag="witness"):
    """A bulletin of the hall, written down by a kiosk."""

    bulletin: str
    day: str


class Loss(Entry, frozen=True, kw_only=True, tag="loss"):
    """Entries of an earlier epoch that are gone, and why."""

    lost_epoch: str
    first: Millis
    last: Millis
    cause: str


class Stamp(Struct, frozen=True):
    """When an entry is written: the clock's time, the machine's start, milliseconds since."""

    at: str
    boot: str
    mono_ms: int
    clock: str


class Draft(Struct, frozen=True):
    """An entry before it has its place in the chain: its kind and the kind's own fields."""

    kind: type[Entry]
    fields: dict[str, Any]


AnyEntry = (
    Boot
    | Window
    | Service
    | Joined
    | Invitation
    | Rating
    | Reason
    | Outcome
    | Stray
    | Fault
    | Ready
    | Witness
    | Loss
)

KINDS = frozenset(str(kind.__struct_config__.tag) for kind in AnyEntry.__args__)
"""The kinds this version understands; a line of another kind is kept and not counted."""


class Kind(Struct, frozen=True):
    """Only the kind, of a line the full decoder refused."""

    kind: str


_encoder = msgspec.json.Encoder()
_heads = msgspec.json.Decoder(Head)
_entries = msgspec.json.Decoder(AnyEntry)
_kinds = msgspec.json.Decoder(Kind)


def encode_entry(entry: Entry) -> bytes:
    """Return the entry's line without its newline."""
    return _encoder.encode(entry)


def decode_head(line: bytes) -> Head | None:
    """Return what places the line in a chain, or None if it is not JSON in UTF-8.

    Raises msgspec.ValidationError for JSON that has no place in a chain.
    """
    try:
        line.decode()
        return _heads.decode(line)
    except msgspec.ValidationError:
        if _is_json(line):
            raise
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode_link(line: bytes) -> "AnyEntry | Head | None":
    """Return the entry, its head alone where the rest means nothing here, or None if it is not
    JSON.

    Raises msgspec.ValidationError for JSON that has no place in a chain.
    """
    try:
        if not line.isascii():
            line.decode()
        entry: AnyEntry = _entries.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode_head(line)
    return entry


def _is_json(line: bytes) -> bool:
    """Whether the whole line is JSON: a decoder names what is wrong first, maybe a field."""
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def decode_entry(line: bytes) -> AnyEntry | None:
    """Return the entry, or None for a line of a kind this version does not know.

    Raises ValueError for a line whose kind or fields mean nothing (the wire calls it unreadable).
    """
    try:
        entry: AnyEntry = _entries.decode(line)
    except msgspec.ValidationError:
        if _kinds.decode(line).kind in KINDS:
            raise
        return None
    except RecursionError:
        raise ValueError("nested too deep to be read") from None
    return entry
