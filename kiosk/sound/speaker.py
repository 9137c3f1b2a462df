"""Keeps the player: started, fed without ever waiting, noticed when it or the device fails.

Main thread only. Decides nothing of what is said.
"""

import contextlib
import logging
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.screen import loop
from kiosk.sound import player
from kiosk.sound.clips import CHIME, write_line
from sync.backoff import wait_ms

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

PROGRAMS = {
    "aplay": ("-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "{rate}"),
    "pacat": ("--playback", "--raw", "--format=s16le", "--channels=1", "--rate={rate}"),
}
"""The programs that sound what they are fed, the first that is there; `{rate}` is put in."""

DEVICES = {"aplay": "--device=", "pacat": "--device="}

ANSWER_MS = 15_000
"""A player that has not heard a line after this is ended: it may be speaking a few names first."""

RETRY_MS = 1_000
"""The least wait before something that failed is tried again."""

END_S = 2.0
"""How long a player may take to go."""

READ_BYTES = 65_536
BAD_MAX = 200
"""Recordings that could not be played: each is told once, and no more than these."""


class Speaker:
    """`state` is ok or fault, empty until it is known, `why` in one line; `on_turn` is called when
    it changes. `play` and `stop` return at once, always.
    """

    def __init__(
        self, folders: Sequence[str], program: str = "", device: str = "", headphones: str = "none"
    ) -> None:
        self.state = self.why = ""
        self.on_turn: Callable[[], None] = lambda: None
        self.bad: set[str] = set()
        self._folders = folders
        self._names = [program] if program else list(PROGRAMS)
        self._device = device
        self._headphones = headphones
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: bytes | None = None
        self._is_playing = False
        self._heard = b""
        self._failures = 0
        self._watch = loop.Watch(self._listen)
        self._answer = loop.make_timer(lambda: self._lose("the player does not answer"))
        self._retry = loop.make_timer(self._try)

    def begin(self) -> None:
        """Start the player, and try the device without a sound."""
        self._try()

    def play(self, volume: int, words: tuple[str, ...]) -> None:
        """From now on this, whatever is being said; the newest stands if the player is slow."""
        self._is_playing = self._process is not None
        self._write(write_line(volume, words))

    def stop(self) -> None:
        """Silence."""
        self._is_playing = False
        self._write(b"stop\n")

    def close(self) -> None:
        """End the player, politely: what it has playing ends with it."""
        self._retry.stop()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S)
        self._end()

    def _try(self) -> None:
        """Start what is not there; try silently what failed, unless something is being said."""
        if self._process is None:
            self._start()
        if self._process is not None and not self._is_playing:
            self.play(0, (CHIME,))

    def _start(self) -> None:
        command = self._find_program()
        if not command:
            self._fail(f"no player program: {' or '.join(self._names)} is not installed")
            return
        folders = ":".join(self._folders)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-E", "-S", "-m", player.__name__,
                 self._headphones, folders, *command],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=ROOT,
            )  # fmt: skip
        except OSError as error:
            self._fail(f"the player cannot be started: {error}")
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        os.set_blocking(self._process.stdout.fileno(), False)
        self._watch.follow(self._process.stdout.fileno())

    def _find_program(self) -> list[str]:
        name = next((name for name in self._names if shutil.which(name)), None)
        if name is None:
            return []
        device = [DEVICES[name] + self._device] if self._device else []
        return [name, *PROGRAMS[name], *device]

    def _write(self, line: bytes) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._waiting = None
        try:
            os.write(self._process.stdin.fileno(), line)
        except BlockingIOError:
            self._waiting = line
        except OSError as error:
            self._lose(f"the player ended: {error}")
            return
        if not self._answer.isActive():
            self._answer.start(ANSWER_MS)

    def _listen(self) -> None:
        if self._process is None:
            return
        assert self._process.stdout is not None
        try:
            read = os.read(self._process.stdout.fileno(), READ_BYTES)
        except BlockingIOError:
            return
        if not read:
            self._lose("the player ended")
            return
        *lines, self._heard = (self._heard + read).split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8", "replace"))

    def _take(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if verb == "heard":
            self._answer.stop()
            if self._waiting is not None:
                self._write(self._waiting)
        elif verb == "ok":
            self._is_playing = False
            self._failures = 0
            self._turn("ok", "")
        elif verb == "fault":
            self._is_playing = False
            self._fail(rest)
        elif verb == "bad" and rest not in self.bad and len(self.bad) < BAD_MAX:
            self.bad.add(rest)
            log.info("cannot be played: %s", rest)

    def _lose(self, why: str) -> None:
        self._end()
        self._fail(why)

    def _fail(self, why: str) -> None:
        """Say so once, and try again later, and later still."""
        log.log(logging.WARNING if self.state == "ok" else logging.INFO, "no sound: %s", why)
        self._failures += 1
        self._turn("fault", why)
        self._retry.start(wait_ms(self._failures, random.random(), RETRY_MS))

    def _turn(self, state: str, why: str) -> None:
        before, self.state, self.why = self.state, state, why
        if state != before:
            self.on_turn()

    def _end(self) -> None:
        process, self._process = self._process, None
        self._answer.stop()
        self._watch.follow(None)
        self._waiting, self._heard, self._is_playing = None, b"", False
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
        process.stdout.close()
