"""The app on the window: puts panel, visit, journal and screen together and runs Qt.

Start here to follow one press: `_hear` → conductor → visit → journal → screen → `_after` → courier.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier

from devices.press import Event
from devices.reader import Reader
from kiosk import keymap
from kiosk.chord import LONG_MS, Chord
from kiosk.clock import Clock
from kiosk.conductor import Conductor, Outlets
from kiosk.hands import ID_BYTES, make_screen
from kiosk.kit import Kit
from kiosk.mailbox import Mailbox
from kiosk.screen import loop
from kiosk.screen.view import View
from kiosk.terms import Tell, Turned, Visit
from sync.errors import HuiyinError
from sync.identity import Identity, load_identity
from sync.journal import Journal, open_journal

if TYPE_CHECKING:
    from kiosk.services import Services
    from kiosk.slips import Slips

AFTER_MS = 20
"""Work that nobody waits for (index, courier) begins this long after an answer is painted."""

UNREADY_MS = 1_000
"""How often a kiosk that is not set up looks whether it is now."""


class App:
    """One kiosk. Main thread only, save for `mailbox` and `wait_ready`."""

    def __init__(
        self, kit: Kit, port: str, desk: tuple[str, int], clock: Clock | None = None
    ) -> None:
        self.kit = kit
        self.clock = clock or Clock()
        self.mailbox = Mailbox()
        self.shown: View | None = None
        self.on_shown: Callable[[View], None] = lambda view: None
        self.on_panel: Callable[[Event], None] = lambda event: None
        self.on_technician: Callable[[], None] = lambda: None
        self.guest: Callable[[Event], bool] = lambda event: False
        self.conductor: Conductor | None = None
        self.services: Services | None = None
        self._port = port
        self._desk = desk
        self._journal: Journal | None = None
        self._identity: Identity | None = None
        self._reader: Reader | None = None
        self._slips: Slips | None = None
        self._failure: HuiyinError | None = None
        self._panel = loop.Watch(self._hear)
        self._ends: list[Callable[[], None]] = []
        self._ready = threading.Event()
        keys = tuple(key for key, _ in kit.profile.keys)
        self._chord, self._long = Chord(keys), Chord(keys, LONG_MS)
        self.screen = make_screen(kit, self.clock, lambda: self.conductor)
        self.screen.on_painted = self._painted
        self.screen.on_technician = lambda: self.on_technician()
        self._timer = loop.make_timer(self._tick, is_precise=True)
        self._later = loop.make_timer(self._after)
        self._posts = self.watch(self.mailbox.fileno(), self.mailbox.drain)

    # Starting and ending.

    def run(self, fullscreen: bool) -> int:
        """Open the window and serve until SIGTERM, SIGINT or `quit`; returns the exit status.

        Raises JournalError if the journal cannot be trusted or is held by another kiosk,
        SettingsError if its desk cannot be.
        """
        self.at_end(loop.end_on_signals())
        try:
            self._begin(load_identity(self.kit.data))
            self.screen.open(self.kit.settings.screen.size, fullscreen)
            self._later.start(AFTER_MS)
            status = loop.run()
        finally:
            self._stop()
        if self._failure is not None:
            raise self._failure
        return status

    @property
    def is_headless(self) -> bool:
        """Whether nothing is shown on a display."""
        return loop.is_offscreen()

    def quit(self) -> None:
        """End the event loop from inside it."""
        loop.quit()

    def wait_ready(self, timeout_s: float) -> bool:
        """Any thread: wait until the window is open and its desk listens."""
        return (
            self._ready.wait(timeout_s)
            and self.services is not None
            and self.services.wait_ready(timeout_s)
        )

    def at_end(self, call: Callable[[], None]) -> None:
        """Have `call` run when the app ends."""
        self._ends.append(call)

    def _begin(self, identity: Identity | None) -> None:
        """Open the journal, then the panel; a kiosk that is not set up shows so and waits."""
        kit = self.kit
        if identity is not None and self._journal is None:
            folder, stamp = kit.data / "journal", self.clock.stamp()
            self._journal = open_journal(folder, identity.device, stamp, hall_key=identity.hall_key)
        page = kit.waiting_page(identity)
        if page is not None or identity is None or self._journal is None:
            self.screen.show_view(page or View("unenrolled"))
            self._timer.start(UNREADY_MS)
            return
        self._identity = identity
        self.conductor = Conductor(
            Visit(kit.rules(identity.hall, identity.window)),
            self._journal,
            self.clock,
            kit.facts(identity.device, identity.hall, identity.window),
            Outlets(self.screen.show_view, self._signal, self._tell, self._nudge),
        )
        self._reader = Reader(kit.profile, self._port)
        self._run_panel(self._reader.on_tick(_panel_ms()))
        self.conductor.start(kit.boot_fields())
        self._set_timer()

    def _stop(self) -> None:
        """End cleanly: the journal last, after everything that writes to it."""
        if self._slips is not None:
            self._slips.close()
        if self.services is not None:
            self.services.stop()
        if self._reader is not None:
            self._panel.follow(None)
            self._reader.close()
        if self._journal is not None:
            self._journal.close()
        for call in self._ends:
            call()
        self._posts.setEnabled(False)
        self.mailbox.close()
        self.screen.close()

    # Panel and time.

    def look(self) -> None:
        """Do what is due: now, or because somebody moved the clock."""
        self._tick()

    def _tick(self) -> None:
        if self.conductor is None or self._reader is None:
            self._begin(load_identity(self.kit.data))
            self._later.start(AFTER_MS)
            return
        self._run_panel(self._reader.on_tick(_panel_ms()))
        if self._chord.due(_panel_ms()):
            self.conductor.handle(Turned())
        if self._long.due(_panel_ms()):
            self.on_technician()
        self.conductor.tick()
        self._set_timer()

    def _hear(self) -> None:
        if self._reader is not None:
            self._run_panel(self._reader.on_readable(_panel_ms()))
            self._set_timer()

    def _run_panel(self, events: list[Event]) -> None:
        conductor = self.conductor
        assert conductor is not None
        for event in events:
            self._chord.hear(event)
            self._long.hear(event)
            self.on_panel(event)
            if self.guest(event):
                continue
            conductor.lit = keymap.light(event, conductor.lit)
            for meaning in keymap.translate(event, os.urandom(ID_BYTES).hex()):
                conductor.handle(meaning)
        if events:
            conductor.show()
        self._panel.follow(self._reader.fileno() if self._reader is not None else None)

    def _set_timer(self) -> None:
        waits = []
        if self.conductor is not None and self.conductor.wake_at_ms is not None:
            waits.append(self.conductor.wake_at_ms - self.clock.mono_ms())
        if self._reader is not None and self._reader.deadline is not None:
            waits.append(self._reader.deadline - _panel_ms())
        for chord in (self._chord, self._long):
            if chord.deadline is not None:
                waits.append(chord.deadline - _panel_ms())
        if waits:
            self._timer.start(max(0, min(waits)))
        else:
            self._timer.stop()

    # Outlets of the conductor.

    def _painted(self, view: View) -> None:
        self.shown = view
        self.on_shown(view)

    def _tell(self, told: Tell) -> None:
        if self.services is not None:
            self.services.tell(told)

    def _signal(self, word: str) -> None:
        if self._reader is not None:
            self._reader.send(word, _panel_ms())

    def _nudge(self) -> None:
        """Something happened: the next deadline may be another, and the desk may have news."""
        self._set_timer()
        if self.services is not None:
            self.services.look()
        if not self._later.isActive():
            self._later.start(AFTER_MS)

    def _after(self) -> None:
        """What nobody waits for: index and courier; at first, all that is slow to import."""
        if self.conductor is None or self._journal is None or self._identity is None:
            return
        if self.services is None:
            try:
                self.services = self._serve(self._journal, self._identity, self.conductor)
            except HuiyinError as error:
                self._failure = error
                self.quit()
                return
        self._journal.index()
        self.services.nudge()

    def _serve(self, journal: Journal, identity: Identity, conductor: Conductor) -> "Services":
        """Start what stands beside the screen. Raises SettingsError if the desk cannot be."""
        from kiosk.services import Services
        from kiosk.tending import Tending

        journal.open_index(self.clock.stamp())
        services = Services(self.kit, identity, conductor, self.mailbox, self._desk, self.quit)
        services.begin()
        scanner = self.kit.settings.scanner
        if scanner.port:
            from kiosk.desk.slip import Patterns
            from kiosk.slips import Slips

            self._slips = Slips(scanner.port, Patterns(scanner.slips), services.counter.scan)
            self._slips.begin()
        Tending(conductor, self.kit.data, self.later, services.look).begin()
        self._ready.set()
        return services

    # What Qt does for others.

    def watch(self, handle: int, call: Callable[[], None]) -> QSocketNotifier:
        """Have `call` run whenever the descriptor can be read."""
        return loop.watch(handle, call)

    def later(self, wait_ms: int, call: Callable[[], None]) -> None:
        """Have `call` run once after a while."""
        loop.later(wait_ms, call)

    def save_picture(self, path: Path) -> None:
        """Save what the screen shows as PNG."""
        self.screen.grab().save(str(path), "PNG")


def _panel_ms() -> int:
    """The panel's clock is always real: its silences and bounces are."""
    return time.monotonic_ns() // 1_000_000
