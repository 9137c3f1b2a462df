"""An invitation asked for through the hall, and what the entries say of it.

No state stands for ever: what nobody fetched, what a kiosk in touch has no entry of, and what no
entry ended, is `interrupted` after its time; an entry that comes later is believed.
"""

from msgspec import Struct
from sqlalchemy import Connection

from sync.asking import INVITATION_STATES

FETCH_MS = 15_000
"""How long a kiosk may take to fetch what it should ask: later the citizen may be gone."""

OPEN_MS = 24 * 3_600_000
"""How long an invitation that was fetched may wait for entries of a kiosk that is out of reach."""

SAME_MAX = 100
"""Open invitations of a window looked at for the same transaction."""

_QUERY = (
    "SELECT a.invitation, a.device, a.hall, a.window, a.body, a.made, a.given, a.ended,"
    " v.mode, v.outcome, v.level, c.seen, c.behind_since, d.device FROM askings a"
    " JOIN devices d ON d.id = a.device"
    " LEFT JOIN visits v ON v.key = visit_key(a.device, a.invitation)"
    "   AND v.device = a.device AND v.invitation = a.invitation"
    " LEFT JOIN contacts c ON c.device = a.device"
)


class Asked(Struct, frozen=True):
    """An invitation of the hall beside what the entries say of it, in the order of the query."""

    invitation: str
    device: int
    hall: str
    window: str
    body: bytes
    made: int
    given: int | None
    ended: str | None
    mode: str | None
    outcome: str | None
    level: int | None
    seen: int | None
    behind_since: int | None
    name: str

    def state(self, now: int) -> str:
        """The state word; entries come before everything else."""
        if self.outcome is not None:
            return self.outcome if self.outcome in INVITATION_STATES else "interrupted"
        if self.ended is not None:
            return self.ended
        return "waiting" if now < self._ends() else "interrupted"

    def _ends(self) -> int:
        """Until when it may wait (ms)."""
        if self.mode is not None:
            return self.made + OPEN_MS
        if self.given is None:
            return self.made + FETCH_MS
        # The kiosk was heard since, and the hall holds all that it has: it never asked.
        is_told = self.seen is not None and self.seen > self.given + FETCH_MS
        return 0 if is_told and self.behind_since is None else self.made + OPEN_MS


def find(connection: Connection, invitation: str) -> Asked | None:
    """An invitation that was asked for through the hall."""
    row = connection.exec_driver_sql(f"{_QUERY} WHERE a.invitation = ?", (invitation,)).first()
    return None if row is None else Asked(*row)


def list_open(connection: Connection, device: int, now: int) -> list[Asked]:
    """The invitations that wait at a kiosk, newest first."""
    rows = connection.exec_driver_sql(
        f"{_QUERY} WHERE a.device = ? AND a.made > ? AND a.ended IS NULL AND v.outcome IS NULL"
        " ORDER BY a.made DESC LIMIT ?",
        (device, now - OPEN_MS, SAME_MAX),
    )
    return [asked for asked in (Asked(*row) for row in rows) if asked.state(now) == "waiting"]
