"""Business systems: which may ask at which windows of a hall. A token is shown once and kept as its
hash.

Knows no routes.
"""

import hashlib
import secrets

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from sync.errors import HuiyinError

TOKEN_BYTES = 24
SYSTEMS_MAX = 1_000
WINDOWS_MAX = 1_000
EVERY = "*"
"""In place of windows: all of the hall."""


class System(Struct, frozen=True):
    """One business system."""

    name: str
    hall: str
    windows: tuple[str, ...]

    def may_ask(self, window: str) -> bool:
        """Whether this window is one of its own."""
        return EVERY in self.windows or window in self.windows


def add_system(connection: Connection, system: System, now: int) -> str:
    """Make a system known, or give a known one a new token and new windows; returns the token."""
    if len(system.windows) > WINDOWS_MAX:
        raise HuiyinError(f"{len(system.windows)} windows; at most {WINDOWS_MAX} are allowed")
    others = connection.exec_driver_sql(
        "SELECT count(*) FROM systems WHERE name <> ?", (system.name,)
    ).scalar_one()
    if others >= SYSTEMS_MAX:
        raise HuiyinError(f"{others} systems are known; at most {SYSTEMS_MAX} are allowed")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    windows = msgspec.json.encode(system.windows).decode()
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO systems VALUES (?, ?, ?, ?, ?)",
        (system.name, _hash(token), system.hall, windows, now),
    )
    return token


def find_system(connection: Connection, token: str) -> System | None:
    """Whose token this is."""
    row = connection.exec_driver_sql(
        "SELECT name, hall, windows FROM systems WHERE token = ?", (_hash(token),)
    ).first()
    return None if row is None else _read(row[0], row[1], row[2])


def list_systems(connection: Connection) -> list[System]:
    """All systems, by name."""
    rows = connection.exec_driver_sql("SELECT name, hall, windows FROM systems ORDER BY name")
    return [_read(*row) for row in rows]


def remove_system(connection: Connection, name: str) -> None:
    """Take nothing more from a system. Raises HuiyinError."""
    gone = connection.exec_driver_sql("DELETE FROM systems WHERE name = ?", (name,))
    if gone.rowcount != 1:
        raise HuiyinError(f"--name {name}: this hall knows no such system")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _read(name: str, hall: str, windows: str) -> System:
    return System(name, hall, msgspec.json.decode(windows, type=tuple[str, ...]))
