"""The desk's door at this window: its token and PIN, its certificate, who may sign on.

The list of clerks is the hall's; the rest is this box's own.
"""

import logging
from pathlib import Path

from kiosk.desk.clerks import Clerks
from kiosk.desk.desk import Desk, is_loopback
from kiosk.desk.window import Bridge
from kiosk.kept import load_pin, load_token
from kiosk.kit import Kit
from kiosk.settings import SettingsError, parse_address
from sync.errors import HuiyinError
from sync.identity import Identity

CLERKS = "desk-clerks"

log = logging.getLogger("huiyin.desk")


def make_desk(bridge: Bridge, kit: Kit, identity: Identity, address: tuple[str, int]) -> Desk:
    """Return the desk of this window, not yet started. Raises SettingsError with one line."""
    wished = kit.settings.desk
    try:
        return Desk(
            bridge,
            *address,
            load_token(kit.data),
            wished.origins,
            pin=load_pin(kit.data),
            clerks=load_clerks(kit.data / CLERKS, identity),
            tls=None if is_loopback(address[0]) else _load_tls(kit.data, address[0]),
            adapter=parse_address(wished.adapter, "desk.adapter") if wished.adapter else None,
            slips=kit.settings.scanner.slips,
        )
    except (OSError, ValueError) as wrong:
        raise SettingsError(f"[desk] {wrong}") from None


def load_clerks(path: Path, identity: Identity) -> Clerks | None:
    """The hall's list of who may sign on; None without one.

    A list that does not hold lets nobody sign on, for else spoiling it would let everybody.
    """
    if not path.exists():
        return None
    from kiosk.desk.roster import Roster, read_roster

    try:
        return read_roster(path.read_text("utf-8"), identity.hall, identity.hall_key)
    except (HuiyinError, OSError, ValueError) as wrong:
        log.error("%s: nobody can sign on: %s", path, wrong)
        return Roster("", [])


def _load_tls(folder: Path, host: str) -> tuple[Path, Path]:
    from kiosk.desk.tls import load_or_make

    return load_or_make(folder, host)
