"""The line files of a journal, one per epoch: their names, their places, and lines read from any
seq on.

Knows where lines stand, not what they say. A line is found by its place, so a missing one is an
empty line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sync.disk import Disk
from sync.records import LINE_MAX, NO_HASH
from sync.wire import BODY_MAX

ENDING = ".ndjson"
CHUNK = BODY_MAX
"""Bytes read at once."""

_epoch_name = re.compile(r"^[0-9a-f]{32}$")


def list_epochs(disk: Disk, folder: Path) -> list[str]:
    """The epochs that have a file, in no order of time."""
    stems = [name.removesuffix(ENDING) for name in disk.list(folder) if name.endswith(ENDING)]
    return [stem for stem in stems if _epoch_name.match(stem)]


class EpochFile:
    """One epoch's file: `count` lines in `size` bytes, the first following `prev`, the last
    hashing to `last`.
    """

    def __init__(self, disk: Disk, folder: Path, name: str) -> None:
        self._disk = disk
        self.name = name
        self.path = folder / (name + ENDING)
        self.count = 0
        self.size = 0
        self.prev = NO_HASH
        self.last = NO_HASH
        self._cursor = (1, 0)

    def grow(self, lines: int, size: int, last: str) -> None:
        """Note that lines were appended."""
        self.count += lines
        self.size += size
        self.last = last

    def read_all(self) -> bytes:
        """The file's bytes up to its last known line."""
        return self._disk.read(self.path)[: self.size]

    def first_line(self) -> bytes:
        """The first line without its newline; empty if there is none."""
        return self._disk.pread(self.path, 0, LINE_MAX + 1).partition(b"\n")[0]

    def read(self, first_seq: int, most: int) -> list[bytes]:
        """At most `most` lines from `first_seq` on, and at most CHUNK bytes of them."""
        if first_seq > self.count or most < 1:
            return []
        seq, offset = self._cursor
        if seq > first_seq:
            seq, offset = 1, 0
        while True:
            lines = self._lines_at(offset)
            if seq + len(lines) > first_seq or not lines:
                break
            offset += _length(lines)
            seq += len(lines)
        offset += _length(lines[: first_seq - seq])
        lines = lines[first_seq - seq :][:most]
        self._cursor = (first_seq + len(lines), offset + _length(lines))
        return lines

    def _lines_at(self, offset: int) -> list[bytes]:
        size = min(CHUNK, self.size - offset)
        data = self._disk.pread(self.path, offset, size) if size > 0 else b""
        return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]

    def tail(self, size: int) -> tuple[bool, list[bytes]]:
        """Lines at the end within `size` bytes, and whether they are all there are; a torn
        one comes last.
        """
        start = max(0, self.size - size)
        data = self._disk.pread(self.path, start, size)
        lines = data.split(b"\n")
        return start == 0, lines if start == 0 else lines[1:]

    def walk(self) -> Iterator[bytes]:
        """Every line from the first on."""
        seq = 1
        while lines := self.read(seq, self.count):
            yield from lines
            seq += len(lines)


def _length(lines: list[bytes]) -> int:
    return sum(map(len, lines)) + len(lines)
