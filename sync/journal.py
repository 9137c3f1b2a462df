"""The journal of a kiosk: appended line by line, durable before the thanks, read back for the hall.

The line files are the truth, the index a second copy written after the answer is painted. `read`,
`epochs`, `head`, `backlog` and `receipts` may be used from any thread, the rest belongs to the one
that appends. Knows no clock (time comes in as a Stamp), no network and no visit.
"""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sync import ballast
from sync.chain import hash_line
from sync.disk import DISK, Disk, Tail
from sync.draft import encode_line, make_entry, make_loss
from sync.errors import JournalBroken, JournalError, StoreFailed
from sync.findings import Finding
from sync.index import Index
from sync.lines import EpochFile
from sync.mirror import Mirror, OpenIndex
from sync.receipts import Receipts
from sync.records import LINE_MAX, NO_HASH, AnyEntry, Boot, Draft, Stamp, Window, decode_entry
from sync.recovery import follows
from sync.repair import Recovery
from sync.shelf import READ_MAX, Shelf
from sync.survey import Survey, look
from sync.wire import Place

EPOCH_ENTRIES = 20_000
"""Entries of an epoch before a new one begins: starts stay fast and pruning removes whole files."""


RECENT_MAX = 2_000
"""Entries that `recent` goes back: more than a window makes in a day."""


class Journal:
    """One open journal, held alone. Made by `open_journal`."""

    def __init__(
        self, folder: Path, device: str, disk: Disk, mirror: Mirror, receipts: Receipts, hold: int
    ) -> None:
        self.folder = folder
        self.device = device
        self.receipts = receipts
        self.findings: list[Finding] = []
        self.holes: dict[str, list[int]] = {}
        self.was_clean = mirror.index is not None and mirror.index.clean
        self.make_epoch: Callable[[], str] = lambda: os.urandom(16).hex()
        self._disk = disk
        self._mirror = mirror
        self._hold = hold
        self._shelf = Shelf([])
        self._tail: Tail | None = None
        self._turning: EpochFile | None = None
        self._failed = False
        self._window: Draft | None = None
        self._unchecked: list[EpochFile] = []
        self._sound = False

    # What another thread may ask.

    @property
    def head(self) -> Place:
        """The newest entry; seq 0 of no epoch if there is none yet."""
        return self._shelf.head()

    def epochs(self) -> list[Place]:
        """The last entry of every epoch, oldest epoch first."""
        return self._shelf.ends()

    @property
    def backlog(self) -> int:
        """How many entries the hall has given no receipt for."""
        newest = self.receipts.newest
        mark = newest.receipt if newest is not None else Place("", 0, NO_HASH)
        return self._shelf.count_after(mark.epoch, mark.seq)

    def read(self, epoch: str, first_seq: int, most: int = READ_MAX) -> list[bytes]:
        """At most `most` lines from `first_seq` on, verbatim; an empty one is missing here."""
        return self._shelf.read(epoch, first_seq, most)

    def entries(self) -> Iterator[AnyEntry | None]:
        """Every entry, oldest first; None for a line that says nothing to this version."""
        for place in self.epochs():
            for line in self._shelf.walk(place.epoch):
                yield _decode(line)

    def recent(self, most: int = RECENT_MAX) -> Iterator[AnyEntry | None]:
        """The newest entries, `most` of them if there are so many, oldest first: for a
        quick start.
        """
        spans: list[tuple[str, int]] = []
        for place in reversed(self.epochs()):
            spans.append((place.epoch, max(1, place.seq - most + 1)))
            most -= place.seq
            if most <= 0:
                break
        for epoch, first_seq in reversed(spans):
            for line in self._shelf.walk(epoch, first_seq):
                yield _decode(line)

    # What belongs to the thread that appends.

    @property
    def failed(self) -> bool:
        """Whether an append failed and `reopen` has not succeeded since."""
        return self._failed

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
            raise StoreFailed(f"{file.path}: {_say(error)}") from error
        first_seq = file.count + 1
        self._shelf.grow(file, len(lines), len(data), hash_line(lines[-1]))
        self._mirror.note(file.name, first_seq, lines)
        self._window = next((d for d in reversed(drafts) if d.kind is Window), self._window)
        return entries

    def _next_file(self) -> EpochFile:
        file = EpochFile(self._disk, self.folder, self.make_epoch())
        file.prev = file.last = self.head.hash
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
            raise StoreFailed(f"{self.folder}: {_say(error)}") from error
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

    # The second copy, and what is done when nobody waits.

    def index(self) -> None:
        """Write appended lines to the index. Called after the answer is painted."""
        self._mirror.flush()

    def is_rated(self, project_no: str, service_no: str) -> bool:
        """Whether an invitation to rate this service ended as rated."""
        self._mirror.flush()
        return self._mirror.ask(lambda index: index.is_rated(project_no, service_no), False)

    def open_index(self, stamp: Stamp) -> None:
        """After the first paint: check the newest file whole and fill the index with it.

        Files before it are checked by `check_next`, one a call. Raises StoreFailed when a
        recovery is needed and the disk does not let it happen.
        """
        self._unchecked = list(self._shelf.files)
        self.check_next(stamp)

    def check_next(self, stamp: Stamp) -> bool:
        """Check one more file and fill the index with it, newest first; False when all are done."""
        if not self._unchecked:
            return False
        file = self._unchecked.pop()
        if not self._sound and not self._is_chain(file):
            self.recover(stamp)
        else:
            wrong = self._mirror.fill(file)
            if wrong:
                self.findings.append(Finding("index_filled", file.name, 0, 0, str(wrong)))
        return bool(self._unchecked)

    def _is_chain(self, file: EpochFile) -> bool:
        lines = file.read_all().split(b"\n")[:-1]
        return len(lines) == file.count and follows(lines, self.device, file.name) == file.last

    def recover(self, stamp: Stamp) -> None:
        """Recover the whole folder from files, index and receipts. Raises what open_journal
        does.
        """
        self._drop_tail()
        self._mirror.flush()
        work = Recovery(
            self._disk,
            self.folder,
            self.device,
            self._mirror.index,
            self.receipts,
            self.make_epoch,
            lambda epoch, first, last, cause: make_loss(
                stamp, self.device, epoch, first, last, cause
            ),
        )
        self.adopt(work.run())
        self._sound = True
        self._unchecked = list(self._shelf.files)

    def adopt(self, survey: Survey) -> None:
        """Take over what was found in the folder."""
        self._shelf.replace(survey.epochs)
        self.holes = survey.holes
        self.findings += survey.findings
        self.was_clean = self.was_clean and not survey.findings

    def lay_ballast(self) -> bool:
        """Lay the ballast if there is plenty of room for it; whether it is there."""
        return ballast.lay(self._disk, self.folder)

    def _free_ballast(self) -> bool:
        if not ballast.free(self._disk, self.folder):
            return False
        self.findings.append(Finding("ballast_freed"))
        return True

    def close(self, clean: bool = True) -> None:
        """Let go of everything; `clean` is what the next start is told of this stop."""
        self._drop_tail()
        self._mirror.close(clean and not self._failed)
        self.receipts.close()
        self._disk.unlock(self._hold)


