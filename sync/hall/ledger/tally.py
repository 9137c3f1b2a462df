"""The tally: what the stored lines add up to, kept in the transaction that stores them.

What it keeps is a function of the lines of counted epochs, how they arrived and what heartbeats
told of clocks; `recount` makes it again from these alone. The entries of a device are folded in
chain order; where an epoch is linked late, its device is folded anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import Connection

from sync.hall.ledger import visits
from sync.hall.ledger.gate import Checked
from sync.hall.ledger.phones import count_phones, is_beaten
from sync.hall.ledger.placing import Arrival, Placed, believe, is_ahead, place
from sync.hall.ledger.runs import Run, Told, gather
from sync.hall.ledger.scopes import Scopes
from sync.hall.ledger.store import fetch
from sync.hall.ledger.streams import Stream, Streams, find_window, walk_runs
from sync.hall.ledger.visits import Visit
from sync.hall.ledger.workset import Key, Workset
from sync.records import Entry, decode_link

HEARTBEAT = "heartbeat"
CHAIN = "chain"
"""Where the offset of a start of the machine was seen; a heartbeat's is taken before a chain's."""

_NOWHERE = Placed(0)


class Tally:
    """The counting of one transaction. `settle` ends it."""

    def __init__(
        self, connection: Connection, streams: Streams, scopes: Scopes, zone: ZoneInfo
    ) -> None:
        self._connection = connection
        self._streams = streams
        self._scopes = scopes
        self._work = Workset(connection, scopes, zone)
        self._offsets: dict[int, dict[str, tuple[str, int]]] = {}
        self._disordered: set[int] = set()
        self._keyed: set[Key] = set()  # whose service the gate has found, and it is right

    def expect(self, batches: Sequence[Checked]) -> None:
        """Have the visits that batches tell of at hand, with one look for all."""
        runs = ((one.device.id, run) for one in batches for run in one.told if isinstance(run, Run))
        self._work.load({(device, run.name): run.key for device, run in runs})

    def fold(
        self, stream: Stream, lines: Sequence[bytes], told: Sequence[Told], arrival: Arrival
    ) -> None:
        """Count new entries of a counted stream, and what they tell; they follow in chain order
        what was folded of it before.
        """
        device = stream.device
        self._work.load({(device, one.name): one.key for one in told if isinstance(one, Run)})
        hall = self._find_hall(stream.scope)
        for one in told:
            if not isinstance(one, Run):
                stream.scope = self._scopes.number(self._connection, one.hall, one.window)
                hall = one.hall
            elif not self._begin(stream, one, arrival, hall):
                self._add(stream, one.name, map(read, lines[one.first : one.end]), arrival)

    def _begin(self, stream: Stream, run: Run, arrival: Arrival, hall: str | None) -> bool:
        """Take a visit that begins with this run as it is folded there; False where it does not, or
        where its clock is not believed.
        """
        known, folded = self._work.visits, run.visit
        key = (stream.device, run.name)
        if folded is None or key in known or is_ahead(run.latest, arrival):
            return False
        if run.boot not in self._offsets_of(stream.device):
            self._see_chain(stream.device, run.boot, run.offset)
        stream.low = run.low
        # A copy: what was told may be counted once more, where this transaction comes to nothing.
        known[key] = replace(
            folded,
            stream=stream.id,
            scope=stream.scope,
            rating_stream=None if folded.level is None else stream.id,
        )
        (self._keyed.add if run.hall == hall else self._keyed.discard)(key)
        return True

    def _find_hall(self, scope: int) -> str | None:
        return self._scopes.name(self._connection, scope)[0]

    def _add(self, stream: Stream, name: str, entries: Iterable[Any], arrival: Arrival) -> None:
        """Count the entries of a visit one by one."""
        visit = self._visit(name, stream)
        for entry in entries:
            if visits.name_visit(entry) == name:
                placed = _NOWHERE
                if type(entry) in visits.TIMED:
                    placed = self._place(stream, entry, arrival)
                visits.add(visit, entry, stream.id, stream.scope, placed)

    def _visit(self, name: str, stream: Stream) -> Visit:
        visit = self._work.get(stream.device, name, stream.id, stream.scope)
        self._keyed.discard((stream.device, name))
        if visit.stream != stream.id:
            self._check_order(visit, stream)
            visit.stream = stream.id
        return visit

    def _check_order(self, visit: Visit, stream: Stream) -> None:
        """Two epochs that both go on from one may be met in either order: fold such a device anew,
        in chain order.
        """
        for other in self._streams.of_device(self._connection, stream.device).values():
            if other.id == visit.stream and other.order > stream.order:
                self._disordered.add(stream.device)

    def _place(self, stream: Stream, entry: Entry, arrival: Arrival) -> Placed:
        offsets = self._offsets_of(stream.device)
        own = believe(entry, arrival)
        if own is not None:
            stream.low = own
            if entry.boot not in offsets:
                self._see_chain(stream.device, entry.boot, own - entry.mono_ms)
            return Placed(own)
        seen = offsets.get(entry.boot)
        return place(entry, arrival, stream.low, None if seen is None else seen[1])

    def _offsets_of(self, device: int) -> dict[str, tuple[str, int]]:
        known = self._offsets.get(device)
        if known is None:
            query = "SELECT boot, source, offset FROM sightings WHERE device = ? ORDER BY source"
            rows = fetch(self._connection, query, (device,))
            known = self._offsets[device] = {}
            for boot, source, offset in rows:  # "heartbeat" comes after "chain", and stands
                known[boot] = (source, offset)
        return known

    def _see_chain(self, device: int, boot: str, offset: int) -> None:
        self._connection.exec_driver_sql(
            "INSERT OR IGNORE INTO sightings VALUES (?, ?, ?, ?)", (device, boot, CHAIN, offset)
        )
        self._move_boot(device, boot, CHAIN, offset)

    def see(self, device: int, boot: str, offset: int) -> None:
        """A heartbeat told the offset of a start of the machine: date again what it placed.

        The first one stands.
        """
        known = self._offsets_of(device).get(boot)
        if known is not None and known[0] == HEARTBEAT:
            return
        self._connection.exec_driver_sql(
            "INSERT OR IGNORE INTO sightings VALUES (?, ?, ?, ?)", (device, boot, HEARTBEAT, offset)
        )
        self._move_boot(device, boot, HEARTBEAT, offset)

    def _move_boot(self, device: int, boot: str, source: str, offset: int) -> None:
        self._offsets_of(device)[boot] = (source, offset)
        for visit in self._work.load_boot(device, boot):
            visit.placed = offset + (visit.mono_ms or 0)
            visit.uncertain = 0

    def recall(self, device: int, invitation: str) -> None:
        """Settle this visit too: something besides its entries was told of it."""
        self._work.load({(device, invitation): 0})

    def refold(self, device: int) -> None:
        """Forget what was counted of a device and count it again from its lines."""
        connection = self._connection
        self._work.clear_device(device)
        connection.exec_driver_sql(
            "DELETE FROM sightings WHERE device = ? AND source = ?", (device, CHAIN)
        )
        self._offsets.pop(device, None)
        known = self._streams.of_device(connection, device)
        _set_depths(known)
        for stream in sorted(known.values(), key=lambda one: one.order):
            self._inherit(stream, known.values())
            if stream.counts:
                for lines, arrival in _arrivals(connection, stream):
                    self.fold(stream, lines, gather(map(read, lines), device, ""), arrival)
            self._streams.touch(stream)

    def _inherit(self, stream: Stream, known: Iterable[Stream]) -> None:
        """A stream begins at the window where its parent was at the link."""
        stream.scope = stream.low = 0
        for parent in known:
            if parent.id != stream.parent:
                continue
            if parent.seq == stream.parent_seq:
                stream.scope, stream.low = parent.scope, parent.low
            elif entry := find_window(self._connection, parent.id, stream.parent_seq or 0):
                stream.scope = self._scopes.number(self._connection, entry.hall, entry.window)

    def inherit(self, stream: Stream) -> None:
        """See _inherit; for a stream just linked."""
        self._inherit(stream, self._streams.of_device(self._connection, stream.device).values())

    def settle(self) -> None:
        """Decide which ratings are active, and write everything."""
        for device in sorted(self._disordered):
            self.refold(device)
        work = self._work
        count_phones(self._connection, work)
        halls: dict[int, str | None] = {}
        for name, visit in work.visits.items():
            if name in self._keyed:
                continue
            if visit.scope not in halls:
                halls[visit.scope] = self._find_hall(visit.scope)
            visit.service_key = visits.key_service(visit, halls[visit.scope])
        work.load_services(work.service_keys())
        firsts: dict[int, Visit] = {}
        rivals: dict[int, list[Visit]] = {}
        for visit in work.visits.values():
            visit.active = 0
            if not visits.is_rated(visit) or is_beaten(work, visit):
                continue
            key = visit.service_key
            first = visit if key is None else firsts.setdefault(key, visit)
            if key is None or first is visit:
                visit.active = 1
            else:
                rivals.setdefault(key, [first]).append(visit)
        for some in rivals.values():
            some[0].active = 0
            self._choose(some)
        work.save()

    def _choose(self, some: list[Visit]) -> None:
        """Of visits whose services have one number: one of each service is active."""
        services: dict[object, list[Visit]] = {}
        for visit in some:
            hall = self._find_hall(visit.scope)
            services.setdefault((hall, visit.project_no, visit.service_no), []).append(visit)
        for rivals in services.values():
            winner = rivals[0] if len(rivals) == 1 else min(rivals, key=self._rank)
            winner.active = 1

    def _rank(self, visit: Visit) -> tuple[bool, int, str, str, int]:
        """The least wins: at the window before by phone, then (placed time, device, epoch, seq)."""
        known = self._streams.of_device(self._connection, visit.device).values()
        epochs = (stream.epoch for stream in known if stream.id == visit.rating_stream)
        (device,) = self._connection.exec_driver_sql(
            "SELECT device FROM devices WHERE id = ?", (visit.device,)
        ).one()
        is_phone = visit.mode == visits.PHONE
        epoch = visit.invitation if is_phone else next(epochs)
        return (is_phone, visit.placed, device, epoch, visit.rating_seq or 0)


def _set_depths(known: dict[str, Stream]) -> None:
    by_id = {stream.id: stream for stream in known.values()}
    for stream in known.values():
        depth, above = 0, stream
        while above.parent is not None:  # hashes make this a tree: it ends
            depth, above = depth + 1, by_id[above.parent]
        stream.depth = depth


def _arrivals(connection: Connection, stream: Stream) -> Iterator[tuple[list[bytes], Arrival]]:
    """A stream's lines, those together that arrived together."""
    marks = connection.exec_driver_sql(
        "SELECT seq, at, taken FROM checkpoints WHERE stream = ? ORDER BY seq", (stream.id,)
    ).all()
    first = 1
    for seq, at, taken in marks:
        arrival = Arrival.of(at, taken)
        for _, lines in walk_runs(connection, stream.id, first, seq):
            yield lines, arrival
        first = seq + 1


def read(line: bytes) -> Entry | None:
    """The entry, or None where the line means nothing to this hall."""
    try:
        link = decode_link(line)
    except ValueError:
        return None
    return link if isinstance(link, Entry) else None
