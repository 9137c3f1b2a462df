"""The second copy while a kiosk runs: lines wait here until they are in the index, and a failing
index stops nothing.

Used by the thread that appends. What the index cannot take now is filled from the files later.
"""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sync import index as door
from sync.disk import Disk
from sync.errors import IndexFailed
from sync.index import Index, Row
from sync.lines import EpochFile

PENDING_MAX = 2_000
"""Lines that wait for the index; beyond it they are filled from the files."""

OpenIndex = Callable[[Path], Index]
Answer = TypeVar("Answer")


class Mirror:
    """The index of a folder, opened if it can be; made anew when it is broken."""

    def __init__(self, disk: Disk, folder: Path, open_index: OpenIndex = Index) -> None:
        self._disk = disk
        self._folder = folder
        self._open = open_index
        self._pending: list[Row] = []
        self._stale = False
        self.trouble: list[str] = []
        self.index: Index | None = None
        self._broken = False
        self.connect()

    def connect(self) -> None:
        """Open the index; a broken one is left where it is until `renew`."""
        try:
            self.index = self._open(self._folder / door.NAME)
        except IndexFailed as error:
            self._fail(error)

    def renew(self) -> None:
        """Throw a broken index away and begin another, to be filled from the files."""
        if self._broken:
            for name in door.FILES:
                self._disk.remove(self._folder / name)
            self._broken = False
        if self.index is None:
            self._stale = True
            self.connect()

    def _fail(self, error: IndexFailed) -> None:
        self.trouble.append(str(error))
        if error.broken:
            self._broken = True
            if self.index is not None:
                self.index.close(clean=False)
            self.index = None

    def ask(self, question: Callable[[Index], Answer], otherwise: Answer) -> Answer:
        """Ask the index; `otherwise` if it has no answer."""
        if self.index is None:
            return otherwise
        try:
            return question(self.index)
        except IndexFailed as error:
            self._fail(error)
            return otherwise

    def note(self, epoch: str, first_seq: int, lines: list[bytes]) -> None:
        """Remember lines that were appended to the file."""
        if len(self._pending) + len(lines) > PENDING_MAX:
            self._pending.clear()
            self._stale = True
        self._pending += [(epoch, seq, line) for seq, line in enumerate(lines, first_seq)]

    def flush(self) -> None:
        """Write what waits. An index that fails is asked again at the next flush."""
        if self._pending and self.index is not None:
            with contextlib.suppress(IndexFailed):
                try:
                    self.index.add(self._pending)
                except IndexFailed as error:
                    self._fail(error)
                    raise
                self._pending.clear()

    @property
    def behind(self) -> bool:
        """Whether rows are missing that only the files can give."""
        return self._stale or bool(self._pending)

    def fill(self, file: EpochFile) -> int:
        """Make the index hold a file's lines as they stand; says how many were not."""
        return self.ask(lambda index: _fill(index, file), 0)

    def settle(self, files: Sequence[EpochFile]) -> None:
        """Look whether the index ends where each file ends; until it does, the files answer."""
        ends = {file.name: (file.count, file.last) for file in files}
        self._stale = not self.ask(
            lambda index: all(index.last(name) == end for name, end in ends.items()), False
        )

    def forget(self, epochs: list[str]) -> None:
        """Drop the rows of epochs."""
        self.flush()
        self._pending = [row for row in self._pending if row[0] not in epochs]
        self.ask(lambda index: index.forget(epochs), None)

    def discard(self, error: IndexFailed) -> None:
        """Go on without the index until `renew`."""
        self._fail(error)
        if self.index is not None:
            self.index.close(clean=False)
            self.index = None

    def close(self, clean: bool) -> None:
        """Write what waits and close."""
        self.flush()
        if self.index is not None:
            self.index.close(clean and not self._stale)
            self.index = None


def _fill(index: Index, file: EpochFile) -> int:
    rows = index.rows(file.name)
    lines = enumerate(file.walk(), start=1)
    wrong = [(file.name, seq, line) for seq, line in lines if line and rows.get(seq) != line]
    if wrong:
        index.add(wrong)
    return len(wrong)
