"""Appending to the journal's line files: one write and one sync before the thanks. The hot path.

Belongs to one thread. After an error nothing is tried again on the same handle; `reopen` closes,
opens and verifies.
"""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sync import ballast
from sync.chain import hash_line
from sync.disk import Disk, Tail
from sync.draft import encode_line, make_entry
from sync.errors import StoreFailed
from sync.findings import Finding
from sync.lines import EpochFile
from sync.mirror import Mirror
from sync.records import LINE_MAX, AnyEntry, Boot, Draft, Stamp, Window
from sync.shelf import Shelf

EPOCH_ENTRIES = 20_000
"""Entries of an epoch before a new one begins: starts stay fast and pruning removes whole files."""


class Store:
    """The files of one journal as they grow; `findings` tells what happened to them."""

    def __init__(self, folder: Path, device: str, disk: Disk, mirror: Mirror) -> None:
        self.folder = folder
        self.device = device
        self.findings: list[Finding] = []
        self.make_epoch: Callable[[], str] = lambda: os.urandom(16).hex()
        self._disk = disk
        self._mirror = mirror
        self._shelf = Shelf([])
        self._tail: Tail | None = None
        self._turning: EpochFile | None = None
        self._failed = False
        self._window: Draft | None = None

    @property
    def failed(self) -> bool:
        """Whether an append failed and `reopen` has not succeeded since."""
        return self._failed

    def is_sound(self) -> bool:
        """Whether what was written is still there, as long as it was; asks, and reads nothing.

        True after a failure that is known: it is said on the screen, and `reopen` is tried.
        """
        file = self._shelf.newest
        if file is None or self._failed or file is self._turning:
            return True
        try:
            return self._disk.size(file.path) == file.size
        except OSError:
            return False

    def append(self, stamp: Stamp, drafts: Sequence[Draft]) -> list[AnyEntry]:
        """Append 1…n entries in one write, on the disk when this returns.

        Raises StoreFailed when they are not; nothing is tried again until `reopen`. Raises
        ValueError, with nothing written, for fields that make no entry.
        """
        if self._failed:
            raise StoreFailed(f"{self.folder}: failed before and was not opened again")
        file = self._shelf.newest
        if file is None or file.count >= EPOCH_ENTRIES:
            file = self._next_file()
            if self._window is not None and drafts[0].kind not in (Boot, Window):
                drafts = [self._window, *drafts]
        entries, lines = self._write_up(stamp, drafts, file)
        data = b"".join([line + b"\n" for line in lines])
        try:
            self._store(file, data)
        except OSError as error:
            self._fail(file)
            raise StoreFailed(f"{file.path}: {say(error)}") from error
        first_seq = file.count + 1
        self._shelf.grow(file, len(lines), len(data), hash_line(lines[-1]))
        self._mirror.note(file.name, first_seq, lines)
        self._window = next((d for d in reversed(drafts) if d.kind is Window), self._window)
        return entries

    def _next_file(self) -> EpochFile:
        file = EpochFile(self._disk, self.folder, self.make_epoch())
        file.prev = file.last = self._shelf.head().hash
        return file

    def _write_up(
        self, stamp: Stamp, drafts: Sequence[Draft], file: EpochFile
    ) -> tuple[list[AnyEntry], list[bytes]]:
        entries: list[AnyEntry] = []
        lines: list[bytes] = []
        prev = file.last
        for seq, draft in enumerate(drafts, start=file.count + 1):
            entry = make_entry(draft, stamp, self.device, file.name, seq, prev)
            line = encode_line(entry)
            entries.append(entry)
            lines.append(line)
            prev = hash_line(line)
        return entries, lines

    def _store(self, file: EpochFile, data: bytes) -> None:
        try:
            self._write(file, data)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not self._free_ballast():
                raise
            self._drop_tail()
            self._cut_back(file)
            self._write(file, data)

    def _write(self, file: EpochFile, data: bytes) -> None:
        if self._tail is None or file.count == 0:
            self._drop_tail()
            self._tail = self._disk.open_tail(file.path)
        self._tail.append(data)

    def _fail(self, file: EpochFile) -> None:
        self._failed = True
        self._drop_tail()
        if file is not self._shelf.newest:
            self._turning = file

    def reopen(self) -> None:
        """After StoreFailed: close, open, verify the tail. Raises StoreFailed if it stays
        failed.
        """
        self._drop_tail()
        try:
            if self._turning is not None:
                self._disk.remove(self._turning.path)
                self._turning = None
            file = self._shelf.newest
            if file is not None:
                self._cut_back(file)
                self._tail = self._disk.open_tail(file.path)
        except OSError as error:
            raise StoreFailed(f"{self.folder}: {say(error)}") from error
        self._failed = False

    def _cut_back(self, file: EpochFile) -> None:
        """Cut off what a failed append left, and see that what was durable is still there."""
        if self._disk.size(file.path) != file.size:
            self._disk.truncate(file.path, file.size)
        _, tail = file.tail(LINE_MAX + 2)
        if file.count and (len(tail) < 2 or hash_line(tail[-2]) != file.last):
            raise StoreFailed(f"{file.path}: its last line is not what was written")

    def _drop_tail(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            tail.close()

    def _free_ballast(self) -> bool:
        if not ballast.free(self._disk, self.folder):
            return False
        self.findings.append(Finding("ballast_freed"))
        return True


def say(error: OSError) -> str:
    """What the system says of an error, in one line."""
    return os.strerror(error.errno or errno.EIO)


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say an OSError as StoreFailed."""
    try:
        yield
    except OSError as error:
        raise StoreFailed(f"{folder}: {say(error)}") from error
