"""`journal verify`: every line file walked from the files alone, beside a running kiosk if need be.

Says what is altered, dropped, reordered or added, and where. Lines that nothing after them proves
yet (behind the last receipt, with no index to ask) are counted as unproven.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sync import index as door
from sync.chain import hash_line
from sync.disk import DISK, Disk
from sync.errors import IndexFailed, JournalBroken
from sync.findings import Finding
from sync.index import Index
from sync.lines import ENDING, list_epochs
from sync.receipts import NAME as RECEIPTS
from sync.receipts import read_receipts
from sync.records import NO_HASH, AnyEntry, decode_entry
from sync.recovery import read_rung
from sync.wire import Mark, Place


@dataclass(slots=True)
class Report:
    """What verification found. `unproven` lines have neither a receipt nor a row behind them.
    `held` is whether a kiosk holds the index, `index_wrong` why an index that is there is useless.
    """

    epochs: int = 0
    entries: int = 0
    unproven: int = 0
    indexed: bool = False
    held: bool = False
    index_wrong: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


@dataclass(slots=True)
class _Walked:
    name: str
    device: str = ""
    prev: str = NO_HASH
    hashes: list[str] = field(default_factory=list)


def verify(folder: Path, hall_key: str | None = None, disk: Disk = DISK) -> Report:
    """Verify the journal in `folder`, changing nothing. Raises JournalBroken if there is none."""
    names = list_epochs(disk, folder)
    if not names and not disk.list(folder):
        raise JournalBroken(f"{folder}: no journal here")
    report = Report(epochs=len(names))
    walked = {name: _walk(disk, folder, name, report) for name in names}
    marks = _check_receipts(disk, folder, hall_key, walked, report)
    _check_links(walked, marks, report)
    rows = _check_index(disk, folder, walked, report)
    proven = {name: max(rows.get(name, 0), _seq(marks.get(name))) for name in names}
    later = {epoch.prev for epoch in walked.values()}
    for epoch in walked.values():
        if not epoch.hashes or epoch.hashes[-1] not in later:
            report.unproven += max(0, len(epoch.hashes) - proven[epoch.name])
    return report


def _walk(disk: Disk, folder: Path, name: str, report: Report) -> _Walked:
    """Walk one file: every line in its place, each following the one before it."""
    walked = _Walked(name)
    *lines, torn = disk.read(folder / (name + ENDING)).split(b"\n")
    report.entries += len(lines)
    follows: str | None = None
    for seq, line in enumerate(lines, start=1):
        rung = read_rung(line)
        if rung is None:
            report.findings.append(Finding("unreadable" if line else "asked_back", name, seq))
        elif rung.v > 1:
            report.findings.append(Finding("newer", name, seq, 0, f"version {rung.v}"))
        elif (rung.seq, rung.epoch) != (seq, name) or rung.device != (walked.device or rung.device):
            report.findings.append(Finding("misplaced", name, seq))
        elif follows is not None and rung.prev != follows:
            report.findings.append(Finding("altered", name, seq - 1))
        if rung is not None:
            walked.device = walked.device or rung.device
            walked.prev = rung.prev if seq == 1 else walked.prev
        follows = hash_line(line) if rung is not None else None
        walked.hashes.append(hash_line(line))
    if torn:
        report.findings.append(Finding("torn", name, len(lines) + 1))
    return walked


def _check_receipts(
    disk: Disk, folder: Path, hall_key: str | None, walked: dict[str, _Walked], report: Report
) -> dict[str, Mark]:
    receipts, bad = read_receipts(disk.read(folder / RECEIPTS), hall_key)
    report.findings += [Finding("receipt_bad", detail=f"line {number}") for number in bad]
    marks: dict[str, Mark] = {}
    for receipt in receipts:
        marks[receipt.receipt.epoch] = receipt.receipt
    newest = receipts[-1].receipt.epoch if receipts else None
    for name, mark in marks.items():
        hashes = walked[name].hashes if name in walked else []
        if mark.seq > len(hashes):
            if name in walked or name == newest:
                report.findings.append(Finding("cut", name, len(hashes) + 1, mark.seq))
        elif mark.seq and hashes[mark.seq - 1] != mark.hash:
            report.findings.append(Finding("contradicted", name, mark.seq))
    return marks


def _check_links(walked: dict[str, _Walked], marks: dict[str, Mark], report: Report) -> None:
    """Every epoch but the oldest follows a line of another, and no two follow the same."""
    homes = {digest: name for name, epoch in walked.items() for digest in epoch.hashes}
    homes |= {mark.hash: name for name, mark in marks.items()}
    loose = [
        epoch
        for epoch in walked.values()
        if epoch.hashes and homes.get(epoch.prev) in (None, epoch.name)
    ]
    for epoch in loose[1:] if len(loose) > 1 else []:
        report.findings.append(Finding("unlinked", epoch.name, 1))
    for epoch in walked.values():
        home = walked.get(homes.get(epoch.prev, ""))
        ends = home.hashes[-1:] if home is not None else []
        if home is not None and ends != [epoch.prev] and epoch.prev in home.hashes:
            seq = home.hashes.index(epoch.prev) + 2
            report.findings.append(Finding("added", home.name, seq, len(home.hashes)))


def _check_index(
    disk: Disk, folder: Path, walked: dict[str, _Walked], report: Report
) -> dict[str, int]:
    """Compare with the index where no kiosk holds it; returns the last seq it proves of each
    epoch.
    """
    hold = disk.lock(folder)
    if hold is None:
        report.held = True
        return {}
    try:
        return _compare(folder, walked, report) if disk.size(folder / door.NAME) else {}
    finally:
        disk.unlock(hold)


def _compare(folder: Path, walked: dict[str, _Walked], report: Report) -> dict[str, int]:
    proven: dict[str, int] = {}
    try:
        index = Index(folder / door.NAME)
    except IndexFailed as error:
        report.index_wrong = str(error)
        return proven
    try:
        for name in index.epochs():
            rows = index.rows(name)
            hashes = walked[name].hashes if name in walked else []
            for seq, line in rows.items():
                if seq > len(hashes):
                    report.findings.append(Finding("missing", name, seq))
                elif hash_line(line) != hashes[seq - 1]:
                    report.findings.append(Finding("differs", name, seq))
            proven[name] = max(rows, default=0)
        report.indexed = True
    except IndexFailed as error:
        report.index_wrong = str(error)
    index.close(clean=index.clean)
    return proven


def _seq(mark: Mark | None) -> int:
    return mark.seq if mark is not None else 0


def show(folder: Path, disk: Disk = DISK) -> Iterator[tuple[Place, AnyEntry | None, bytes]]:
    """Every entry with its place and its line, epoch by epoch as they follow each other."""
    waiting = list_epochs(disk, folder)
    files = {name: disk.read(folder / (name + ENDING)).split(b"\n")[:-1] for name in waiting}
    ends = {hash_line(lines[-1]): name for name, lines in files.items() if lines}
    order: list[str] = []
    for name in waiting:
        chain: list[str] = []
        while name and name not in order and name not in chain:
            chain.append(name)
            rung = read_rung(files[name][0]) if files[name] else None
            name = ends.get(rung.prev, "") if rung is not None else ""
        order += reversed(chain)
    for name in order:
        for seq, line in enumerate(files[name], start=1):
            try:
                entry = decode_entry(line)
            except ValueError:
                entry = None
            yield Place(name, seq, hash_line(line)), entry, line
