"""Our side: a hall, and a kiosk at a display of its own with a virtual panel."""

import itertools
import json
import os
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from tests.bench.display import Display
from tests.bench.rivals import end

MODEL = "huiyin-3"
BEAT_S = 2.0
UNCACHED = "PYTHONDONTWRITEBYTECODE"
WALK_UP = '[window]\nmode = "walk_up"\n[panel]\ntest = "waived"\n'


class Panel(VirtualPanel):
    """A virtual panel that beats and listens by itself."""

    def __init__(self) -> None:
        super().__init__(find_profile(MODEL))
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="beat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._end.wait(BEAT_S):
            self.serve()
            self.heartbeat()

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        super().close()


def as_installed(display: Display) -> dict[str, str]:
    """An environment as at a window: the code was compiled once, not at each start."""
    kept = {name: value for name, value in os.environ.items() if name != UNCACHED}
    return {**kept, "DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}


class Demo:
    """Hall and kiosk, invited; what a press is measured on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.display = Display(folder / "screen")
        self._panel = Panel()
        self._numbers = itertools.count(1)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "demo", "--json", "--fullscreen",
             "--panel", self._panel.path, "--data", str(folder / "data")],
            env=as_installed(self.display),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self._told = json.loads(self.process.stdout.readline())
        self._panel.heartbeat()

    def ask(self) -> None:
        self._post(self._told["desk"] + "/v1/invitations", self._told["desk_token"])

    def _post(self, url: str, token: str) -> None:
        body = {"project_no": f"B{next(self._numbers)}", "service_no": "1"}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            answer.read()

    def aim(self) -> None:
        """Hold the key down: the press counts when it is let go."""
        self._panel.down("1")

    def push(self) -> None:
        self._panel.up("1")

    def close(self) -> None:
        end(self.process)
        self._panel.close()
        self.display.close()


class HallDemo(Demo):
    """The same, asked by a business system at the hall."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        words = ["system", "add", "--data", str(folder / "data" / "hall"), "--name", "bench"]
        command = [sys.executable, "-m", "sync.hall", *words, "--by", "bench", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        self._token = json.loads(done.stdout)["token"]

    def ask(self) -> None:
        self._post(self._told["hall"] + "/v1/windows/3/invitations", self._token)


class Kiosk:
    """A kiosk that was enrolled, started and ended again and again; walk-up, so it rests with
    its keys shown.
    """

    def __init__(self, folder: Path) -> None:
        pack = [sys.executable, "-m", "kiosk.packing"]  # as a package does when it is put on
        subprocess.run(pack, check=True)
        first = Demo(folder)
        first.close()
        self._data = folder / "data" / "kiosk"
        self._settings = folder / "kiosk.toml"
        self._settings.write_text(WALK_UP, "utf-8")
        self.panel = Panel()

    def start(self, display: Display) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "kiosk", "run", "--data", str(self._data), "--config",
             str(self._settings), "--panel", self.panel.path, "--desk", "127.0.0.1:0"],
            env=as_installed(display),
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def close(self) -> None:
        self.panel.close()
