"""Qt's event loop: started, fed with descriptors, timers and signals, ended. Knows no kiosk."""

import os
import signal
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication


def start(headless: bool) -> QApplication:
    """Start Qt, off-screen if asked; one in a process, kept by the caller."""
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # A window has no desktop beside it: without this Qt looks for a program to start one's bus.
    os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    QGuiApplication.setDesktopFileName("huiyin")
    return QApplication(["huiyin-kiosk"])


def run() -> int:
    """Serve events until `quit`; returns the exit status."""
    return QApplication.exec()


def attend() -> None:
    """Serve the events that wait, from code that does not run inside the loop."""
    QApplication.processEvents()


def quit() -> None:  # noqa: A001 - Qt's own word
    """End the loop, from inside it. Windows are not asked: ours refuses to be closed."""
    QApplication.exit(0)


def is_offscreen() -> bool:
    """Whether nothing is shown on a display."""
    return QGuiApplication.platformName() == "offscreen"


def watch(handle: int, call: Callable[[], None]) -> QSocketNotifier:
    """Have `call` run whenever the descriptor can be read."""
    notifier = QSocketNotifier(handle, QSocketNotifier.Type.Read, QApplication.instance())
    notifier.activated.connect(lambda *_: call())
    return notifier


class Watch:
    """A device's descriptor, which is another one after each reopening."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._watched: tuple[int, QSocketNotifier] | None = None

    def follow(self, handle: int | None) -> None:
        """Watch the descriptor that the device has now; None: none."""
        if self._watched is not None and self._watched[0] == handle:
            return
        if self._watched is not None:
            self._watched[1].setEnabled(False)
            self._watched[1].deleteLater()
        self._watched = None if handle is None else (handle, watch(handle, self._call))


def later(wait_ms: int, call: Callable[[], None]) -> None:
    """Have `call` run once after a while."""
    QTimer.singleShot(wait_ms, call)


def make_timer(call: Callable[[], None], is_precise: bool = False) -> QTimer:
    """A timer that runs `call` once each time it is started."""
    timer = QTimer()
    timer.setSingleShot(True)
    if is_precise:
        timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(call)
    return timer


def end_on_signals() -> Callable[[], None]:
    """Have SIGTERM and SIGINT end the loop, from inside it; returns what undoes that."""
    ours, theirs = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    notifier = watch(ours, quit)

    def restore() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        os.close(ours)
        os.close(theirs)

    return restore
