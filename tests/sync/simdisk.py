"""A disk in memory that can lose power between any two steps, tear a write, fail, or be full.

What a power cut leaves of a file is what was synced, and any part of what was written after that.
Folders know names only; renames and truncations are whole or not at all, as journalling file
systems make them.
"""

import errno
import random
from dataclasses import dataclass, field
from pathlib import Path

from sync.chain import hash_line
from sync.disk import FRESH, Disk, Tail
from sync.errors import IndexFailed
from sync.index import Index, Row, to_record


class PowerCut(BaseException):
    """The machine is off. Not an Exception: nothing in the product may catch it."""


@dataclass
class File:
    data: bytearray = field(default_factory=bytearray)
    synced: int = 0


class SimTail(Tail):
    def __init__(self, disk: "SimDisk", path: str) -> None:
        self._disk = disk
        self._path = path

    def append(self, data: bytes) -> None:
        self._disk.append(self._path, data)

    def close(self) -> None:
        pass


class SimDisk(Disk):
    """`cut_at` is the number of the step at which the power goes; `fail_at` at which EIO comes."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = random.Random(seed)
        self.files: dict[str, File] = {}
        self.folders: set[str] = set()
        self.rows: dict[tuple[str, int], bytes] = {}
        self.rows_durable: dict[tuple[str, int], bytes] = {}
        self.index_layout = 0
        self.index_broken = False
        self.clean = False
        self.held: set[str] = set()
        self.steps = 0
        self.cut_at: int | None = None
        self.fail_at: int | None = None
        self.fail_with = errno.EIO
        self.room: int | None = None

    # Trouble.

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.cut_at:
            raise PowerCut
        if self.steps == self.fail_at:
            raise OSError(self.fail_with, "planned")

    def cut_power(self) -> None:
        """Keep what a power cut leaves."""
        for file in self.files.values():
            unsynced = bytes(file.data[file.synced :])
            kept = unsynced[: self.rng.randint(0, len(unsynced))]
            if kept and self.rng.random() < 0.2:
                kept = bytes(len(kept))
            file.data[file.synced :] = kept
            file.synced = len(file.data)
        lost = [key for key in self.rows if key not in self.rows_durable]
        for key in lost[self.rng.randint(0, len(lost)) :]:
            del self.rows[key]
        self.rows_durable = dict(self.rows)
        self.held.clear()
        self.clean = False
        self.cut_at = self.fail_at = None

    def copy(self) -> "SimDisk":
        """The same files on another disk."""
        other = SimDisk()
        other.files = {path: File(bytearray(f.data), f.synced) for path, f in self.files.items()}
        other.folders = set(self.folders)
        other.rows = dict(self.rows)
        other.rows_durable = dict(self.rows_durable)
        return other

    def used(self) -> int:
        return sum(len(file.data) for file in self.files.values())

    def _need(self, size: int) -> int:
        return size if self.room is None else min(size, max(0, self.room - self.used()))

    # The disk's own.

    def make_folder(self, path: Path) -> None:
        self.folders.add(str(path))

    def lock(self, folder: Path) -> int | None:
        if str(folder) in self.held:
            return None
        self.held.add(str(folder))
        return 1

    def unlock(self, handle: int) -> None:
        self.held.clear()

    def open_tail(self, path: Path) -> Tail:
        self.step()
        self.files.setdefault(str(path), File())
        return SimTail(self, str(path))

    def append(self, path: str, data: bytes) -> None:
        self.step()
        file = self.files[path]
        room = self._need(len(data))
        if self.steps + 1 == self.fail_at:
            room = self.rng.randint(0, room)
        file.data += data[:room]
        if room < len(data) and self.steps + 1 != self.fail_at:
            raise OSError(errno.ENOSPC, "full")
        self.step()
        file.synced = len(file.data)

    def list(self, folder: Path) -> list[str]:
        start = f"{folder}/"
        names = [p.removeprefix(start) for p in self.files if p.startswith(start)]
        return sorted(name for name in names if "/" not in name)

    def size(self, path: Path) -> int:
        file = self.files.get(str(path))
        return len(file.data) if file else 0

    def read(self, path: Path) -> bytes:
        file = self.files.get(str(path))
        return bytes(file.data) if file else b""

    def pread(self, path: Path, offset: int, size: int) -> bytes:
        return bytes(self.files[str(path)].data[offset : offset + size])

    def replace(self, path: Path, data: bytes) -> None:
        fresh = str(path) + FRESH
        self.step()
        room = self._need(len(data))
        self.files[fresh] = File(bytearray(data[:room]), 0)
        if room < len(data):
            raise OSError(errno.ENOSPC, "full")
        self.step()
        self.files[fresh].synced = len(data)
        self.rename(Path(fresh), path)

    def truncate(self, path: Path, size: int) -> None:
        self.step()
        file = self.files[str(path)]
        del file.data[size:]
        file.synced = len(file.data)

    def sync_file(self, path: Path) -> None:
        self.step()
        self.files[str(path)].synced = len(self.files[str(path)].data)

    def rename(self, old: Path, new: Path) -> None:
        self.step()
        self.files[str(new)] = self.files.pop(str(old))

    def remove(self, path: Path) -> None:
        self.step()
        if path.name == "index.db":
            self.rows.clear()
            self.rows_durable.clear()
            self.index_broken = False
        self.files.pop(str(path), None)

    def sync_folder(self, folder: Path) -> None:
        self.step()

    def free(self, folder: Path) -> int:
        return 2**40 if self.room is None else max(0, self.room - self.used())


class SimIndex(Index):
    """The index on a simulated disk: rows last written may be lost in a power cut."""

    def __init__(self, disk: SimDisk) -> None:
        self.disk = disk
        self.clean = disk.clean
        if disk.index_broken:
            raise IndexFailed("planned")

    def add(self, rows: "list[Row]") -> None:  # type: ignore[override]
        self.disk.clean = self.clean = False
        if self.disk.room is not None and self.disk.used() >= self.disk.room:
            raise IndexFailed("disk is full", broken=False)
        for epoch, seq, line in rows:
            self.disk.rows[epoch, seq] = line

    def epochs(self) -> list[str]:
        return list(dict.fromkeys(epoch for epoch, _ in self.disk.rows))

    def last(self, epoch: str) -> tuple[int, str] | None:
        seqs = [seq for name, seq in self.disk.rows if name == epoch]
        return (max(seqs), hash_line(self.disk.rows[epoch, max(seqs)])) if seqs else None

    def rows(self, epoch: str) -> dict[int, bytes]:
        return {seq: line for (name, seq), line in self.disk.rows.items() if name == epoch}

    def is_rated(self, project_no: str, service_no: str) -> bool:
        rows = [to_record(*key, line)[5:] for key, line in self.disk.rows.items()]
        asked = {row[0] for row in rows if row[1:3] == (project_no, service_no)}
        return any(row[3] == "rated" and row[0] in asked for row in rows)

    def forget(self, epochs: "list[str]") -> None:  # type: ignore[override]
        for key in [key for key in self.disk.rows if key[0] in set(epochs)]:
            del self.disk.rows[key]
            self.disk.rows_durable.pop(key, None)

    def close(self, clean: bool) -> None:
        self.disk.clean = clean
        self.disk.rows_durable = dict(self.disk.rows)
