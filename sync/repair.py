"""The full recovery of a journal's files, when the quick look at a start finds something wrong.

Carries out what `recovery.weigh` says: torn lines to quarantine, missing ones back from the index,
what nobody holds declared in a `loss` entry of a new epoch. Every step leaves files from which the
next start goes on.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from sync.chain import hash_line
from sync.disk import Disk
from sync.errors import JournalBroken, JournalNewer
from sync.findings import Finding
from sync.index import Index
from sync.lines import ENDING, EpochFile, list_epochs
from sync.receipts import Receipts
from sync.records import NO_HASH, Loss, encode_entry
from sync.recovery import Verdict, read_rung, weigh
from sync.survey import Survey

JOURNAL_VERSION = 1
QUARANTINE = "quarantine"
QUARANTINE_MAX = 1000
"""Files kept in quarantine; after that pieces are only counted."""


class Evidence(msgspec.Struct, frozen=True):
    """What there is beside the files: the index, the receipts, lines the hall gave back."""

    index: Index | None
    receipts: Receipts
    given: Mapping[str, Mapping[int, bytes]]


class Recovery:
    """The full recovery of one folder. `make_loss` gives the loss entry for a place in a new
    epoch.
    """

    def __init__(
        self,
        disk: Disk,
        folder: Path,
        device: str,
        evidence: Evidence,
        new_epoch: Callable[[], str],
        make_loss: Callable[[str, int, int, str], Loss],
    ) -> None:
        self._disk = disk
        self._folder = folder
        self._device = device
        self._index = evidence.index
        self._receipts = evidence.receipts
        self._given = evidence.given
        self._new_epoch = new_epoch
        self._make_loss = make_loss
        self._findings: list[Finding] = []
        self._data: dict[str, bytes] = {}
        self._rows: dict[str, dict[int, bytes]] = {}
        self._verdicts: dict[str, Verdict] = {}

    def run(self) -> Survey:
        """Recover. Raises JournalNewer, JournalBroken before anything is touched, OSError,
        IndexFailed.
        """
        self._weigh_all()
        order = self._order()
        self._weigh_closed(order)
        self._refuse_foreign()
        fresh = self._declare(order)
        if fresh is not None:
            name, body = fresh
            self._disk.replace(self._folder / (name + ENDING), body)
        for name in order:
            self._put_right(name)
        if fresh is not None:
            order.append(name := fresh[0])
            self._data[name] = fresh[1]
            self._verdicts[name] = weigh(fresh[1], {}, {}, self._device, name)
        order = [name for name in order if self._verdicts[name].lines]
        return Survey(
            [self._file(name) for name in order],
            self._findings,
            {name: holes for name in order if (holes := self._verdicts[name].holes)},
        )

    def _weigh_all(self) -> None:
        names = list_epochs(self._disk, self._folder)
        if self._index is not None:
            names += self._index.epochs()
        newest = self._receipts.newest
        if newest is not None and newest.receipt.seq:
            names.append(newest.receipt.epoch)
        for name in dict.fromkeys(names):
            self._data[name] = self._disk.read(self._folder / (name + ENDING))
            self._rows[name] = self._index.rows(name) if self._index is not None else {}
            verdict = self._weigh(name)
            proofs = self._receipts.proofs(name)
            at_odds = verdict.broken or verdict.holes
            if proofs and at_odds and self._receipts.disprove(name):
                self._findings.append(Finding("receipt_bad", name))
                verdict = self._weigh(name)
            self._verdicts[name] = verdict

    def _weigh(self, name: str, closed_at: str | None = None) -> Verdict:
        given = self._given.get(name, {}).values()
        rows, proofs = self._rows[name], self._receipts.proofs(name)
        data = self._data[name]
        return weigh(data, rows, proofs, self._device, name, NO_HASH, closed_at, given)

    def _order(self) -> list[str]:
        """Epochs oldest first: each after the one that holds the hash its first line follows."""
        homes: dict[str, str] = {}
        for name, verdict in self._verdicts.items():
            homes |= dict.fromkeys(verdict.claims, name)
            homes[verdict.base] = name
        parents: dict[str, str | None] = {}
        for name, verdict in self._verdicts.items():
            rung = read_rung(verdict.lines[0]) if verdict.lines and verdict.lines[0] else None
            parent = homes.get(rung.prev) if rung is not None and rung.prev != NO_HASH else None
            if parent is None and verdict.lines and verdict.lines[0]:
                parent = _lost_epoch(verdict.lines[0])
            parents[name] = parent if parent != name and parent in self._verdicts else None
        order: list[str] = []
        entered: set[str] = set()

        def place(name: str) -> None:
            parent = parents[name]
            if parent is not None and parent not in order and parent not in entered:
                entered.add(name)
                place(parent)
            if name not in order:
                order.append(name)

        roots: dict[str, str] = {}
        for name in self._verdicts:
            place(name)
        for name in order:
            parent = parents[name]
            roots[name] = roots.get(parent, name) if parent is not None else name
        newest = self._receipts.newest
        last = roots.get(newest.receipt.epoch) if newest is not None else None
        return sorted(order, key=lambda name: roots[name] == last)

    def _weigh_closed(self, order: list[str]) -> None:
        """Weigh again every epoch that a later one closed before its end."""
        for name in order:
            for later in order[order.index(name) + 1 :]:
                first = self._verdicts[later].lines[:1]
                rung = read_rung(first[0]) if first and first[0] else None
                if rung is None or rung.prev == self._verdicts[name].base:
                    continue
                again = self._weigh(name, rung.prev)
                if again.base == rung.prev or (again.broken and self._verdicts[name].broken):
                    self._verdicts[name] = again

    def _refuse_foreign(self) -> None:
        """Refuse a journal of a later version or of another device, untouched."""
        for name, verdict in self._verdicts.items():
            believed = [line for line in [*verdict.lines, *verdict.spare] if line]
            version = find_newer(believed, 1) or find_newer(self._data[name].split(b"\n"), 2)
            if version:
                raise JournalNewer(
                    f"{self._folder / (name + ENDING)}: written in version {version} of the"
                    " journal; this software reads version 1. Nothing was changed"
                )
            if not verdict.lines and not verdict.spare and self._data[name]:
                rung = read_rung(self._data[name].partition(b"\n")[0])
                if rung is not None and rung.device != self._device and rung.epoch == name:
                    raise JournalBroken(
                        f"{self._folder / (name + ENDING)}: belongs to device {rung.device},"
                        f" but the key here is of {self._device}. Nothing was changed"
                    )

    def _declare(self, order: list[str]) -> tuple[str, bytes] | None:
        """The name and lines of the new epoch that declares what is lost and carries on
        what is whole.
        """
        said = self._declared()
        entries: list[Loss] = []
        spare: list[bytes] = []
        for name in order:
            verdict = self._verdicts[name]
            fresh = [span for span in verdict.lost if (name, *span) not in said]
            if not verdict.broken or not fresh:
                continue
            cause = "damaged" if self._data[name] else "missing"
            for first, last in fresh:
                entries.append(self._make_loss(name, first, last, cause))
                self._findings.append(Finding("lost", name, first, last))
            spare += verdict.spare
        if not entries:
            return None
        base = next((self._verdicts[name].base for name in reversed(order)), NO_HASH)
        name = self._new_epoch()
        lines = carry([*map(encode_entry, entries), *spare], name, base)
        return name, b"".join([line + b"\n" for line in lines])

    def _declared(self) -> set[tuple[str, int, int]]:
        """The losses that entries of any epoch declare already."""
        said = set()
        for verdict in self._verdicts.values():
            for line in verdict.lines:
                if line is not None and b'"loss"' in line:
                    loss = msgspec.json.decode(line, type=_Declared)
                    said.add((loss.lost_epoch, loss.first, loss.last))
        return said

    def _put_right(self, name: str) -> None:
        """Make one file what its verdict says, after the rest of it was put aside."""
        verdict = self._verdicts[name]
        data = self._data[name]
        path = self._folder / (name + ENDING)
        pieces = [*verdict.chunks, verdict.torn] if verdict.torn else verdict.chunks
        if pieces:
            set_aside(self._disk, self._folder, name, pieces)
        if verdict.torn:
            self._findings.append(Finding("torn", name, len(verdict.lines) + 1, 0))
        for seq in verdict.restored:
            self._findings.append(Finding("restored", name, seq, seq))
        for seq in verdict.holes:
            self._findings.append(Finding("asked_back", name, seq, seq))
        body = verdict.body
        if not body:
            self._disk.remove(path)
        elif body == data:
            return
        elif data.startswith(body):
            self._disk.truncate(path, len(body))
        else:
            self._disk.replace(path, body)

    def _file(self, name: str) -> EpochFile:
        verdict = self._verdicts[name]
        file = EpochFile(self._disk, self._folder, name)
        first = read_rung(verdict.lines[0]) if verdict.lines[0] else None
        file.prev = first.prev if first else NO_HASH
        file.grow(len(verdict.lines), len(verdict.body), verdict.base)
        return file


class _Declared(msgspec.Struct, frozen=True):
    lost_epoch: str = ""
    first: int = 0
    last: int = 0


def _lost_epoch(line: bytes) -> str | None:
    """The epoch that a new one declares losses of, if its first line does."""
    return msgspec.json.decode(line, type=_Declared).lost_epoch or None


def carry(lines: Iterable[bytes], epoch: str, prev: str) -> list[bytes]:
    """The same entries at new places: everything as it was but epoch, seq and prev."""
    carried = []
    for seq, line in enumerate(lines, start=1):
        fields = msgspec.json.decode(line)
        fields |= {"epoch": epoch, "seq": seq, "prev": prev}
        carried.append(msgspec.json.encode(fields))
        prev = hash_line(carried[-1])
    return carried


def set_aside(disk: Disk, folder: Path, name: str, pieces: list[bytes]) -> None:
    """Keep pieces that have no place in the journal, for people to look at."""
    place = folder / QUARANTINE
    disk.make_folder(place)
    data = b"\n".join(pieces)
    names = disk.list(place)
    if len(names) < QUARANTINE_MAX:
        disk.replace(place / f"{name}-{hash_line(data)[:12]}", data)


def find_newer(lines: Iterable[bytes], fewest: int) -> int:
    """The later version that at least `fewest` lines say they are of; 0 if none.

    One flipped bit makes a 1 a 3, 5 or 9 in one line, never a 2: that is believed at once.
    """
    rungs = [rung for line in lines if (rung := read_rung(line)) is not None and rung.v > 1]
    if len(rungs) >= fewest or any(rung.v == JOURNAL_VERSION + 1 for rung in rungs):
        return max((rung.v for rung in rungs), default=0)
    return 0
