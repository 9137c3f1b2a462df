"""Notes: what an entry says that is counted, small enough to be handed on. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, json

from sync.hall.ledger import moment
from sync.records import Invitation, Joined, Outcome, Rating, Reason, Service, Transaction, Window

NOT_ASKED = "not_asked"
"""State of a service that was never asked about, and mode of its visit."""

SERVICE_PREFIX = "service:"
"""Keeps services never asked about apart from invitations, whose ids are hex."""


class Stood(Struct, frozen=True, array_like=True, tag=0):
    """What follows belongs to this window."""

    seq: int
    hall: str
    window: str


class Named(Struct, frozen=True, array_like=True):
    """Of the visit of this name."""

    seq: int
    name: str


class Timed(Named, frozen=True, array_like=True):
    """Placed in time; `own` is the entry's own clock in ms, None where it says no time."""

    boot: str
    mono_ms: int
    own: int | None
    synced: bool


class Asked(Timed, frozen=True, array_like=True, tag=1):
    """An invitation, or a service that was never asked about."""

    project_no: str | None
    service_no: str | None
    item_code: str | None
    mode: str
    clerk_no: str | None


class Rated(Timed, frozen=True, array_like=True, tag=2):
    """A rating."""

    level: int
    scale: str
    revision: int


class Ended(Named, frozen=True, array_like=True, tag=3):
    """An outcome."""

    outcome: str


class Explained(Named, frozen=True, array_like=True, tag=4):
    """Reasons, as the visit keeps them."""

    reasons: str


class Matched(Named, frozen=True, array_like=True, tag=5):
    """Fields of the transaction that became known later."""

    project_no: str | None
    service_no: str | None
    item_code: str | None


Noted = Asked | Rated | Ended | Explained | Matched
AnyNote = Stood | Noted


def take_notes(entries: Iterable[object]) -> list[AnyNote]:
    """The notes of entries, in their order; of anything else none."""
    made = [make(entry) for entry in entries if (make := _MAKE.get(type(entry))) is not None]
    return [note for note in made if note is not None]


def _ask(e: Invitation | Service, name: str, mode: str) -> Asked:
    of = e.transaction or Transaction()
    when = (e.boot, e.mono_ms, moment.parse(e.at), e.clock == "synced")
    return Asked(e.seq, name, *when, of.project_no, of.service_no, of.item_code, mode, e.clerk_no)


def _rate(e: Rating) -> Rated:
    own, said = moment.parse(e.at), (e.level, e.scale, e.revision)
    return Rated(e.seq, e.invitation, e.boot, e.mono_ms, own, e.clock == "synced", *said)


def _match(e: Joined) -> Matched | None:
    of = e.transaction
    if e.invitation is None:
        return None
    return Matched(e.seq, e.invitation, of.project_no, of.service_no, of.item_code)


def _skip(e: Service) -> Asked | None:
    return _ask(e, SERVICE_PREFIX + e.service, NOT_ASKED) if e.state == NOT_ASKED else None


_MAKE: dict[object, Callable[[Any], AnyNote | None]] = {
    Window: lambda e: Stood(e.seq, e.hall, e.window),
    Invitation: lambda e: _ask(e, e.invitation, e.mode),
    Rating: _rate,
    Outcome: lambda e: Ended(e.seq, e.invitation, e.outcome),
    Reason: lambda e: Explained(e.seq, e.invitation, json.encode(sorted(set(e.reasons))).decode()),
    Joined: _match,
    Service: _skip,
}
