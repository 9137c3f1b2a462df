"""The journal of a kiosk: appended line by line, durable before the thanks, read back for the hall.

The line files are the truth, the index a second copy written after the answer is painted. `read`,
`epochs`, `head`, `backlog` and `receipts` may be used from any thread, the rest belongs to the one
that appends. Knows no clock (time comes in as a Stamp), no network and no visit.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from sync import ballast
from sync.disk import DISK, Disk
from sync.draft import make_loss
from sync.errors import IndexFailed, JournalBroken, JournalError, StoreFailed
from sync.findings import Finding
from sync.index import Index
from sync.lines import EpochFile
from sync.mirror import Mirror, OpenIndex
from sync.parting import Parting
from sync.pruning import prunable
from sync.rated import is_rated
from sync.receipts import Receipts
from sync.records import AnyEntry, Loss, Stamp, decode_entry
from sync.recovery import follows
from sync.repair import Evidence, Recovery
from sync.shelf import READ_MAX
from sync.store import Store, say, told
from sync.survey import Survey, look
from sync.wire import Place

RECENT_MAX = 2_000
"""Entries that `recent` goes back: more than a window makes in a day."""


class Journal(Store):
    """One open journal, held alone. Made by `open_journal`."""

    def __init__(
        self, folder: Path, device: str, disk: Disk, mirror: Mirror, receipts: Receipts, hold: int
    ) -> None:
        super().__init__(folder, device, disk, mirror)
        self.receipts = receipts
        self.holes: dict[str, list[int]] = {}
        self.was_clean = mirror.index is not None and mirror.index.clean
        self._hold = hold
        self._unchecked: list[EpochFile] = []
        self._sound = False
        self._suspect: Stamp | None = None

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
        count = 0
        proven = False
        for place in reversed(self.epochs()):
            mark = self.receipts.mark(place.epoch)
            if mark is not None:
                count += max(0, place.seq - mark.seq)
                proven = True
            elif not proven or self.receipts.is_doubted(place.epoch):
                count += place.seq
        return count

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

    # The second copy, and what is done when nobody waits.

    def index(self) -> None:
        """Write appended lines to the index. Called after the answer is painted."""
        self._mirror.flush()

    def is_rated(self, project_no: str, service_no: str) -> bool:
        """Whether an invitation to rate this service ended as rated."""
        self._mirror.flush()
        known = self._mirror.ask(lambda index: index.is_rated(project_no, service_no), None)
        if known is None or self._mirror.behind:
            return is_rated(self.entries(), project_no, service_no)
        return known

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
        with told(self.folder):
            if not self._sound and not self._is_chain(file):
                self.recover(stamp)
            elif wrong := self._mirror.fill(file):
                self.findings.append(Finding("index_filled", file.name, 0, 0, str(wrong)))
        if not self._unchecked:
            self._mirror.settle(self._shelf.files)
        return bool(self._unchecked)

    def _is_chain(self, file: EpochFile) -> bool:
        lines = file.read_all().split(b"\n")[:-1]
        return len(lines) == file.count and follows(lines, self.device, file.name) == file.last

    def recover(self, stamp: Stamp, given: Mapping[str, Mapping[int, bytes]] | None = None) -> None:
        """Recover the whole folder from files, index, receipts and lines `given` back by the hall.

        Raises JournalNewer, JournalBroken, OSError.
        """
        self._drop_tail()
        self._suspect, self._failed = stamp, True
        self._mirror.flush()
        losses = functools.partial(make_loss, stamp, self.device)
        try:
            self.adopt(self._recovery(losses, given or {}).run())
        except IndexFailed as error:
            self._mirror.discard(error)
            self.adopt(self._recovery(losses, given or {}).run())
        self._suspect, self._failed, self._turning = None, False, None
        self._sound = True
        self._unchecked = list(self._shelf.files)

    def _recovery(
        self,
        make_loss: Callable[[str, int, int, str], Loss],
        given: Mapping[str, Mapping[int, bytes]],
    ) -> Recovery:
        evidence = Evidence(self._mirror.index, self.receipts, given)
        return Recovery(self._disk, self.folder, self.device, evidence, self.make_epoch, make_loss)

    def fill(self, stamp: Stamp, epoch: str, lines: Mapping[int, bytes]) -> bool:
        """Put lines that the hall gave back where they are missing; whether any are missing still.

        Raises StoreFailed.
        """
        missing = set(self.holes.get(epoch, ()))
        wanted = {seq: line for seq, line in lines.items() if seq in missing}
        if wanted:
            with told(self.folder):
                self.recover(stamp, {epoch: wanted})
        return bool(self.holes)

    def follow_hall(self, stamp: Stamp, epoch: str, lines: Sequence[bytes]) -> bool:
        """The hall holds `lines` as this epoch, from seq 1, and ours parted from them (a fork).

        What is ours goes on in a new epoch that follows the hall's last line, declared as lost
        here; the hall's lines stand where ours stood, which go to quarantine. False if there is
        nothing to do. Raises StoreFailed.
        """
        with told(self.folder):
            self._drop_tail()
            self._suspect, self._failed = stamp, True
            work = Parting(self._disk, self.folder, self.device, self.make_epoch)
            make = functools.partial(make_loss, stamp, self.device)
            names = [file.name for file in self._shelf.files]
            after = names[names.index(epoch) :] if epoch in names else []
            self._mirror.forget(after)
            self.receipts.forget(set(after[1:]))
            parted = work.run(self._shelf.files, epoch, lines, make)
            self.recover(stamp)
        return parted

    def prune(self, stamp: Stamp) -> list[str]:
        """Remove epochs with a receipt to their end that are older than 90 days; their names."""
        gone = prunable(self._shelf.files, self.receipts, stamp.at)
        with told(self.folder):
            for file in gone:
                self._mirror.forget([file.name])
                self._disk.remove(file.path)
                self._shelf.replace([kept for kept in self._shelf.files if kept is not file])
            self._unchecked = [file for file in self._unchecked if file not in gone]
            if gone:
                self.receipts.forget({file.name for file in gone})
        return [file.name for file in gone]

    def reopen(self) -> None:
        """After StoreFailed: close, open, verify the tail, or recover if that is what failed.

        Raises StoreFailed if it stays failed.
        """
        if self._suspect is not None:
            with told(self.folder):
                self.recover(self._suspect)
        super().reopen()

    def adopt(self, survey: Survey) -> None:
        """Take over what was found in the folder.

        The newest file is synced: a process that died between write and sync may have left lines
        that only look durable, and the next entries build on them. Raises OSError.
        """
        if survey.epochs:
            self._disk.sync_file(survey.epochs[-1].path)
        self._shelf.replace(survey.epochs)
        self.holes = survey.holes
        self.findings += survey.findings
        self.was_clean = self.was_clean and not survey.findings
        self._mirror.settle(survey.epochs)

    def lay_ballast(self) -> bool:
        """Lay the ballast if there is plenty of room for it; whether it is there."""
        return ballast.lay(self._disk, self.folder)

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
        survey = mirror.ask(lambda index: look(disk, folder, device, index, receipts), None)
        if survey is not None:
            journal.adopt(survey)
        else:
            journal.recover(stamp)
        mirror.renew()
    except OSError as error:
        if hold is not None:
            disk.unlock(hold)
        raise StoreFailed(f"{folder}: {say(error)}") from error
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
