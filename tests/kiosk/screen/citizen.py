"""A window with a citizen before it: a real panel line, journal and screen; the waits are skipped.

What stands beside the screen (courier, desk) is left out: it has journeys of its own.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import convert
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from devices.simulator import VirtualPanel
from kiosk.app import App
from kiosk.clock import SkippedClock
from kiosk.counter import Counter
from kiosk.kit import make_kit
from kiosk.screen.items import Box, Column, Icon, Text
from kiosk.screen.phrases import load_phrases
from kiosk.screen.view import View
from kiosk.settings import Settings
from sync import records
from sync.identity import Identity, load_identity, save_identity
from sync.records import Transaction

DEVICE = "0123456789abcdef0123456789abcdef"
IDENTITY = Identity(device=DEVICE, address="", hall="main", window="3", hall_key="", echo_secret="")
LIVE_MS = 20_000  # liveness: longer than anything here takes on a busy machine
LEFT = Qt.MouseButton.LeftButton


class Alone(App):
    """A kiosk with nothing beside its screen."""

    def open(self, size: str) -> None:
        """What `run` does before it gives itself to Qt's loop."""
        self._begin(load_identity(self.kit.data))
        self.screen.open(size, fullscreen=False)

    def close(self) -> None:
        self._stop()

    def _after(self) -> None:
        if self._journal is not None and not self._journal.failed:
            self._journal.index()


class Citizen:
    """`how` is panel or touch; `pushes` counts each time a finger goes down."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        how: str = "panel",
        size: str = "800x480",
        theme: str = "calm",
        **window: object,
    ) -> None:
        self.qtbot, self.how, self.pushes = qtbot, how, 0
        data = folder / "kiosk"
        save_identity(data, IDENTITY)
        asked = {
            "window": {"languages": ["zh", "en", "bo", "mn"], **window},
            "panel": {"test": "waived", "touch": how == "touch"},
            "screen": {"theme": theme},
        }
        kit = make_kit(convert(asked, Settings), data)
        self.panel = VirtualPanel(kit.profile, link=folder / "panel")
        self.clock = SkippedClock()
        self.clock.stop()
        self.app = Alone(kit, str(folder / "panel"), ("127.0.0.1", 0), self.clock)
        qtbot.addWidget(self.app.screen)
        self.seen: list[View] = []
        self.app.on_shown = self.seen.append
        self.app.open(size)
        self.panel.heartbeat()
        self.wait_page("asking" if kit.settings.window.mode == "walk_up" else "free")
        self.counter = Counter(self.conductor)

    @property
    def conductor(self):  # type: ignore[no-untyped-def]
        assert self.app.conductor is not None
        return self.app.conductor

    def close(self) -> None:
        self.app.close()
        self.panel.close()

    def __enter__(self) -> "Citizen":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What happens at the window.

    def ask(self, number: str, language: str | None = None) -> str:
        """The clerk's system asks."""
        asked = Transaction(project_no=number, service_no="1", item_name="居民身份证换领")
        invitation, _, _ = self.counter.invite(asked, language, None)
        self.wait_page("asking")
        return invitation

    def push(self, key: str) -> None:
        """One press, as this citizen makes it: a key down, seen lit, and up; or a finger."""
        self.pushes += 1
        if self.how == "touch":
            self.touch(key)
            return
        self.panel.down(key)
        if self.view.page == "asking":
            self.wait(lambda: any(one.lit for one in self.view.keys if one.key == key))
        else:
            self.qtbot.wait(50)
        self.panel.up(key)
        self.qtbot.wait(50)  # a finger is slower than the panel's settling

    def touch(self, name: str) -> None:
        """A finger on what reports this."""
        boxes = [i for i in self.app.screen._items if isinstance(i, Box) and i.touch == name]
        assert boxes, f"nothing to touch for {name} on {self.view.page}"
        rect = boxes[-1].rect
        spot = QPoint(rect.x + rect.w // 2, rect.y + rect.h // 2)
        self.qtbot.mouseClick(self.app.screen, LEFT, pos=spot)

    def skip(self, wait_ms: int) -> None:
        """Time passes."""
        self.clock.skip(wait_ms)
        self.app.look()

    def skip_page(self) -> None:
        """Time passes until this page ends."""
        until_ms = self.conductor.visit.until_ms
        assert until_ms is not None, f"{self.view.page} has no end"
        self.skip(until_ms - self.clock.mono_ms())

    # What is seen and written.

    @property
    def view(self) -> View:
        return self.seen[-1]

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=LIVE_MS)

    def wait_page(self, page: str) -> None:
        self.wait(lambda: bool(self.seen) and self.view.page == page)

    def read(self) -> str:
        """All words on the screen, without their line ends."""
        items = self.app.screen._items
        text = "".join(i.text for i in items if isinstance(i, Text | Column))
        return "".join(text.split())

    def reads(self, language: str, phrase: str, value: object = "") -> bool:
        """Whether the screen says this phrase."""
        words = load_phrases(language).say(phrase, value)
        return "".join(words.replace("\u200b", "").split()) in self.read()

    def icons(self) -> set[str]:
        return {i.name for i in self.app.screen._items if isinstance(i, Icon)}

    def picture(self) -> QImage:
        return self.app.screen.grab().toImage()

    def entries(self, kind: type[records.AnyEntry]) -> list[records.AnyEntry]:
        return [one for one in self.conductor.journal.recent() if isinstance(one, kind)]
