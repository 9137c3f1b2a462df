"""When something happened, as far as the hall can know. Pure.

A synced clock is believed where it can be true; else the offset of that start of the machine, seen
at a heartbeat or a synced entry, dates the entry; else it is bounded by its neighbours in the chain
and the moment the hall took it, and called uncertain.
"""

from msgspec import Struct

from sync.hall.ledger import moment
from sync.records import Entry

EARLIEST_MS = 1_577_836_800_000
"""2020-01-01: before it there was no such kiosk, so no clock that says so is believed."""

AHEAD_MS = 300_000
"""How far a synced clock may be ahead of the hall's when the hall takes the entry."""


class Arrival(Struct, frozen=True):
    """How lines arrived: when the hall took them, and what the kiosk's clock said as it sent them
    (ms).
    """

    taken: int
    sent: int | None

    @classmethod
    def of(cls, checkpoint_at: str, taken: int) -> "Arrival":
        """From the time of the batch's checkpoint as it stands there."""
        return cls(taken, moment.parse(checkpoint_at))


class Placed(Struct, frozen=True):
    """A time in ms; `boot` is set where it came from an offset, and a better one may come."""

    at: int
    uncertain: bool = False
    boot: str | None = None
    mono_ms: int | None = None


def read_clock(entry: Entry) -> int | None:
    """The entry's own time in ms, where its clock was synced and may be right as far as the entry
    tells.
    """
    own = moment.parse(entry.at) if entry.clock == "synced" else None
    return None if own is None or own < EARLIEST_MS else own


def believe(entry: Entry, arrival: Arrival) -> int | None:
    """The entry's own time in ms, where its clock was synced and can be right."""
    own = read_clock(entry)
    return None if own is None or is_ahead(own, arrival) else own


def is_ahead(at: int, arrival: Arrival) -> bool:
    """Whether a clock that said so was ahead of the hall's."""
    return at > arrival.taken + AHEAD_MS


def place(entry: Entry, arrival: Arrival, low: int, offset: int | None) -> Placed:
    """Place an entry whose own clock is not believed; `low` is the last believed time before it in
    the chain.
    """
    if offset is not None:
        return Placed(offset + entry.mono_ms, False, entry.boot, entry.mono_ms)
    guess, own = arrival.taken, moment.parse(entry.at)
    if own is not None and arrival.sent is not None:
        guess = own + arrival.taken - arrival.sent
    return Placed(max(low, min(guess, arrival.taken)), True, entry.boot, entry.mono_ms)
