"""Real processes for journeys: the demo as a child, killed and started again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devices.profile import find_profile
from devices.simulator import VirtualPanel

KIOSK = [sys.executable, "-m", "kiosk"]
HALL = [sys.executable, "-m", "sync.hall"]
ROOT = Path(__file__).resolve().parents[2]

BEAT_S = 1.0
"""How often a panel says that it is there."""

PATIENCE_S = 180.0
"""Liveness: longer than anything here ever takes on a busy machine."""


class Demo:
    """A demo under one folder; `told` is its first line."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [*KIOSK, "demo", "--headless", "--json", "--data", str(data), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read() if self.process.stderr else ""
        self.told: dict[str, Any] = json.loads(line)

    def wait_progress(self, rows: int) -> None:
        """Wait until the replay says that so many rows are done."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.partition("/")[0].isdecimal() and int(line.partition("/")[0]) >= rows:
                return
        raise AssertionError("the replay ended early")

    def hall_pid(self) -> int:
        """The process of the demo's hall, once there is one."""
        give_up_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_s:
            for pid in self._children():
                if b"sync.hall" in _read(f"/proc/{pid}/cmdline"):
                    return int(pid)
            time.sleep(0.05)
        raise AssertionError("the demo has no hall")

    def _children(self) -> list[str]:
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [pid for task in tasks for pid in _read(f"{task}/children").decode().split()]

    def kill(self) -> None:
        """Pull the plug on the kiosk."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE_S)

    def end(self) -> int:
        """Ask it to end; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode

    def finish(self) -> tuple[int, str]:
        """Wait until it ends by itself; returns the exit status and the rest of its output."""
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out


class Panel:
    """A panel with a heart of its own, on a link in the test's folder."""

    def __init__(self, link: Path) -> None:
        self.panel = VirtualPanel(find_profile("huiyin-3"), link)
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Panel":
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(PATIENCE_S)
        self.panel.close()

    def do(self, act: str, *words: str) -> None:
        with self._lock:
            getattr(self.panel, act)(*words)

    def _live(self) -> None:
        while not self._ending.wait(BEAT_S):
            with self._lock:
                self.panel.serve()
                self.panel.heartbeat()


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def report(data: Path) -> dict[str, Any]:
    """The hall's report, by its command."""
    done = subprocess.run(
        [*HALL, "report", "--data", str(data / "hall"), "--json"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
        cwd=ROOT,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Liveness only."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < give_up_s, what
        time.sleep(0.1)


def kill_pid(pid: int) -> None:
    """Kill a process that this test started."""
    os.kill(pid, signal.SIGKILL)
