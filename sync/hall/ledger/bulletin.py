"""The bulletin: once a day the hall signs every kiosk's head, and every kiosk writes down its hash.

So a hall whose owner deletes even the newest entries contradicts every other kiosk's journal.
Text in lines: `huiyin/bulletin/v1`, the day, the hash of the last bulletin's text (64 zeros before
the first), then `device epoch seq hash` for each epoch that no later one continues.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.errors import Malformed
from sync.hall.ledger import moment
from sync.keys import Key
from sync.records import NO_HASH

LABEL = "huiyin/bulletin/v1"


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a bulletin's text says; `heads` are (device, epoch, seq, hash)."""

    day: str
    last: str
    heads: list[tuple[str, str, int, str]]


def write(day: str, last: str, heads: Iterable[tuple[str, str, int, str]]) -> str:
    """The text that is signed, hashed and witnessed."""
    lines = sorted(" ".join(map(str, head)) for head in heads)
    return "".join(f"{line}\n" for line in (LABEL, day, last, *lines))


def read(text: str) -> Bulletin:
    """Read a text back. Raises Malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != LABEL or lines[-1] != "":
        raise Malformed("this is not a bulletin")
    heads = []
    for line in lines[3:-1]:
        parts = line.split(" ")
        if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit():
            raise Malformed(f"a bulletin's line must be `device epoch seq hash`: {line[:80]!r}")
        heads.append((parts[0], parts[1], int(parts[2]), parts[3]))
    return Bulletin(lines[1], lines[2], heads)


def digest(text: str) -> str:
    """The hash that kiosks witness."""
    return hashlib.sha256(text.encode()).hexdigest()


def make(connection: Connection, key: Key, zone: ZoneInfo, now: int) -> tuple[str, str]:
    """Sign a bulletin of what the hall holds now; returns its hash and its local day."""
    row = connection.exec_driver_sql(
        "SELECT hash FROM bulletins ORDER BY number DESC LIMIT 1"
    ).first()
    heads = connection.exec_driver_sql(
        "SELECT d.device, s.epoch, s.seq, s.hash FROM streams s JOIN devices d ON d.id = s.device"
        " WHERE s.closed IS NULL"
    ).all()
    day = moment.local_day(now, zone)
    text = write(day, NO_HASH if row is None else row[0], [tuple(head) for head in heads])
    found = digest(text)
    connection.exec_driver_sql(
        "INSERT INTO bulletins (day, hash, text, signature) VALUES (?, ?, ?, ?)",
        (day, found, text, key.sign(text)),
    )
    return found, day


def make_daily(
    connection: Connection, key: Key, zone: ZoneInfo, now: int
) -> tuple[str, str] | None:
    """The newest bulletin, made now if the day has none; None while no kiosk has sent anything."""
    newest = find_newest(connection)
    if newest is not None and newest[1] == moment.local_day(now, zone):
        return newest
    if connection.exec_driver_sql("SELECT 1 FROM streams LIMIT 1").first() is None:
        return newest
    return make(connection, key, zone, now)


def find_newest(connection: Connection) -> tuple[str, str] | None:
    """Hash and day of the newest bulletin."""
    row = connection.exec_driver_sql(
        "SELECT hash, day FROM bulletins ORDER BY number DESC LIMIT 1"
    ).first()
    return None if row is None else (row[0], row[1])
