"""The few file operations a journal needs, as one small class, so that a simulated disk can stand
in for it.

Every operation raises OSError as the system does. Knows nothing of lines or entries.
"""

import contextlib
import errno
import fcntl
import os
import shutil
from pathlib import Path

MODE = 0o600
FOLDER_MODE = 0o700
FRESH = ".new"
"""Ending of a file that is being written whole; one found at start was never finished."""


class Tail:
    """An open file that only grows. After an OSError it is used no more: close it and open
    another.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def append(self, data: bytes) -> None:
        """Write `data` at the end in one write, and return when it is on the disk."""
        if os.write(self._handle, data) != len(data):
            raise OSError(errno.ENOSPC, "only a part was written")
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)


class Disk:
    """The real disk."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it; fine if it is there."""
        if not path.is_dir():
            path.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            self.sync_folder(path.parent)

    def lock(self, folder: Path) -> int | None:
        """Hold a folder alone until `unlock`; None if somebody else holds it."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def unlock(self, handle: int) -> None:
        """Let go of a folder."""
        os.close(handle)

    def open_tail(self, path: Path) -> Tail:
        """Open a file to append to; a new one is durable in its folder before this returns."""
        fresh = not path.exists()
        tail = Tail(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, MODE))
        if fresh:
            self.sync_folder(path.parent)
        return tail

    def list(self, folder: Path) -> list[str]:
        """Names in a folder, sorted; none if it is not there."""
        with contextlib.suppress(FileNotFoundError):
            return sorted(os.listdir(folder))
        return []

    def size(self, path: Path) -> int:
        """Bytes of a file; 0 if it is not there."""
        with contextlib.suppress(FileNotFoundError):
            return path.stat().st_size
        return 0

    def read(self, path: Path) -> bytes:
        """A whole file; empty if it is not there."""
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
        return b""

    def pread(self, path: Path, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`."""
        with path.open("rb", buffering=0) as file:
            return os.pread(file.fileno(), size, offset)

    def replace(self, path: Path, data: bytes) -> None:
        """Write a file whole, so that a power cut leaves the old or the new one."""
        fresh = path.with_name(path.name + FRESH)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        self.rename(fresh, path)

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to `size` bytes."""
        handle = os.open(path, os.O_WRONLY)
        try:
            os.ftruncate(handle, size)
            os.fsync(handle)
        finally:
            os.close(handle)

    def sync_file(self, path: Path) -> None:
        """Return when what was written to a file is on the disk, whoever wrote it."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, old: Path, new: Path) -> None:
        """Rename within one folder, durable when it returns."""
        os.replace(old, new)
        self.sync_folder(new.parent)

    def remove(self, path: Path) -> None:
        """Remove a file; fine if it is not there."""
        path.unlink(missing_ok=True)
        self.sync_folder(path.parent)

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in the folder are on the disk."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def free(self, folder: Path) -> int:
        """Bytes free for the journal on its file system."""
        return shutil.disk_usage(folder).free


DISK = Disk()
