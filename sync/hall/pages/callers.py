"""Who may ask through the hall, how often, and whether the window can be asked now."""

import math
import re

from sync.hall.ledger import asked, windows
from sync.hall.ledger.asked import Asked
from sync.hall.ledger.systems import System, find_system
from sync.hall.pages.body import AnyRequest
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused

HEARD_MS = 40_000
"""A kiosk whose last heartbeat began longer ago is not there: it holds one 25 s at most."""

RETRY_S = 5
"""What a system is told to wait while the window is out of service."""

PANEL_LOST = "panel_lost"

_ID = re.compile(r"[0-9a-f]{32}\Z")
_TOKEN = re.compile(r"(?i:bearer) +([!-~]{1,200})\Z")


def admit(request: AnyRequest, hall: Hall) -> System:
    """Whose token the request carries, if it has not asked too often. Raises Refused: 401, 429."""
    token = _TOKEN.match(request.headers.get("authorization", ""))
    system = None
    if token is not None:
        with hall.store.read() as connection:
            system = find_system(connection, token[1])
    if wait_s := hall.callers.take(system.name if system else None, hall.monotonic()):
        raise Refused(429, "slow-down", "too many requests", retry_after_s=math.ceil(wait_s))
    if system is None:
        raise Refused(401, "token", "send Authorization: Bearer with a system's token")
    return system


def find_kiosk(hall: Hall, system: System, window: str) -> tuple[int, str]:
    """Number and id of the kiosk at a window of the system's. Raises Refused: 404."""
    found = None
    if system.may_ask(window):
        with hall.store.read() as connection:
            found = windows.find_kiosk(connection, system.hall, window)
    if found is None:
        raise Refused(404, "unknown", "no window by that name is open to this token")
    return found


def check_in_service(hall: Hall, number: int, device: str) -> None:
    """Raises Refused where the kiosk was not heard lately, told of a fault, or is paused."""
    at, beat = hall.seen.get(device, (0, None))
    if beat is None or hall.clock() - at > HEARD_MS:
        raise Refused(503, "not-in-service", "the kiosk is not heard from", retry_after_s=RETRY_S)
    faults = beat.faults if isinstance(beat.faults, list) else []
    if PANEL_LOST in faults:
        raise Refused(503, "panel-lost", "the panel is lost", retry_after_s=RETRY_S)
    if faults:
        raise Refused(503, "not-in-service", "out of service", retry_after_s=RETRY_S)
    with hall.store.read() as connection:
        if windows.is_paused(connection, number):
            raise Refused(409, "paused", "the window is paused")


def find_invitation(hall: Hall, system: System, name: str) -> Asked:
    """An invitation at a window of the system's, whoever asked for it. Raises Refused: 404."""
    found = None
    if _ID.match(name):
        with hall.store.read() as connection:
            found = asked.find(connection, name)
    if found is None or found.hall != system.hall or not system.may_ask(found.window):
        raise Refused(404, "unknown", "there is no such invitation")
    return found
