"""Which kiosk stands at a window, and whether it is open, as far as the hall holds."""

from sqlalchemy import Connection

from sync.hall.ledger.store import as_bytes, fetch
from sync.hall.ledger.tally import read
from sync.records import Window

LOOK_BACK = 5_000
"""Entries looked through for the last one that says whether a window is open."""


def find_kiosk(connection: Connection, hall: str, window: str) -> tuple[int, str] | None:
    """Number and id of the kiosk at a window: of several, the one heard last."""
    row = connection.exec_driver_sql(
        "SELECT d.id, d.device FROM devices d LEFT JOIN contacts c ON c.device = d.id"
        " WHERE d.hall = ? AND d.window = ? AND d.state = 'active'"
        " ORDER BY c.seen IS NULL, c.seen DESC, d.enrolled DESC LIMIT 1",
        (hall, window),
    ).first()
    return None if row is None else (row[0], row[1])


def is_paused(connection: Connection, device: int) -> bool:
    """Whether the last window entry that the hall holds of a kiosk says that it is paused."""
    (newest,) = fetch(
        connection,
        "SELECT max(id), max(seq) FROM (SELECT id, seq FROM streams"
        " WHERE device = ? AND closed IS NULL ORDER BY depth DESC, id DESC LIMIT 1)",
        (device,),
    )
    rows = fetch(
        connection,
        "SELECT line FROM entries WHERE stream = ? AND seq > ? AND instr(line, '\"window\"') > 0"
        " ORDER BY seq DESC LIMIT 1",
        (newest[0], (newest[1] or 0) - LOOK_BACK),
    )
    entry = read(as_bytes(rows[0][0])) if rows else None
    return isinstance(entry, Window) and entry.state == "paused"
