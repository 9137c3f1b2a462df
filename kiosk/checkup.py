"""The technician's page: what `huiyin-kiosk doctor` says, run beside the kiosk.

Main thread only.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.screen import loop
from kiosk.screen.view import View

if TYPE_CHECKING:
    import subprocess

    from kiosk.app import App

COMMAND = (sys.executable, "-m", "kiosk", "doctor")
SHOWN_MS = 60_000
"""How long the page stands if nobody touches it."""

ANSWER_MAX = 65_536
NOTES_MAX = 14
"""Bytes of the doctor's answer that are read, and lines that are shown."""

WELL = ("ok", "正常")


class Checkup:
    """`begin` asks the doctor; the answer is shown when it is there, over whatever is shown."""

    def __init__(self, app: "App", data: Path, config: str | None) -> None:
        self._app = app
        self._command = (*COMMAND, "--data", str(data), *(("--config", config) if config else ()))
        self._process: subprocess.Popen[bytes] | None = None
        self._watch = loop.Watch(self._read)
        self._hide = loop.make_timer(app.screen.uncover)
        self._heard = b""

    def begin(self) -> None:
        """Ask, once at a time."""
        import subprocess  # no start waits for it

        if self._process is not None:
            return
        self._heard = b""
        self._show(("…",))
        locale = "en_US.UTF-8" if self._language == "en" else "zh_CN.UTF-8"
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": locale},
        )
        assert self._process.stdout is not None
        self._watch.follow(self._process.stdout.fileno())

    def end(self) -> None:
        """The kiosk ends, and the doctor with it."""
        self._watch.follow(None)
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @property
    def _language(self) -> str:
        return self._app.kit.settings.window.language

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        more = os.read(self._process.stdout.fileno(), ANSWER_MAX)
        self._heard = (self._heard + more)[:ANSWER_MAX]
        if not more:
            self.end()
            if not self._app.screen.is_covered:  # nobody waits for it any more
                return
            self._show(list_notes(self._heard.decode("utf-8", "replace")))

    def _show(self, notes: tuple[str, ...]) -> None:
        self._app.screen.cover(View("doctor", self._language, notes=notes))
        self._hide.start(SHOWN_MS)


def list_notes(answer: str) -> tuple[str, ...]:
    """What is not well, with what to do; the first line counts. Pure."""
    notes: list[str] = []
    count, is_ill = 0, False
    for line in answer.splitlines():
        words = line.split()
        if words and words[0].isdecimal():
            count += 1
            is_ill = len(words) > 1 and words[1] not in WELL
        if words and (is_ill or not count):
            notes.append(" ".join(words))
    ill = sum(note[0].isdecimal() for note in notes)
    return (f"{count - ill} / {count} ✓", *notes[:NOTES_MAX])
