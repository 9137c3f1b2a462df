"""The epochs of a journal in their order, as both threads see them: heads, backlog, lines read from
any place.

The thread that appends changes it, any other may read it meanwhile. Knows nothing of what lines
say.
"""

import threading
from collections.abc import Iterator

from sync.lines import EpochFile
from sync.records import NO_HASH
from sync.wire import Place

READ_MAX = 1_000
"""Lines returned by one `read`."""


class Shelf:
    """The epochs' files, oldest first."""

    def __init__(self, files: list[EpochFile]) -> None:
        self._lock = threading.Lock()
        self._files = files

    @property
    def files(self) -> list[EpochFile]:
        """The files, oldest first; the list is never changed, only replaced."""
        return self._files

    @property
    def newest(self) -> EpochFile | None:
        """The file that grows."""
        return self._files[-1] if self._files else None

    def replace(self, files: list[EpochFile]) -> None:
        """Take other files in."""
        with self._lock:
            self._files = files

    def grow(self, file: EpochFile, lines: int, size: int, last: str) -> None:
        """Note lines that were appended to `file`, which may be new."""
        with self._lock:
            if file not in self._files:
                self._files = [*self._files, file]
            file.grow(lines, size, last)

    def head(self) -> Place:
        """The newest entry; seq 0 of no epoch if there is none."""
        with self._lock:
            return _place(self._files[-1]) if self._files else Place("", 0, NO_HASH)

    def ends(self) -> list[Place]:
        """The last entry of every epoch, oldest epoch first."""
        with self._lock:
            return [_place(file) for file in self._files]

    def read(self, epoch: str, first_seq: int, most: int) -> list[bytes]:
        """At most `most` lines of an epoch from `first_seq` on, verbatim; an empty one is
        missing.
        """
        with self._lock:
            file = next((file for file in self._files if file.name == epoch), None)
            return file.read(first_seq, min(most, READ_MAX)) if file else []

    def walk(self, epoch: str, first_seq: int = 1) -> Iterator[bytes]:
        """Every line of an epoch from `first_seq` on, as far as it has grown."""
        while lines := self.read(epoch, first_seq, READ_MAX):
            yield from lines
            first_seq += len(lines)


def _place(file: EpochFile) -> Place:
    return Place(file.name, file.count, file.last)
