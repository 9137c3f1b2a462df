"""Secrets that are this box's own, each a file of mode 0600 in the kiosk's folder, made once.

Knows no desk and no screen: a set-up prints what they ask for.
"""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from kiosk.latch import LENGTH, PLACES, is_code
from sync.keys import write_whole

TOKEN, PIN, CODE = "desk-token", "desk-pin", "service-code"
TOKEN_BYTES = 24
PIN_DIGITS = 6


def load_token(folder: Path) -> str:
    """The desk's bearer token."""
    return _load(folder / TOKEN, lambda: secrets.token_urlsafe(TOKEN_BYTES))


def load_pin(folder: Path) -> str:
    """The PIN that lets a console in. Raises ValueError for a file that holds none."""
    pin = _load(folder / PIN, lambda: f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}")
    if not re.fullmatch(f"[0-9]{{{PIN_DIGITS}}}", pin):
        raise ValueError(f"{folder / PIN}: not a PIN; allowed: {PIN_DIGITS} digits")
    return pin


def load_code(folder: Path, keys: int = len(PLACES)) -> str:
    """The technician's code at this box: eight places among its keys. Raises ValueError."""
    kept = _load(folder / CODE, lambda: _make_code(keys))
    if not is_code(kept):
        raise ValueError(f"{folder / CODE}: not a code; allowed: eight digits of 1, 2, 3")
    return kept


def settle_code(folder: Path, keys: int) -> str:
    """The code as a label is to bear it: a spoiled one, or one that these keys cannot type, is
    made again.
    """
    try:
        kept = load_code(folder, keys)
    except ValueError:
        kept = ""
    if not kept or set(kept) - set(PLACES[:keys]):
        kept = _make_code(keys)
        write_whole(folder / CODE, kept.encode())
    return kept


def _make_code(keys: int) -> str:
    return "".join(secrets.choice(PLACES[:keys]) for _ in range(LENGTH))


def _load(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; an empty one, which would let anybody in, is made again."""
    kept = path.read_text("utf-8", "replace").strip() if path.exists() else ""
    if not kept:
        kept = make()
        write_whole(path, kept.encode())
    return kept