def open_journal(
    folder: Path,
    device: str,
    stamp: Stamp,
    disk: Disk = DISK,
    *,
    hall_key: str | None = None,
    open_index: OpenIndex = Index,
    make_epoch: Callable[[], str] | None = None,
) -> Journal:
    """Open the journal in `folder`, or begin one; recover it first where it needs that.

    `stamp` dates a `loss` entry, `hall_key` (base64) proves a receipt that disagrees with the
    files. Raises JournalNewer, JournalBroken, or StoreFailed, each one line; nothing was changed by
    the first two.
    """
    hold: int | None = None
    try:
        disk.make_folder(folder)
        hold = disk.lock(folder)
        if hold is None:
            raise JournalBroken(f"{folder}: held by another process; a journal has one kiosk only")
        receipts = Receipts(disk, folder, device, hall_key)
        mirror = Mirror(disk, folder, open_index)
        journal = Journal(folder, device, disk, mirror, receipts, hold)
        if make_epoch is not None:
            journal.make_epoch = make_epoch
        survey = look(disk, folder, device, mirror.index, receipts)
        if survey is not None:
            journal.adopt(survey)
        else:
            journal.recover(stamp)
        mirror.renew()
    except OSError as error:
        if hold is not None:
            disk.unlock(hold)
        raise StoreFailed(f"{folder}: {_say(error)}") from error
    except JournalError:
        if hold is not None:
            disk.unlock(hold)
        raise
    return journal


def _decode(line: bytes) -> AnyEntry | None:
    try:
        return decode_entry(line)
    except ValueError:
        return None


def _say(error: OSError) -> str:
    return os.strerror(error.errno or errno.EIO)
