"""Tells the desk's listeners what changed at the window, with the bodies that the GETs give.

Compares how the window stands with what was told last, whatever moved it; knows no level.
"""

from typing import Any

from kiosk.counter import Counter
from kiosk.desk.bodies import invitation_body, status_body, to_builtins, window_body
from kiosk.desk.bridge import MainThreadBridge
from kiosk.desk.window import EventName
from kiosk.terms import Tell

Bodies = dict[EventName, dict[str, Any]]


class Herald:
    """Main thread only."""

    def __init__(self, counter: Counter, bridge: MainThreadBridge) -> None:
        self._counter = counter
        self._bridge = bridge
        self._told = self._look()

    def tell(self, told: Tell) -> None:
        """An invitation's state changed."""
        self._counter.hear(told)
        body = invitation_body(told.invitation, told.state)
        self._bridge.tell("invitation", to_builtins(body))

    def look(self) -> None:
        """Something happened at the window: tell what is no longer as it was told."""
        before, self._told = self._told, self._look()
        for name, body in self._told.items():
            if body != before[name]:
                self._bridge.tell(name, body)

    def _look(self) -> Bodies:
        status = self._counter.status()
        return {
            "window": to_builtins(window_body(status)),
            "status": to_builtins(status_body(status)),
        }
