"""What the panel says, in the visit's words. Pure."""

from collections.abc import Iterator

from devices.press import Back, Down, Event, Fault, Held, Lost, Press, Stray, Up
from kiosk import terms
from sync.records import LEVELS


def translate(event: Event, fresh_id: str) -> Iterator[terms.Event]:
    """What a panel's event means to the visit; nothing for what only lights a key."""
    match event:
        case Press():
            yield terms.Pressed(event.key, LEVELS[event.level], "panel", fresh_id)
        case Held():
            yield terms.Guided()
        case Stray():
            yield terms.Strayed(event.key, event.why)
        case Lost():
            yield terms.Raised(terms.PANEL_FAULT, event.why)
        case Back():
            yield terms.Cleared(terms.PANEL_FAULT)
        case Fault():
            yield terms.Noted(event.what, event.state, event.detail)
        case _:
            pass


def light(event: Event, lit: str | None) -> str | None:
    """The key to show as down after this event."""
    match event:
        case Down():
            return event.key
        case Up(key=key) | Press(key=key) | Held(key=key):
            return None if key == lit else lit
        case Lost():
            return None
        case _:
            return lit
