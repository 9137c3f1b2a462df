"""The clerks of a hall, as the list that its kiosks keep. A PIN is never stored, only its hash.

Asks no clock.
"""

import hashlib
import secrets
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection

from sync.clerks import NONE, Clerk, hash_badge, read_list, write_list
from sync.keys import Key
from sync.pins import SALT_BYTES, hash_pin


class Row(Struct, frozen=True):
    """A clerk as written down: an empty PIN or badge keeps what there is, `-` has none."""

    clerk_no: str
    name: str = ""
    pin: str = ""
    badge: str = ""


def make_clerks(rows: Sequence[Row], known: Sequence[Clerk]) -> list[Clerk]:
    """The clerks of these rows; a PIN takes 35 ms, so do it outside a transaction."""
    before = {clerk.clerk_no: clerk for clerk in known}
    return [_make_clerk(row, before.get(row.clerk_no)) for row in rows]


def set_clerks(
    connection: Connection, key: Key, hall: str, clerks: Sequence[Clerk], issued_at: str
) -> None:
    """Make these the clerks of a hall, all of them. Raises HuiyinError."""
    text = write_list(key, hall, issued_at, clerks)
    digest = hashlib.sha256(text.encode()).hexdigest()
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO clerks VALUES (?, ?, ?)", (hall, text, digest)
    )


def list_clerks(connection: Connection, key: Key, hall: str) -> list[Clerk]:
    """The clerks of a hall, in the order they were written down."""
    text = read_text(connection, hall)
    return read_list(text, hall, key.public)[1] if text else []


def read_text(connection: Connection, hall: str) -> str:
    """The signed list of a hall; empty where it has none."""
    row = connection.exec_driver_sql("SELECT list FROM clerks WHERE hall = ?", (hall,)).first()
    return "" if row is None else str(row[0])


def read_hash(connection: Connection, device: int) -> str:
    """What changes with the list of the hall where a device stands."""
    row = connection.exec_driver_sql(
        "SELECT c.hash FROM devices d JOIN clerks c ON c.hall = d.hall WHERE d.id = ?", (device,)
    ).first()
    return "" if row is None else str(row[0])


def clear(connection: Connection, hall: str) -> bool:
    """Forget the list: kiosks check nobody then. Returns whether there was one."""
    gone = connection.exec_driver_sql("DELETE FROM clerks WHERE hall = ?", (hall,))
    return gone.rowcount == 1


def _make_clerk(row: Row, known: Clerk | None) -> Clerk:
    salt = secrets.token_hex(SALT_BYTES)
    pin = badge = NONE
    if row.pin:
        pin = NONE if row.pin == NONE else hash_pin(row.pin, salt)
    elif known is not None:
        salt, pin = known.salt, known.pin
    if row.badge:
        badge = NONE if row.badge == NONE else hash_badge(row.badge)
    elif known is not None:
        badge = known.badge
    return Clerk(row.clerk_no, salt, pin, badge, row.name)
