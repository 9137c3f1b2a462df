"""A technician at a terminal: a real set-up on a pseudo-terminal, a real panel, a real hall."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hall.server import Server, run_hall
from tests.journeys.stand import KIOSK, ROOT

PATIENCE_S = 60.0
"""Liveness."""

FINGER_S = 0.15

KEYS = {"very satisfied": "1", "satisfied": "2", "dissatisfied": "3"}
"""What the test asks for, and the key of a huiyin-3 that is it."""


class Desk:
    """A set-up at a terminal. Everything it says stays in `told`; `lines` counts what was typed."""

    def __init__(self, box: Path, *words: str, language: str = "en_US.UTF-8") -> None:
        ours, theirs = os.openpty()
        self._handle = ours
        self._seen = 0
        self.told = ""
        self.answers = 0
        self.typed = ""
        command = [*KIOSK, "setup", "--root", str(box), "--data", str(box / "data"), *words]
        env = {**os.environ, "LANG": language, "HUIYIN_CONFIG": ""}
        # Whoever was started in the background ignores Ctrl+C, and so would its children.
        heard = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=env
        )
        signal.signal(signal.SIGINT, heard)
        os.close(theirs)

    def expect(self, words: str) -> re.Match[str]:
        """Wait until it says so, after what it was last waited for."""
        give_up_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_s:
            found = re.search(words, self.told[self._seen :])
            if found:
                self._seen += found.end()
                return found
            if not self._read():
                break
        raise AssertionError(f"never said: {words}\n{self.told}")

    def say(self, text: str = "") -> None:
        """An answer."""
        self.answers += 1
        self.typed += text
        os.write(self._handle, f"{text}\n".encode())

    def choose(self, title: str, label: str = "") -> None:
        """Wait for a question, and choose the option with this label; the proposed one without."""
        self.expect(title)
        prompt = self.expect(r"(?s)(.*?)1-\d+, Enter = \d+ > ")
        if not label:
            self.say()
            return
        found = re.search(rf"(\d+)\) [^\r\n]*{label}", prompt[1])
        assert found, prompt[1]
        self.say(found[1])

    def press_keys(self, panel: "Panel", count: int = 3) -> None:
        """Press what the test asks for."""
        for _ in range(count):
            asked = self.expect(r"\d\. press the key for: ([a-z ]+)\r?\n")
            self.answers += 1
            panel.press(KEYS[asked[1].strip()])

    def finish(self) -> int:
        """Its exit status, once all it said is read."""
        while self._read():
            pass
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """Pull the plug."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        os.close(self._handle)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._handle], [], [], PATIENCE_S)
        try:
            data = os.read(self._handle, 65_536) if ready else b""
        except OSError:
            return False
        self.told += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def at_desk(box: Path, *words: str, language: str = "en_US.UTF-8") -> Iterator[Desk]:
    desk = Desk(box, *words, language=language)
    try:
        yield desk
    finally:
        desk.close()


class Panel:
    """`huiyin-panel simulate` behind a link, told by its input what to do."""

    def __init__(self, link: Path, model: str = "huiyin-3") -> None:
        self.link = link
        command = [sys.executable, "-m", "devices", "simulate", "--model", model]
        self.process = subprocess.Popen(
            [*command, "--link", str(link)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline()

    def press(self, what: str) -> None:
        """A key, or `unplug MS` and the like; no faster than a finger."""
        time.sleep(FINGER_S)
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


def make_grant(hall: Server, window: str = "3", address: str = "") -> str:
    """A grant of this hall, as text."""
    words = ("grant", "--data", hall.folder, "--window", window, "--hall", "xian")
    done = run_hall(*words, "--address", address or hall.address)
    assert done.returncode == 0, done.stderr
    return done.stdout


def plug_stick(box: Path, *grants: str) -> None:
    """A stick with grants, mounted at the box."""
    stick = box / "media" / "tech" / "STICK"
    stick.mkdir(parents=True, exist_ok=True)
    for number, grant in enumerate(grants):
        (stick / f"grant-{number}.json").write_text(grant, "utf-8")
    (stick / "holiday.json").write_text("[1, 2]")


def config_of(box: Path) -> Path:
    return box / "etc" / "huiyin" / "kiosk.toml"


def identity_of(box: Path) -> dict[str, object] | None:
    path = box / "data" / "identity.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def list_files(box: Path) -> set[str]:
    """Everything written at the box, but for the sticks and the panel's link."""
    return {
        str(path.relative_to(box))
        for path in box.rglob("*")
        if path.is_file() and "media" not in path.parts and path.name != "panel"
    }


def run_setup(box: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KIOSK, "setup", "--root", str(box), "--data", str(box / "data"), *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CONFIG": "", **env},
    )


def check_one_line(done: subprocess.CompletedProcess[str], said: str, status: int = 1) -> None:
    assert done.returncode == status, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
