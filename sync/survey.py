"""The quick look at a journal at every start: links between files, and the newest file's end whole.

What it does not read (the rest of the newest file, older files) is checked after the first paint.
"""

from pathlib import Path

import msgspec

from sync.chain import hash_line
from sync.disk import Disk
from sync.findings import Finding
from sync.index import Index
from sync.lines import EpochFile, list_epochs
from sync.receipts import Receipts
from sync.recovery import follows, read_rung

QUICK_BYTES = 256 * 1024
"""How much of the newest file's end is looked at before the first rating; the rest after the first
paint.
"""


class Survey(msgspec.Struct):
    """What a journal consists of after it was opened: its epochs, oldest first, and what was
    found.
    """

    epochs: list[EpochFile] = msgspec.field(default_factory=list)
    findings: list[Finding] = msgspec.field(default_factory=list)
    holes: dict[str, list[int]] = msgspec.field(default_factory=dict)


def look(
    disk: Disk, folder: Path, device: str, index: Index | None, receipts: Receipts
) -> Survey | None:
    """The quick look: links between files, the newest file's end, and it against index and
    receipts.

    Returns None if anything does not fit, which the full recovery then finds out about. Raises
    JournalNewer or JournalBroken for a journal that is not ours to touch. Raises OSError.
    """
    files = [EpochFile(disk, folder, name) for name in list_epochs(disk, folder)]
    if not all(_measure(file, disk, device) for file in files):
        return None
    ordered = _in_line(files)
    if ordered is None:
        return None
    known = {file.name: file for file in ordered}
    newest = receipts.newest
    if newest is not None and newest.receipt.seq and newest.receipt.epoch not in known:
        return None
    if ordered and not _end_fits(ordered[-1], device, index, receipts):
        return None
    if index is not None and any(epoch not in known for epoch in index.epochs()):
        return None
    return Survey(ordered)


def _measure(file: EpochFile, disk: Disk, device: str) -> bool:
    """Read a file's first and last line into it; False if they do not fit the file."""
    file.size = disk.size(file.path)
    first = read_rung(file.first_line())
    _, tail = file.tail(QUICK_BYTES // 8)
    if len(tail) < 2 or tail[-1] or first is None:
        return False
    last = read_rung(tail[-2])
    if last is None or first.seq != 1 or (first.epoch, last.epoch) != (file.name, file.name):
        return False
    if first.v > 1 or last.v > 1 or first.device != device or last.device != device:
        return False
    file.prev, file.count, file.last = first.prev, last.seq, hash_line(tail[-2])
    return True


def _in_line(files: list[EpochFile]) -> list[EpochFile] | None:
    """The files oldest first, or None if they are not one line of links."""
    after = {file.prev: file for file in files}
    ends = {file.last for file in files}
    first = [file for file in files if file.prev not in ends]
    if len(after) != len(files) or len(first) != min(len(files), 1):
        return None
    ordered = first
    while len(ordered) < len(files):
        following = after.get(ordered[-1].last)
        if following is None:
            return None
        ordered.append(following)
    return ordered


def _end_fits(file: EpochFile, device: str, index: Index | None, receipts: Receipts) -> bool:
    """Whether the newest file's end is a chain, and neither index nor receipt knows more or
    other lines.
    """
    _, tail = file.tail(QUICK_BYTES)
    lines = tail[:-1]
    first_seq = file.count - len(lines) + 1
    if follows(lines, device, file.name, first_seq) != file.last:
        return False
    known = list(receipts.proofs(file.name).items())
    row = index.last(file.name) if index is not None else None
    if row is not None:
        known.append(row)
    for seq, digest in known:
        if seq > file.count:
            return False
        if seq >= first_seq and hash_line(lines[seq - first_seq]) != digest:
            return False
    return True
