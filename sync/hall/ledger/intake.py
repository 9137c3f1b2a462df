"""The intake: what continues a chain is stored and counted, the rest is told what is wrong.

`Intake.commit` is one transaction over many batches: when it returns, what it accepted is on disk,
and only then are receipts signed. No transport, thread or clock of its own (wire.md, Batches).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync import keys
from sync.chain import hash_lines
from sync.hall.ledger.forks import keep_fork
from sync.hall.ledger.gate import Checked, require
from sync.hall.ledger.placing import Arrival
from sync.hall.ledger.receipts import Receipts
from sync.hall.ledger.roster import Roster
from sync.hall.ledger.runs import gather
from sync.hall.ledger.scopes import Scopes
from sync.hall.ledger.store import Store, add_lines, fetch, read_lines
from sync.hall.ledger.streams import UNLINKED, Stream, Streams, link
from sync.hall.ledger.tally import Tally, read
from sync.hall.refusal import Refused
from sync.records import NO_HASH
from sync.wire import BatchAnswer, Place


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a batch's lines, before its receipt."""

    stream: Stream
    accepted: int
    known: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch whose lines are durable, and the head that its receipt will state."""

    device: str
    head: Place
    now: int
    counts: Counts


Job = Callable[[Connection, Tally], object]
"""Other work of the same transaction."""


class Intake:
    """Takes checked batches. One transaction at a time, all by one thread."""

    def __init__(self, store: Store, key: keys.Key, zone: ZoneInfo) -> None:
        self._store = store
        self.receipts = Receipts(key)
        self._zone = zone
        self.roster = Roster()
        self._streams, self._scopes = Streams(), Scopes()
        self._seen = (-1, -1)

    def take(
        self, batches: Sequence[Checked], now: int, jobs: Sequence[Job] = ()
    ) -> tuple[list[BatchAnswer | Refused], list[object]]:
        """Commit, and answer the batches."""
        taken, results = self.commit(batches, now, jobs)
        return [self.answer(one) for one in taken], results

    def commit(
        self, batches: Sequence[Checked], now: int, jobs: Sequence[Job] = ()
    ) -> tuple[list[Taken | Refused], list[object]]:
        """Take batches in this order, then do jobs, in one transaction; what each gives, in the
        same order.

        A job's result is what it returns, or the Refused it raises. What the database raises, this
        raises, and nothing is stored.
        """
        with self._counting() as (connection, tally):
            self.receipts.save(connection)
            tally.expect(batches)
            taken = [self._try(connection, tally, one, now) for one in batches]
            results = [_do(job, connection, tally) for job in jobs]
            if jobs:
                self.roster.load(connection)
        # What the streams are now, before the next transaction moves them on.
        durable = [
            found
            if isinstance(found, Refused)
            else Taken(one.mark.device, found.stream.head, now, found)
            for one, found in zip(batches, taken, strict=True)
        ]
        return durable, results

    @contextmanager
    def _counting(self) -> Iterator[tuple[Connection, Tally]]:
        """A transaction with its tally, which is settled at its end."""
        try:
            with self._store.write() as connection:
                self._refresh(connection)
                tally = Tally(connection, self._streams, self._scopes, self._zone)
                yield connection, tally
                tally.settle()
                self._streams.save(connection)
        except BaseException:
            self.forget()
            raise

    def answer(self, taken: Taken | Refused, wait_ms: int = 0) -> BatchAnswer | Refused:
        """The answer to a batch, its receipt signed; any thread may ask for it. `wait_ms`: when the
        next one would be welcome.
        """
        if isinstance(taken, Refused):
            return taken
        mark, signature = self.receipts.issue(taken.device, taken.head, taken.now)
        lines = (taken.counts.accepted, taken.counts.known, taken.counts.unreadable)
        return BatchAnswer(mark, signature, mark.at, *lines, next_after_ms=wait_ms)

    def recount(self) -> None:
        """Count everything again from the lines, a device at a time."""
        with self._store.write() as connection:
            self._refresh(connection)
        for number in sorted(known.id for known in self.roster.devices.values()):
            self.refold(number)

    def refold(self, device: int) -> None:
        """Count one device again from its lines. No job: after those all devices are read again."""
        with self._counting() as (_, tally):
            tally.refold(device)

    def forget(self) -> None:
        """Remember nothing: what is in the database counts."""
        self._streams.forget()
        self._scopes.forget()
        self._seen = (-1, -1)

    def _refresh(self, connection: Connection) -> None:
        version = self._store.version()
        if version != self._seen:
            self.forget()
            self.roster.load(connection)
        self._seen = (version[0], version[1] + 1)  # as it will be when this transaction has ended

    def _try(
        self, connection: Connection, tally: Tally, one: Checked, now: int
    ) -> Counts | Refused:
        try:
            return self._take_one(connection, tally, one, now)
        except Refused as refused:
            return refused

    def _take_one(self, connection: Connection, tally: Tally, one: Checked, now: int) -> Counts:
        device = require(self.roster.find, one.mark.device).id
        streams = self._streams.of_device(connection, device)
        stream = streams.get(one.mark.epoch)
        self.receipts.check(connection, one.checkpoint, streams)
        if not one.lines:
            return self._question(connection, one, stream, now)
        head = stream.head if stream is not None else Place(one.mark.epoch, 0, NO_HASH)
        first = one.mark.seq - len(one.lines) + 1
        if first > head.seq + 1:
            raise Refused(409, "gap", f"seq {first} does not follow seq {head.seq}", head)
        known = min(len(one.lines), head.seq - first + 1)
        self._check_known(connection, one, stream, first, known, head, now)
        fresh = one.lines[known:]
        if fresh:
            self._check_next(connection, one, stream, known, head, now)
            stream = stream or self._streams.add(connection, device, one.mark.epoch)
            self._extend(connection, tally, one, stream, fresh, now)
        assert stream is not None  # at least one line: it is fresh, or a stream knows it
        return Counts(stream, len(fresh), known, one.unreadable)

    def _question(
        self, connection: Connection, one: Checked, stream: Stream | None, now: int
    ) -> Counts:
        """A checkpoint alone asks whether the hall holds it."""
        if stream is None or one.mark.seq > stream.seq:
            head = stream.head if stream is not None else Place(one.mark.epoch, 0, NO_HASH)
            raise Refused(409, "gap", f"the hall holds up to seq {head.seq}", head)
        (held,) = read_lines(connection, stream.id, one.mark.seq, one.mark.seq)
        if hashlib.sha256(held).hexdigest() != one.mark.hash:
            keep_fork(connection, one, 0, now)
            raise Refused(
                409, "fork", f"the hall holds another entry at seq {one.mark.seq}", stream.head
            )
        return Counts(stream, 0, 0, 0)

    def _check_known(
        self,
        connection: Connection,
        one: Checked,
        stream: Stream | None,
        first: int,
        known: int,
        head: Place,
        now: int,
    ) -> None:
        """Lines the hall has must be the same, byte for byte."""
        if stream is None or known == 0:
            return
        held = read_lines(connection, stream.id, first, first + known - 1)
        for at, (ours, theirs) in enumerate(zip(held, one.lines, strict=False)):
            if ours != theirs:
                keep_fork(connection, one, at, now)
                raise Refused(
                    409, "fork", f"the hall holds another entry at seq {first + at}", head
                )

    def _check_next(
        self,
        connection: Connection,
        one: Checked,
        stream: Stream | None,
        known: int,
        head: Place,
        now: int,
    ) -> None:
        """The first new entry must follow the head, and its epoch must not be closed."""
        if stream is None:
            return
        if stream.closed is not None:
            why = f"a later epoch continues this one from seq {stream.closed}"
        elif known == 0 and one.prev not in (None, head.hash):
            # Where lines are known, the first new one follows them as the gate has seen.
            why = f"seq {head.seq + 1} does not follow the entry the hall holds before it"
        else:
            return
        keep_fork(connection, one, known, now)
        raise Refused(409, "fork", why, head)

    def _extend(
        self,
        connection: Connection,
        tally: Tally,
        one: Checked,
        stream: Stream,
        fresh: list[bytes],
        now: int,
    ) -> None:
        """Store what is new, link epochs that it links, count it."""
        held = stream.seq
        add_lines(connection, stream.id, held + 1, fresh)
        stream.seq, stream.hash = one.mark.seq, one.mark.hash
        fetch(
            connection,
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
            (stream.id, one.mark.seq, one.mark.hash, one.mark.at, one.checkpoint.signature, now),
        )
        self._streams.touch(stream)
        siblings = self._streams.of_device(connection, stream.device)
        if held == 0:
            stream.prev = one.prev
            self._link(connection, stream, siblings.values())
            if stream.counts:
                tally.inherit(stream)
        if stream.counts:
            told = one.told
            if len(fresh) < len(one.lines):
                told = gather(map(read, fresh), one.device.id, one.device.hall)
            tally.fold(stream, fresh, told, Arrival.of(one.mark.at, now))
        self._link_waiting(connection, tally, stream, fresh, siblings)

    def _link(self, connection: Connection, stream: Stream, siblings: Iterable[Stream]) -> None:
        link(connection, stream, siblings)
        for other in siblings:
            if other.id == stream.parent:
                self._streams.touch(other)

    def _link_waiting(
        self,
        connection: Connection,
        tally: Tally,
        stream: Stream,
        fresh: list[bytes],
        siblings: dict[str, Stream],
    ) -> None:
        """Epochs of the device that waited for one of these entries are linked now; then it is
        counted anew.
        """
        waiting = [s for s in siblings.values() if s.link == UNLINKED and s.id != stream.id]
        if not waiting:
            return
        hashes = set(hash_lines(fresh))
        linked = [s for s in waiting if s.prev in hashes]
        for other in linked:
            self._link(connection, other, siblings.values())
            self._streams.touch(other)
        if linked:
            tally.refold(stream.device)


def _do(job: Job, connection: Connection, tally: Tally) -> object:
    try:
        return job(connection, tally)
    except Refused as refused:
        return refused
