"""The window's screen, and what fingers do on it in the visit's words. Main thread only."""

import os
from collections.abc import Callable

from kiosk.clock import Clock
from kiosk.conductor import Conductor
from kiosk.hours import is_night
from kiosk.kit import Kit
from kiosk.screen.window import Screen
from kiosk.terms import Event, Picked, Pressed, Turned
from sync.records import LEVELS

ID_BYTES = 16


class Hands:
    """`find` gives the conductor once there is one. Where touch is off, fingers do nothing."""

    def __init__(self, kit: Kit, find: Callable[[], Conductor | None]) -> None:
        self._keys = dict(kit.profile.keys)
        self._find = find if kit.settings.panel.touch else lambda: None

    def rest(self, key: str) -> None:
        """A finger goes down on a key's card, or slides off it: the card lights up meanwhile."""
        conductor = self._find()
        if conductor is not None:
            conductor.light(key or None)

    def press(self, key: str) -> None:
        """A finger on a key's card: a rating, marked `touch`."""
        level = LEVELS[self._keys[key]]
        self._tell(Pressed(key, level, "touch", os.urandom(ID_BYTES).hex()))

    def pick(self, code: str) -> None:
        """A finger on a reason."""
        self._tell(Picked(code))

    def turn(self, language: str) -> None:
        """A finger on the name of a language."""
        self._tell(Turned(language))

    def _tell(self, event: Event) -> None:
        conductor = self._find()
        if conductor is not None:
            conductor.lit = None  # the finger is up, and the next picture shows it
            conductor.handle(event)


def make_screen(kit: Kit, clock: Clock, find: Callable[[], Conductor | None]) -> Screen:
    """The screen as the settings want it, its fingers and its nights."""
    settings = kit.settings
    screen = Screen(settings.screen.theme, settings.window.second, kit.languages)
    screen.read_ms = clock.mono_ms
    hands, hours = Hands(kit, find), settings.screen.night
    screen.on_down = hands.rest
    screen.on_touch, screen.on_tag, screen.on_language = hands.press, hands.pick, hands.turn
    screen.is_night = lambda: is_night(hours, clock.wall().astimezone().time())
    return screen
