"""Streams: the epochs the hall holds, each with its head, and how one continues another.

Knows no signatures.
"""

import hashlib
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import Connection

from sync.hall.ledger.store import READ_LINES, as_bytes, fetch, put_rows, read_lines
from sync.records import NO_HASH, Window, decode_entry
from sync.wire import Place

LINKED = "linked"
UNLINKED = "unlinked"
CONFIRMED = "confirmed"
"""An unlinked epoch that a named person confirmed: it counts."""


class Stream(Struct):
    """One epoch of one device, in the order of the table's columns; `scope` and `low` are those
    after its last line.
    """

    id: int
    device: int
    epoch: str
    seq: int = 0
    hash: str = NO_HASH
    prev: str | None = None
    link: str = UNLINKED
    parent: int | None = None
    parent_seq: int | None = None
    depth: int = 0
    closed: int | None = None
    scope: int = 0
    low: int = 0

    @property
    def head(self) -> Place:
        """The head as answers state it."""
        return Place(self.epoch, self.seq, self.hash)

    @property
    def counts(self) -> bool:
        """Whether its entries count."""
        return self.link != UNLINKED

    @property
    def order(self) -> tuple[int, str]:
        """Its place among the epochs of its device."""
        return (self.depth, self.epoch)


class Streams:
    """All streams of the devices that were asked for, kept in memory between transactions."""

    def __init__(self) -> None:
        self._of_device: dict[int, dict[str, Stream]] = {}
        self._changed: dict[int, Stream] = {}
        self._next_id = 0

    def forget(self) -> None:
        """Drop what is remembered: a transaction failed, or another process wrote."""
        self._of_device.clear()
        self._changed.clear()
        self._next_id = 0

    def of_device(self, connection: Connection, device: int) -> dict[str, Stream]:
        """The device's streams by epoch."""
        known = self._of_device.get(device)
        if known is None:
            rows = connection.exec_driver_sql("SELECT * FROM streams WHERE device = ?", (device,))
            known = {row[2]: Stream(*row) for row in rows}
            self._of_device[device] = known
        return known

    def add(self, connection: Connection, device: int, epoch: str) -> Stream:
        """A stream with nothing in it yet."""
        if not self._next_id:
            row = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM streams").one()
            self._next_id = int(row[0]) + 1
        stream = Stream(self._next_id, device, epoch)
        self._next_id += 1
        self.of_device(connection, device)[epoch] = stream
        return stream

    def touch(self, stream: Stream) -> None:
        """Have it written at the end of the transaction."""
        self._changed[stream.id] = stream

    def save(self, connection: Connection) -> None:
        """Write what changed."""
        rows = [astuple(stream) for stream in self._changed.values()]
        put_rows(connection, "INSERT INTO streams", rows, _MOVE)
        self._changed.clear()


# In place: REPLACE would write the index of epochs anew as well.
_MOVE = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in Stream.__struct_fields__[3:]
)


def link(connection: Connection, stream: Stream, siblings: Iterable[Stream]) -> str | None:
    """Link a stream to what it continues, if the hall holds it; it closes that epoch there.

    Returns what is wrong about the link (a fork), None where nothing is. The rule is wire.md,
    Batches.
    """
    others = [other for other in siblings if other.id != stream.id and other.seq > 0]
    if stream.prev == NO_HASH:
        # One first epoch a device; those that wait for something else to arrive do not stand in its
        # way.
        if not any(other.prev == NO_HASH and other.counts for other in others):
            stream.link = LINKED
        return None
    found = find_holder(connection, stream.prev, others)
    if found is None:
        return None
    parent, seq = found
    stream.link, stream.parent, stream.parent_seq = LINKED, parent.id, seq
    stream.depth = parent.depth + 1
    wrong = None
    if parent.closed is not None:
        wrong = f"two epochs continue epoch {parent.epoch}"
    elif seq < parent.seq:
        wrong = (
            f"epoch {parent.epoch} goes on after seq {seq}, where epoch {stream.epoch} continues it"
        )
    parent.closed = seq if parent.closed is None else min(seq, parent.closed)
    return wrong


def find_holder(
    connection: Connection, wanted: str | None, streams: Iterable[Stream]
) -> tuple[Stream, int] | None:
    """The stream and seq of the line with this hash."""
    if wanted is None:
        return None
    known = list(streams)
    for stream in known:
        if stream.hash == wanted:
            return stream, stream.seq
    for stream in known:
        for seq, line in walk(connection, stream.id, 1, stream.seq):
            if hashlib.sha256(line).hexdigest() == wanted:
                return stream, seq
    return None


def walk(connection: Connection, stream: int, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """Every line with its seq, a few at a time."""
    for start, lines in walk_runs(connection, stream, first, last):
        yield from enumerate(lines, start=start)


def walk_runs(
    connection: Connection, stream: int, first: int, last: int
) -> Iterator[tuple[int, list[bytes]]]:
    """Lines that follow one another, with the seq of the first, some thousand at a time."""
    query = "SELECT seq, line FROM entries WHERE stream = ? AND seq BETWEEN ? AND ? ORDER BY seq"
    while rows := fetch(connection, f"{query} LIMIT {READ_LINES}", (stream, first, last)):
        start, first = rows[0][0], rows[-1][0] + 1
        if first - start == len(rows):
            yield start, [as_bytes(line) for _, line in rows]
        else:
            yield from ((seq, [as_bytes(line)]) for seq, line in rows)


def find_window(connection: Connection, stream: int, before: int) -> Window | None:
    """The last window entry at or before a seq."""
    for last in range(before, 0, -READ_LINES):
        for line in reversed(read_lines(connection, stream, max(1, last - READ_LINES + 1), last)):
            if b'"window"' not in line:
                continue
            try:
                entry = decode_entry(line)
            except ValueError:
                continue
            if isinstance(entry, Window):
                return entry
    return None
