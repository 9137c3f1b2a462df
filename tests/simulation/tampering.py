"""Ways to falsify the database of a simulated hall, each with what its audit must say, and no more.

Each way is done to an epoch chosen at random, and returns the findings it must lead to.
"""

import random
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.chain import hash_line
from sync.hall.ledger import bulletin
from sync.hall.ledger.store import as_bytes
from sync.keys import Key
from tests.simulation.halls import ZONE, SimHall

Named = set[tuple[str, str, str, int]]
"""Kind, device, epoch and seq of findings."""

LINES_MIN = 4
"""An epoch must have so many lines to be worth it."""


class Target:
    """One epoch in a hall's database, in the hands of whoever has the file, or the key as well."""

    def __init__(self, connection: Connection, rng: random.Random, key: Key, now: int) -> None:
        self.connection = connection
        self.rng = rng
        self._key = key
        self._now = now
        rows = self.rows(
            "SELECT s.id, d.id, d.device, s.epoch, s.seq FROM streams s"
            " JOIN devices d ON d.id = s.device"
            " WHERE s.seq >= ? AND s.closed IS NULL AND s.link = 'linked' ORDER BY s.id",
            LINES_MIN,
        )
        self.stream, self.number, self.device, self.epoch, self.last = rng.choice(rows)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return list(self.connection.exec_driver_sql(query, values).all())

    def do(self, query: str, *values: Any) -> None:
        self.connection.exec_driver_sql(query, values)

    def line(self, seq: int) -> bytes:
        query = "SELECT line FROM entries WHERE stream = ? AND seq = ?"
        return as_bytes(self.rows(query, self.stream, seq)[0][0])

    def set_line(self, seq: int, line: bytes) -> None:
        self.do("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", self.stream, seq, line)

    def name(self, kind: str, *seqs: int) -> Named:
        return {(kind, self.device, self.epoch, seq) for seq in seqs}

    def stated(self) -> dict[tuple[str, str], int]:
        """The furthest seq that bulletins state, by device and epoch."""
        furthest: dict[tuple[str, str], int] = {}
        for (text,) in self.rows("SELECT text FROM bulletins"):
            for device, epoch, seq, _ in bulletin.read(text).heads:
                furthest[device, epoch] = max(seq, furthest.get((device, epoch), 0))
        return furthest

    def sign_bulletins_anew(self) -> Named:
        """One that fits what is left, in place of all: every witness of another contradicts it."""
        self.do("DELETE FROM bulletins")
        bulletin.make(self.connection, self._key, ZONE, self._now)
        lines = [as_bytes(row[0]) for row in self.rows("SELECT line FROM entries")]
        entries = [msgspec.json.decode(line) for line in lines if b'"witness"' in line]
        return {("contradicted", e["device"], e["epoch"], e["seq"]) for e in entries}


WAYS: dict[str, Callable[[Target], Named]] = {}


def way(falsify: Callable[[Target], Named]) -> Callable[[Target], Named]:
    """Put it on the list under its function's name."""
    WAYS[falsify.__name__] = falsify
    return falsify


def falsify(hall: SimHall, name: str, seed: int) -> Named:
    """Falsify a hall in this way; returns the findings it must lead to."""
    with hall.store.write() as connection:
        return WAYS[name](Target(connection, random.Random(seed), hall.key, hall.now))


@way
def alter_an_entry(at: Target) -> Named:
    seq = at.rng.randint(1, at.last)
    at.set_line(seq, at.line(seq).replace(b'"unsynced"', b'"unsynceD"'))
    return at.name("altered", seq)


@way
def drop_an_entry(at: Target) -> Named:
    seq = at.rng.randint(1, at.last)
    at.do("DELETE FROM entries WHERE stream = ? AND seq = ?", at.stream, seq)
    return at.name("dropped", seq)


@way
def swap_two_entries(at: Target) -> Named:
    seq = at.rng.randint(2, at.last - 1)
    one, two = at.line(seq), at.line(seq + 1)
    at.set_line(seq, two)
    at.set_line(seq + 1, one)
    return at.name("reordered", seq, seq + 1)


@way
def add_an_entry(at: Target) -> Named:
    fields = msgspec.json.decode(at.line(at.last))
    fields |= {"seq": at.last + 1, "prev": hash_line(at.line(at.last))}
    at.set_line(at.last + 1, msgspec.json.encode(fields))
    return at.name("added", at.last + 1)


@way
def cut_off_the_newest(at: Target) -> Named:
    """With every checkpoint and receipt that speaks of them."""
    below = at.stated()[at.device, at.epoch]
    query = "SELECT max(seq) FROM checkpoints WHERE stream = ? AND seq < ?"
    left = at.rows(query, at.stream, below)[0][0] or 0
    for table in ("entries", "checkpoints"):
        at.do(f"DELETE FROM {table} WHERE stream = ? AND seq > ?", at.stream, left)
    at.do("DELETE FROM receipts WHERE device = ?", at.device)
    if left:
        head = (left, hash_line(at.line(left)))
        at.do("UPDATE streams SET seq = ?, hash = ? WHERE id = ?", *head, at.stream)
    else:
        at.do("DELETE FROM streams WHERE id = ?", at.stream)
    return at.name("dropped", left + 1 if left else below)


@way
def drop_a_whole_kiosk(at: Target) -> Named:
    mine = {place: seq for place, seq in at.stated().items() if place[0] == at.device}
    for table in ("entries", "checkpoints"):
        inside = "SELECT id FROM streams WHERE device = ?"
        at.do(f"DELETE FROM {table} WHERE stream IN ({inside})", at.number)
    for table in ("streams", "forks", "visits"):
        at.do(f"DELETE FROM {table} WHERE device = ?", at.number)
    at.do("DELETE FROM receipts WHERE device = ?", at.device)
    at.do("DELETE FROM devices WHERE id = ?", at.number)
    return {("dropped", device, epoch, seq) for (device, epoch), seq in mine.items()}


@way
def cut_off_the_newest_with_the_key(at: Target) -> Named:
    cut_off_the_newest(at)
    return at.sign_bulletins_anew()


@way
def drop_a_whole_kiosk_with_the_key(at: Target) -> Named:
    drop_a_whole_kiosk(at)
    return at.sign_bulletins_anew()
