"""The technician's way in at the box: a long press, a code, then the doctor's page. By the panel's
keys or a finger; a citizen's page ends it. Main thread only; nothing is imported before it is used.
"""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from devices.press import Down, Event, Held, Press, Stray, Up
from kiosk.screen import loop
from kiosk.screen.view import View

if TYPE_CHECKING:
    from kiosk.app import App
    from kiosk.checkup import Checkup
    from kiosk.latch import Latch

KEYS = (Press, Down, Up, Held, Stray)
"""What fingers do on a panel: while the technician's page is up they are the technician's."""

REST_MS = 30_000
"""How long the code is waited for."""

ASKED = {False: ("技师代码", "代码不对，请重新输入"), True: ("Technician's code", "Wrong code")}


class Hatch:
    """One box's; `open` is the long press, `hear` takes the panel's events that are not the
    citizen's.
    """

    def __init__(self, app: "App", data: Path, config: str | None) -> None:
        self._app = app
        self._data = data
        self._config = config
        self._latch: Latch | None = None
        self._checkup: Checkup | None = None
        self._is_asking = False
        self._hide = loop.make_timer(self._give_up)
        app.screen.on_code = self._touch

    def open(self) -> None:
        """Ask for the code, unless too many were wrong."""
        from kiosk.checkup import Checkup
        from kiosk.kept import load_code
        from kiosk.latch import Latch

        if self._latch is None:
            keys = tuple(key for key, _ in self._app.kit.profile.keys)
            try:
                self._latch = Latch(load_code(self._data, len(keys)), keys)
            except (OSError, ValueError) as wrong:  # a full disk, a spoiled file: serving goes on
                logging.getLogger(__name__).error("no way in for a technician: %s", wrong)
                return
            self._checkup = Checkup(self._app, self._data, self._config)
        if not self._latch.is_locked(time.monotonic()):
            self._latch.begin()
            self._ask(self._latch)

    def hear(self, event: Event) -> bool:
        """Take what fingers do on the panel while the page is up; whether it was taken."""
        if not self._app.screen.is_covered or not isinstance(event, KEYS):
            return False
        if isinstance(event, Press):
            if self._is_asking and self._latch is not None:
                self._judge(self._latch, self._latch.press(event.key, time.monotonic()))
            else:
                self._app.screen.uncover()
        return True

    def end(self) -> None:
        """The kiosk ends."""
        if self._checkup is not None:
            self._checkup.end()

    def _give_up(self) -> None:
        if self._is_asking:
            self._app.screen.uncover()

    def _touch(self, place: str) -> None:
        if self._is_asking and self._latch is not None:
            self._judge(self._latch, self._latch.enter(place, time.monotonic()))

    def _judge(self, latch: "Latch", is_right: bool | None) -> None:
        if is_right:
            self._is_asking = False
            assert self._checkup is not None
            self._checkup.begin()
        elif latch.is_locked(time.monotonic()):
            self._app.screen.uncover()
        else:
            self._ask(latch, was_wrong=is_right is False)

    def _ask(self, latch: "Latch", was_wrong: bool = False) -> None:
        from kiosk.latch import LENGTH

        language = self._app.kit.settings.window.language
        title = ASKED[language == "en"][was_wrong]
        dots = "●" * latch.typed + "○" * (LENGTH - latch.typed)
        self._is_asking = True
        self._app.screen.cover(View("code", language, notes=(title, dots)))
        self._hide.start(REST_MS)
