"""What a check says: a number that can be looked up, a state, what was seen, what to do. Pure."""

from typing import Literal

from msgspec import Struct

from kiosk.picture import FAULT_NUMBERS

State = Literal["ok", "note", "fault", "unknown"]
"""`note` needs nobody today; `unknown` could not be looked at here, and says why."""

NUMBERS = {
    **FAULT_NUMBERS,
    "key_silent": 18,
    "disk_worn": 23,
    "journal": 24,
    "index": 25,
    "receipts": 26,
    "unenrolled": 32,
    "hall_silent": 33,
    "tls": 34,
    "clock": 42,
    "screen": 51,
    "fonts": 53,
    "settings": 61,
    "version": 62,
    "units": 63,
    "levels_shown": 71,
}
"""Every kind of fault and its number; the screen's are the same."""


class Seen(Struct, frozen=True):
    """One check's answer: a name of NUMBERS, what was seen, in English and in Chinese."""

    name: str
    state: State
    english: str
    chinese: str

    @property
    def number(self) -> int:
        return NUMBERS[self.name]


def ok(name: str, english: str, chinese: str) -> Seen:
    """All is well."""
    return Seen(name, "ok", english, chinese)


def note(name: str, english: str, chinese: str) -> Seen:
    """Worth knowing; nobody has to come."""
    return Seen(name, "note", english, chinese)


def fault(name: str, english: str, chinese: str) -> Seen:
    """Somebody has to do something."""
    return Seen(name, "fault", english, chinese)


def unknown(name: str, english: str, chinese: str) -> Seen:
    """It cannot be looked at here."""
    return Seen(name, "unknown", english, chinese)
