"""A number that only rises, across restarts too: what every signed request carries.

A block of numbers is reserved in the file at once, so that a request costs no sync.
"""

import threading
from pathlib import Path

from sync.disk import DISK, Disk
from sync.records import SEQ_MAX

BLOCK = 1_000
"""Numbers reserved by one write; a start skips what is left of the last block."""


class Counter:
    """Safe to use from several threads."""

    def __init__(self, path: Path, disk: Disk = DISK) -> None:
        self._path = path
        self._disk = disk
        self._lock = threading.Lock()
        text = disk.read(path).strip()
        self._next = self._reserved = int(text) if text.isdigit() else 0
        self._leap = BLOCK

    def take(self) -> int:
        """The next number. Raises OSError if it cannot be kept."""
        with self._lock:
            self._next += 1
            if self._next > self._reserved:
                self._reserved = min(self._next + BLOCK, SEQ_MAX)
                self._disk.replace(self._path, b"%d\n" % self._reserved)
            return self._next

    def leap(self) -> None:
        """The hall has seen higher numbers (an old card was put back): go ahead, further
        each time.
        """
        with self._lock:
            self._leap *= 2
            self._next = min(self._next + self._leap, SEQ_MAX - BLOCK)
