"""The desk's door at this window: its token and PIN, its certificate, who may sign on.

Each is a file of mode 0600 in the kiosk's folder, made once; the list of clerks is the hall's.
"""

import logging
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from kiosk.desk.clerks import Clerks
from kiosk.desk.desk import Desk, is_loopback
from kiosk.desk.window import Bridge
from kiosk.kit import Kit
from kiosk.latch import LENGTH, PLACES, is_code
from kiosk.settings import SettingsError, parse_address
from sync.errors import HuiyinError
from sync.identity import Identity
from sync.keys import write_whole

TOKEN, PIN, CLERKS, CODE = "desk-token", "desk-pin", "desk-clerks", "service-code"
TOKEN_BYTES = 24
PIN_DIGITS = 6

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


def load_token(folder: Path) -> str:
    """The desk's bearer token."""
    return _load(folder / TOKEN, lambda: secrets.token_urlsafe(TOKEN_BYTES))


def load_pin(folder: Path) -> str:
    """The PIN that lets a console in. Raises ValueError for a file that holds none."""
    pin = _load(folder / PIN, lambda: f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}")
    if not re.fullmatch(f"[0-9]{{{PIN_DIGITS}}}", pin):
        raise ValueError(f"{folder / PIN}: not a PIN; allowed: {PIN_DIGITS} digits")
    return pin


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


def load_code(folder: Path, keys: int = len(PLACES)) -> str:
    """The technician's code at this box: eight places among its keys. Raises ValueError."""
    places = PLACES[:keys]
    kept = _load(folder / CODE, lambda: "".join(secrets.choice(places) for _ in range(LENGTH)))
    if not is_code(kept):
        raise ValueError(f"{folder / CODE}: not a code; allowed: eight digits of 1, 2, 3")
    return kept


def _load(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; an empty one, which would let anybody in, is made again."""
    kept = path.read_text("utf-8", "replace").strip() if path.exists() else ""
    if not kept:
        kept = make()
        write_whole(path, kept.encode())
    return kept
