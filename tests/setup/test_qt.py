"""The Qt binding that the lock pins keeps its references."""

import subprocess
import sys

EMITS = """
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    pressed = Signal(bool)

heard = []
sender = Sender()
sender.pressed.connect(heard.append)
for _ in range(5000):
    sender.pressed.emit(True)
print(len(heard))
"""


def test_a_signal_is_emitted_5000_times() -> None:
    """6.12.0 on Python 3.11 aborts after 566: it loses a reference to True each time."""
    ran = subprocess.run([sys.executable, "-c", EMITS], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "5000\n"), ran.stderr
