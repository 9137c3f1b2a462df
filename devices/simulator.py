"""A virtual panel on a real pseudo-terminal: for the demo, for tests, for trying a kiosk by hand.

Knows the panel's side of every format (`mimic`), nothing of the reader at the other end.
"""

from __future__ import annotations

import os
import random
import time
import tty
from errno import EEXIST
from pathlib import Path

from devices.mimic import make_mimic
from devices.profile import Profile

HEAR_MAX = 4_096  # bytes read at once of what the kiosk says
TOLD_MAX = 10_000  # signals remembered of what the kiosk said


class VirtualPanel:
    """A panel one can press, flood, damage and unplug. Closes its pseudo-terminal as a context."""

    def __init__(self, profile: Profile, link: Path | None = None) -> None:
        """`link`: a symbolic link kept to the pseudo-terminal; OSError if it cannot be made."""
        self.profile = profile
        self.link = link
        self._mimic = make_mimic(profile)
        self._master: int | None = None
        self._slave: int | None = None
        self._started = time.monotonic()
        self._flip = False
        self.replug()

    @property
    def path(self) -> str:
        """Where to open the panel: the link if there is one, else the pseudo-terminal."""
        if self.link is not None:
            return str(self.link)
        return os.ttyname(self._slave) if self._slave is not None else ""

    @property
    def received(self) -> list[str]:
        """The signals (invite, thanks, pause, fault) that the kiosk has sent so far."""
        self.serve()
        return self._mimic.told

    def take_told(self) -> list[str]:
        """The signals since the last call; `received` forgets them."""
        told = self.received[:]
        self._mimic.told.clear()
        return told

    def fileno(self) -> int | None:
        """The descriptor to watch for what the kiosk says; None while unplugged."""
        return self._master

    def press(self, key: str, hold_ms: int = 0) -> None:
        """One push of a wire key. With `hold_ms` it sleeps; without, down and up go at once."""
        self.down(key)
        if hold_ms:
            time.sleep(hold_ms / 1_000)
        self.up(key)

    def down(self, key: str) -> None:
        self.send(self._mimic.down(key))

    def up(self, key: str) -> None:
        self.send(self._mimic.up(key))

    def heartbeat(self, now_ms: int | None = None) -> None:
        """Sends a heartbeat with an uptime of `now_ms` (default: since it was made)."""
        if now_ms is None:
            now_ms = round((time.monotonic() - self._started) * 1_000)
        self._write(self._mimic.beat(now_ms))

    def noise(self, count: int, seed: int | None = None) -> None:
        """`count` random bytes, as a bad cable makes them."""
        self.send(self._mimic.spoil(random.Random(seed).randbytes(count)))

    def flip(self) -> None:
        """The next bytes sent have one bit wrong, heartbeats aside."""
        self._flip = True

    def flood(self, count: int) -> None:
        """The first key pressed `count` times without a pause, asked for or not."""
        key = self.profile.keys[0][0]
        for _ in range(count):
            self.send(self._mimic.push(key))

    def send(self, data: bytes) -> None:
        """Raw bytes to the kiosk; lost, as on a real line, where nobody takes them."""
        if self._flip and data:
            self._flip = False
            at = len(data) // 2
            data = data[:at] + bytes([data[at] ^ 0x04]) + data[at + 1 :]
        self._write(data)

    def _write(self, data: bytes) -> None:
        if self._master is None or not data:
            return
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return

    def serve(self) -> None:
        """Hears what the kiosk has said and answers where the format has answers."""
        if self._master is None:
            return
        try:
            while data := os.read(self._master, HEAR_MAX):
                self.send(self._mimic.hear(data))
        except OSError:
            pass  # nothing more to hear
        del self._mimic.told[:-TOLD_MAX]

    def unplug(self) -> None:
        """The cable is pulled: the pseudo-terminal hangs up, the link is gone."""
        if self.link is not None and self._slave is not None:
            ours = os.ttyname(self._slave)
            if self.link.is_symlink() and os.readlink(self.link) == ours:
                self.link.unlink()  # not if another panel has taken the link over
        for fd in (self._master, self._slave):
            if fd is not None:
                os.close(fd)
        self._master = self._slave = None

    def replug(self) -> None:
        """It comes back, as a new pseudo-terminal of another name behind the same link."""
        self.unplug()
        try:
            self._master, self._slave = os.openpty()
        except OSError as error:
            error.filename = "/dev/ptmx"
            raise
        os.set_blocking(self._master, False)
        tty.setraw(self._slave)
        if self.link is not None:
            if self.link.exists() and not self.link.is_symlink():
                raise FileExistsError(EEXIST, "is there already, and is no link", str(self.link))
            fresh = self.link.with_name(f"{self.link.name}.{os.getpid()}.new")
            fresh.symlink_to(os.ttyname(self._slave))
            fresh.replace(self.link)

    def close(self) -> None:
        self.unplug()

    def __enter__(self) -> VirtualPanel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
