"""A journal taken elsewhere, as one stream of lines, verbatim, that an auditor can read.

Epochs come oldest first, receipts after them; nothing is changed here.
"""

from collections.abc import Iterator
from pathlib import Path

from sync.disk import DISK, Disk
from sync.receipts import NAME as RECEIPTS
from sync.verify import show


def export(folder: Path, disk: Disk = DISK) -> Iterator[bytes]:
    """Every line of the journal with its newline, then every receipt; beside a kiosk too."""
    for _, _, line in show(folder, disk):
        yield line + b"\n"
    *receipts, _ = disk.read(folder / RECEIPTS).split(b"\n")
    for receipt in receipts:
        yield receipt + b"\n"
