"""Those that a press is measured against: a browser page behind a bridge, and a C program.

Each is told by lines on a pseudo-terminal: "ask" shows the question, "push" is a press.
"""

import os
import shutil
import subprocess
import sys
import tty
from pathlib import Path

from tests.bench.display import HEIGHT, WIDTH, Display
from tests.bench.table import SkippedError

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
END_S = 10  # liveness only


def find_browser() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise SkippedError("chromium is not installed")


def browse(url: str, display: Display, profile: Path) -> "subprocess.Popen[bytes]":
    """A browser as a kiosk, with all that calls home turned off."""
    return subprocess.Popen(
        [find_browser(), "--kiosk", "--no-sandbox", "--no-first-run", "--disable-gpu",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--password-store=basic", "--window-position=0,0",
         f"--window-size={WIDTH},{HEIGHT}", f"--user-data-dir={profile}", url],
        env={**os.environ, "DISPLAY": display.name},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def end(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Rival:
    """One of them, running on a display of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.display = Display(folder / "screen")
        self._line, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._running: list[subprocess.Popen[bytes] | subprocess.Popen[str]] = []
        self._start()

    def _start(self) -> None:
        raise NotImplementedError

    def ask(self) -> None:
        os.write(self._line, b"ask\n")

    def aim(self) -> None:
        """Nothing to do before the byte that counts."""

    def push(self) -> None:
        os.write(self._line, b"push\n")

    def close(self) -> None:
        for process in reversed(self._running):
            end(process)
        self.display.close()
        os.close(self._line)


class Browser(Rival):
    """Chromium kiosk page, websocket bridge, SQLite at FULL."""

    def _start(self) -> None:
        find_browser()
        bridge = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bridge", self.path, str(self.folder / "db")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parents[1],
        )
        self._running.append(bridge)
        assert bridge.stdout is not None
        url = f"http://127.0.0.1:{int(bridge.stdout.readline())}/"
        self._running.append(browse(url, self.display, self.folder / "profile"))


class Bare(Rival):
    """A C program: append, fdatasync, one rectangle."""

    def _start(self) -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None or not Path("/usr/include/xcb/xcb.h").exists():
            raise SkippedError("gcc or libxcb1-dev is not installed")
        program = self.folder / "limit"
        source = HERE / "limit.c"
        subprocess.run([compiler, "-O2", "-o", program, source, "-lxcb"], check=True)
        self._running.append(
            subprocess.Popen(
                [program, self.path, self.folder / "file"],
                env={**os.environ, "DISPLAY": self.display.name},
            )
        )
