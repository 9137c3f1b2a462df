"""Ratings by phone: one an invitation, counted once the device's chain holds the invitation.

The rule is wire.md, "What the hall counts": a rating at the window comes before it. Asks no clock.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from sync.hall.ledger import visits
from sync.hall.ledger.store import fetch
from sync.hall.ledger.visits import PHONE, Visit
from sync.hall.ledger.workset import ASK_MAX, Workset

PREFIX = "phone:"
"""Keeps ratings by phone apart from invitations, whose ids are hex."""

SCALE = "five"
DAY_MS = 86_400_000


def find_stage(connection: Connection, device: int, invitation: str, days: int, now: int) -> str:
    """`open` where a rating would be taken, else why not: `thanks`, `rated`, `late`."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM phones WHERE device = ? AND invitation = ?", (device, invitation)
    ).first()
    if row is not None:
        return "thanks"
    rows = fetch(
        connection,
        f"SELECT {visits.COLUMNS} FROM visits WHERE key = ? AND device = ? AND invitation = ?",
        (visits.key_visit(device, invitation), device, invitation),
    )
    if not rows:
        return "open"
    visit = Visit(*rows[0])
    if visits.is_rated(visit) or _has_rating(connection, visit):
        return "rated"
    return "late" if now - visit.placed >= days * DAY_MS else "open"


def add_phone(connection: Connection, device: int, invitation: str, level: int, now: int) -> None:
    """Keep a rating by phone; the first of an invitation stands."""
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO phones VALUES (?, ?, ?, ?)", (device, invitation, level, now)
    )


def count_phones(connection: Connection, work: Workset) -> None:
    """Beside each visit at hand that was also rated by phone, put that rating, as a visit."""
    if not fetch(connection, "SELECT 1 FROM phones LIMIT 1"):
        return
    asked: dict[int, list[Visit]] = {}
    for visit in work.visits.values():
        if visit.mode in ("invited", "walk_up"):
            asked.setdefault(visit.device, []).append(visit)
    for device, some in asked.items():
        by_name = {visit.invitation: visit for visit in some}
        rated = _read(connection, device, by_name)
        work.load({(device, PREFIX + name): 0 for name, _, _ in rated})
        for name, level, at in rated:
            _fill(work, by_name[name], level, at)


def _read(connection: Connection, device: int, names: Iterable[str]) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    wanted = list(names)
    for start in range(0, len(wanted), ASK_MAX):
        part = wanted[start : start + ASK_MAX]
        marks = ",".join("?" * len(part))
        query = "SELECT invitation, level, at FROM phones WHERE device = ? AND invitation IN"
        found += fetch(connection, f"{query} ({marks})", (device, *part))
    return found


def _fill(work: Workset, asked: Visit, level: int, at: int) -> None:
    visit = work.get(asked.device, PREFIX + asked.invitation, asked.stream, asked.scope)
    visit.mode, visit.outcome, visit.level, visit.scale = PHONE, "rated", level, SCALE
    visit.stream, visit.scope, visit.clerk_no = asked.stream, asked.scope, asked.clerk_no
    visit.project_no, visit.service_no = asked.project_no, asked.service_no
    visit.item_code, visit.placed, visit.revision = asked.item_code, at, 0


def is_beaten(work: Workset, visit: Visit) -> bool:
    """Whether the window's own rating of the same invitation is before this one by phone."""
    if visit.mode != PHONE:
        return False
    asked = work.visits.get((visit.device, visit.invitation.removeprefix(PREFIX)))
    return asked is not None and visits.is_rated(asked)


def _has_rating(connection: Connection, visit: Visit) -> bool:
    if visit.service_key is None:
        return False
    query = (
        "SELECT 1 FROM visits WHERE service_key = ? AND active = 1 AND project_no = ?"
        " AND service_no = ? AND coalesce((SELECT hall FROM scopes WHERE id = scope), '')"
        " = coalesce((SELECT hall FROM scopes WHERE id = ?), '')"
    )
    wanted = (visit.service_key, visit.project_no, visit.service_no, visit.scope)
    return bool(fetch(connection, query, wanted))
