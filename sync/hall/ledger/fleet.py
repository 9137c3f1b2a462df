"""The fleet: every kiosk as the hall last heard of it, and what a person should look at.

Every missing seq is pending, declared lost, or an alarm within a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from sync.hall.ledger import moment

BEHIND_MS = 12 * 3_600_000
"""How long entries a kiosk told of may be missing before it is an alarm."""

SILENT_MS = 20 * 3_600_000
"""How long a kiosk may say nothing; with the time to look, an alarm comes within a day."""

DOUBTS = (
    "an epoch continues nothing that is held",
    "its chain divides",
    "the hall went back: it gave a receipt for entries that it does not hold",
)
"""What is an alarm at once, in the order of the query's last columns."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One kiosk; `missing` is how many entries it told of that the hall does not hold."""

    device: str
    hall: str
    window: str
    state: str
    seen: str | None
    software: str | None
    missing: int
    alarms: list[str]


def list_kiosks(connection: Connection, now: int) -> list[Kiosk]:
    """All kiosks, by hall and window."""
    rows = connection.exec_driver_sql(
        "SELECT d.device, d.hall, d.window, d.state, c.seen, c.software, c.behind_since,"
        " coalesce(c.seq - coalesce(s.seq, 0), 0), d.enrolled,"
        " (SELECT max(taken) FROM checkpoints k JOIN streams t ON t.id = k.stream"
        "   WHERE t.device = d.id AND t.closed IS NULL AND k.seq = t.seq),"
        " EXISTS (SELECT 1 FROM streams u WHERE u.device = d.id AND u.link = 'unlinked'),"
        " d.forks_dropped > 0 OR EXISTS (SELECT 1 FROM forks f WHERE f.device = d.id),"
        " EXISTS (SELECT 1 FROM receipts r LEFT JOIN streams v ON v.device = d.id"
        "   AND v.epoch = r.epoch"
        "   WHERE r.device = d.device AND r.source = 'kiosk' AND r.seq > coalesce(v.seq, 0))"
        " FROM devices d LEFT JOIN contacts c ON c.device = d.id"
        " LEFT JOIN streams s ON s.device = d.id AND s.epoch = c.epoch"
        " ORDER BY d.hall, d.window, d.device"
    )
    return [_look(tuple(row), now) for row in rows]


def _look(row: Sequence[Any], now: int) -> Kiosk:
    device, hall, window, state, seen, software, behind, missing, enrolled, taken, *is_so = row
    heard = max((at for at in (seen, taken) if at is not None), default=None)
    doubts = [doubt for doubt, found in zip(DOUBTS, is_so, strict=True) if found]
    alarms = find_alarms(state, heard or enrolled, missing, behind, doubts, now)
    told = None if heard is None else moment.write(heard)
    return Kiosk(device, hall, window, state, told, software, max(0, missing), alarms)


def find_alarms(
    state: str, heard: int, missing: int, behind: int | None, doubts: Sequence[str], now: int
) -> list[str]:
    """What is wrong with a kiosk, in words. Pure; times in ms."""
    if state != "active":
        return []
    alarms = []
    if now - heard >= SILENT_MS:
        alarms.append(f"silent since {moment.write(heard)}")
    if missing > 0 and behind is not None and now - behind >= BEHIND_MS:
        alarms.append(f"{missing} entries are missing since {moment.write(behind)}")
    return [*alarms, *doubts]
