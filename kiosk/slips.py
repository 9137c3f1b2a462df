"""A barcode scanner at the window: each slip it reads asks about the service it names.

Driven by Qt's loop like the panel. A scanner that is gone stops nothing: it is tried again.
"""

import logging
import time
from collections.abc import Callable, Iterable

from devices.press import Event, Lost
from devices.scanner import Scanned, Scanner
from kiosk.desk.slip import Patterns
from kiosk.desk.window import Refused
from kiosk.screen import loop
from sync.records import Transaction

log = logging.getLogger(__name__)


class Slips:
    """One scanner on its port. `ask` is told what each slip names and may raise Refused."""

    def __init__(self, port: str, patterns: Patterns, ask: Callable[[Transaction], object]) -> None:
        self._patterns = patterns
        self._scanner = Scanner(port)
        self._ask = ask
        self._watch = loop.Watch(self._hear)
        self._timer = loop.make_timer(self._tick)

    def begin(self) -> None:
        """Open the port, or go on trying to."""
        self._tick()

    def close(self) -> None:
        """Close the port for good."""
        self._timer.stop()
        self._watch.follow(None)
        self._scanner.close()

    def _hear(self) -> None:
        self._take(self._scanner.on_readable(_now_ms()))

    def _tick(self) -> None:
        self._take(self._scanner.on_tick(_now_ms()))

    def _take(self, events: Iterable[Event | Scanned]) -> None:
        for event in events:
            if isinstance(event, Scanned):
                self._read(event.code)
            elif isinstance(event, Lost):
                log.info("the scanner is lost: %s", event.why)
        self._watch.follow(self._scanner.fileno())
        deadline = self._scanner.deadline
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start(max(0, deadline - _now_ms()))

    def _read(self, code: str) -> None:
        try:
            self._ask(self._patterns.read(code))
        except Refused as refused:
            log.info("a slip was scanned and nobody asked: %s", refused)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
