"""Asking through the hall: an invitation is queued for a kiosk, or taken back. Asks no clock."""

import hashlib
import secrets

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from sync.hall.ledger import errands, visits
from sync.hall.ledger.asked import FETCH_MS, find, list_open
from sync.hall.ledger.visits import Visit
from sync.hall.refusal import Refused
from sync.records import Transaction, is_same

ID_BYTES = 16


class Wish(Struct, frozen=True):
    """What a system asks: about which transaction, at which window, in which language."""

    hall: str
    window: str
    transaction: Transaction
    language: str | None = None
    clerk_no: str | None = None


def invite(connection: Connection, device: int, wish: Wish, now: int) -> tuple[str, bool]:
    """Ask a kiosk to ask; the same open transaction keeps its id: (id, was it created).

    Raises Refused: `already-rated`, or too many commands wait.
    """
    if is_rated(connection, wish):
        raise Refused(409, "already-rated", "this service has its rating")
    for asked in list_open(connection, device, now):
        if is_same(msgspec.json.decode(asked.body, type=Transaction), wish.transaction):
            return asked.invitation, False
    fresh = secrets.token_hex(ID_BYTES)
    command = {
        "command": "invite",
        "id": fresh,
        "transaction": wish.transaction,
        "clerk_no": wish.clerk_no,
        "language": wish.language,
    }
    errands.add_command(connection, device, command, now + FETCH_MS)
    connection.exec_driver_sql(
        "INSERT INTO askings VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",
        (fresh, device, wish.hall, wish.window, msgspec.json.encode(wish.transaction), now),
    )
    return fresh, True


def cancel(connection: Connection, invitation: str, now: int) -> None:
    """Take an invitation back: at once if the kiosk has not fetched it, else by asking the kiosk.

    Raises Refused (`not-waiting`) once a key was pressed or it has ended otherwise.
    """
    asked = find(connection, invitation)
    state = "" if asked is None else asked.state(now)
    if state == "cancelled":
        return
    if asked is None or state != "waiting" or asked.level is not None:
        raise Refused(409, "not-waiting", "the invitation is not waiting for a first press")
    if asked.given is None and asked.mode is None:
        connection.exec_driver_sql("DELETE FROM commands WHERE id = ?", (invitation,))
        connection.exec_driver_sql(
            "UPDATE askings SET ended = 'cancelled' WHERE invitation = ?", (invitation,)
        )
        return
    # The same cancel twice is one command, whoever asks.
    name = hashlib.sha256(b"cancel\n" + invitation.encode()).hexdigest()[:32]
    command = {"command": "cancel", "id": name, "invitation": invitation}
    errands.add_command(connection, asked.device, command, now + FETCH_MS)


def is_rated(connection: Connection, wish: Wish) -> bool:
    """Whether the hall counts a rating of this service."""
    asked = wish.transaction
    visit = Visit(
        device=0,
        invitation="",
        stream=0,
        scope=0,
        mode="invited",
        project_no=asked.project_no,
        service_no=asked.service_no,
    )
    key = visits.key_service(visit, wish.hall)
    row = connection.exec_driver_sql(
        "SELECT 1 FROM visits WHERE service_key = ? AND active = 1 AND project_no = ?"
        " AND service_no = ? AND (SELECT hall FROM scopes WHERE id = scope) = ?",
        (key, asked.project_no, asked.service_no, wish.hall),
    ).first()
    return row is not None
