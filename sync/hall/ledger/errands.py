"""Errands: commands that wait for a kiosk until its heartbeat fetches them. Asks no clock."""

from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.hall.refusal import Refused

COMMANDS_MAX = 100
"""Commands that may wait for one device."""

GIVEN_MAX = 3
"""How often a command is given: an answer may be lost on the way, and a kiosk does the same id
once.
"""


def add_command(connection: Connection, device: int, command: dict[str, Any], expires: int) -> None:
    """Queue a command, which carries its own `id`; the same id twice is one.

    Raises Refused when too many wait.
    """
    (waiting,) = connection.exec_driver_sql(
        "SELECT count(*) FROM commands WHERE device = ?", (device,)
    ).one()
    if waiting >= COMMANDS_MAX:
        raise Refused(503, "slow-down", "too many commands wait for this kiosk", retry_after_s=30)
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO commands (id, device, body, expires) VALUES (?, ?, ?, ?)",
        (command["id"], device, msgspec.json.encode(command), expires),
    )


def take_commands(connection: Connection, device: int, now: int) -> list[dict[str, Any]]:
    """The commands to give now; each is given a few times, then forgotten."""
    connection.exec_driver_sql(
        "DELETE FROM commands WHERE device = ? AND (expires <= ? OR given >= ?)",
        (device, now, GIVEN_MAX),
    )
    connection.exec_driver_sql(
        "UPDATE askings SET given = ? WHERE given IS NULL AND invitation IN"
        " (SELECT id FROM commands WHERE device = ?)",
        (now, device),
    )
    rows = connection.exec_driver_sql(
        "SELECT body FROM commands WHERE device = ? ORDER BY rowid", (device,)
    ).all()
    connection.exec_driver_sql("UPDATE commands SET given = given + 1 WHERE device = ?", (device,))
    return [msgspec.json.decode(row[0]) for row in rows]


def has_commands(connection: Connection, device: int, now: int) -> bool:
    """Whether a command waits that was never given."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM commands WHERE device = ? AND given = 0 AND expires > ?", (device, now)
    ).first()
    return row is not None
