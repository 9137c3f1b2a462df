"""The technician's long press: one corner held, then the opposite one. Nobody does it by chance."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

SHARE = 6  # a corner is a sixth of the screen's shorter side
HOLD_MS = 3_000  # how long each corner is held
BETWEEN_MS = 8_000  # how long after the first the second may be over
CORNERS = ("upper left", "lower right")


class Corner:
    """Told where a finger goes down and that it went up; calls `done` after both corners."""

    def __init__(self, parent: QObject, done: Callable[[], None]) -> None:
        self._done = done
        self._held = 0
        self.hold = make_timer(parent, self._hold, HOLD_MS)
        self.forget = make_timer(parent, self._forget, BETWEEN_MS)

    def down(self, x: int, y: int, width: int, height: int) -> None:
        """A finger at x, y of a screen of that size."""
        side = min(width, height) // SHARE
        upper, lower = x < side and y < side, x >= width - side and y >= height - side
        if (upper, lower)[self._held]:
            self.hold.start()

    def up(self) -> None:
        self.hold.stop()

    def _hold(self) -> None:
        self._held += 1
        self.forget.start()
        if self._held == len(CORNERS):
            self._forget()
            self._done()

    def _forget(self) -> None:
        self.forget.stop()
        self._held = 0


def make_timer(parent: QObject, call: Callable[[], None], wait_ms: int) -> QTimer:
    """A timer that runs `call` once each time it is started."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(wait_ms)
    timer.timeout.connect(call)
    return timer
