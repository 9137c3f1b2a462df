"""The loop ends when it is told to."""

import os
import signal
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.screen import loop
from kiosk.screen.window import Screen

PATIENCE_MS = 20_000  # liveness only
BUS = "DBUS_SESSION_BUS_ADDRESS"


def test_a_full_screen_that_no_citizen_can_close_ends_on_sigterm(qtbot: QtBot) -> None:
    """It did not: Qt asked the window, the window refused, and the signal was heard for ever."""
    screen = Screen("calm")
    qtbot.addWidget(screen)
    screen.open("", fullscreen=True)
    restore = loop.end_on_signals()
    loop.later(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
    patience = loop.make_timer(lambda: QApplication.exit(3))
    patience.start(PATIENCE_MS)
    assert loop.run() == 0
    patience.stop()  # an exit outside a loop would end every loop of the tests to come
    restore()
    assert screen.isVisible(), "whoever runs it closes it"
    screen.close()


@pytest.mark.parametrize(("given", "kept"), [(None, "disabled:"), ("unix:path=/run/bus", None)])
def test_a_window_looks_for_no_desktop_of_its_own(given: str | None, kept: str | None) -> None:
    """libdbus would run dbus-launch at each start where no bus is named."""
    asked = "import os; from kiosk.screen import loop; loop.start(True); print(os.environ[%r])"
    env = {name: value for name, value in os.environ.items() if name != BUS}
    done = subprocess.run(
        [sys.executable, "-c", asked % BUS],
        env=env | ({BUS: given} if given else {}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == (kept or given)
