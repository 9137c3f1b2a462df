"""The echo of a rating: whether it was recorded and counted, and the PIN of who looked first.

Knows no level: nothing here reads one. Asks no clock.
"""

from msgspec import Struct
from sqlalchemy import Connection

from sync.token import Token, is_proven

SET_MS = 15 * 60_000
"""How long after the rating the page may first be opened, and how long after that a PIN be set."""

_QUERY = (
    "SELECT v.mode, v.outcome, v.active, v.placed, e.opened, e.pin,"
    " (SELECT min(c.taken) FROM checkpoints c"
    "   WHERE c.stream = v.rating_stream AND c.seq >= v.rating_seq),"
    " EXISTS (SELECT 1 FROM phones p"
    "   WHERE p.device = t.device AND p.invitation = t.invitation)"
    " FROM (SELECT ? AS device, ? AS invitation) t"
    " LEFT JOIN visits v ON v.key = visit_key(t.device, t.invitation)"
    "   AND v.device = t.device AND v.invitation = t.invitation"
    " LEFT JOIN echoes e ON e.device = t.device AND e.invitation = t.invitation"
)


class Echo(Struct, frozen=True):
    """What is known of one invitation, in the order of the query; times in ms."""

    mode: str | None
    outcome: str | None
    active: int | None
    placed: int | None
    opened: int | None
    pin: str | None
    held: int | None
    by_phone: int

    @property
    def stage(self) -> str:
        """`coming` until the hall holds the end, then `counted`, `repeated`, `drill`; `phone` or
        `none` where nothing was rated at the window.
        """
        if self.outcome is None:
            return "coming"
        if self.outcome != "rated":
            return "phone" if self.by_phone else "none"
        if self.mode == "drill":
            return "drill"
        return "counted" if self.active else "repeated"

    def may_set(self, now: int) -> bool:
        """Whether whoever holds the token may set the PIN now."""
        first = self.opened if self.opened is not None else now
        in_time = self.placed is None or first - self.placed < SET_MS
        return self.pin is None and in_time and now - first < SET_MS

    @property
    def steps(self) -> list[tuple[int, str]]:
        """What came of it so far, for whoever has the PIN: (ms, word)."""
        steps = []
        if self.outcome == "rated" and self.placed is not None:
            steps.append((self.placed, "recorded"))
        if self.held is not None:
            steps.append((self.held, "held"))
        return steps


def find_device(connection: Connection, token: Token, purpose: str) -> int | None:
    """The device whose secret proves the token; None where none does."""
    rows = connection.exec_driver_sql(
        "SELECT id, echo_secret FROM devices WHERE device >= ? AND device < ?",
        (token.device, token.device + "g"),
    ).all()
    proven = [row[0] for row in rows if is_proven(token, row[1], purpose)]
    return proven[0] if proven else None


def look(connection: Connection, device: int, invitation: str) -> Echo:
    """What is known of an invitation whose token was proven."""
    return Echo(*connection.exec_driver_sql(_QUERY, (device, invitation)).one())


def note_opened(connection: Connection, device: int, invitation: str, now: int) -> None:
    """Remember when the page was first opened."""
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO echoes (device, invitation, opened) VALUES (?, ?, ?)",
        (device, invitation, now),
    )


def set_pin(connection: Connection, device: int, invitation: str, pin: str, now: int) -> bool:
    """Keep the hash of a PIN, if none was set and it is not too late; whether it was kept."""
    note_opened(connection, device, invitation, now)
    if not look(connection, device, invitation).may_set(now):
        return False
    connection.exec_driver_sql(
        "UPDATE echoes SET pin = ? WHERE device = ? AND invitation = ?", (pin, device, invitation)
    )
    return True
