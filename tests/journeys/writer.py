"""A kiosk's journal in a process of its own, filled until it is killed: FOLDER FIRST [FLAG...].

Each line on stdout is an acknowledged head, written after the append returned. `index` also writes
index and receipts, `unsynced` leaves the sync out (so that a test can see a cut lose something).
"""

import itertools
import os
import sys
from pathlib import Path

from sync import store
from sync.disk import Disk, Tail
from sync.journal import open_journal
from tests.sync.kit import DEVICE, HALL_KEY, STAMP, sign_receipt, visit

EPOCH_ENTRIES = 25
"""So that files are born while the disk is cut."""

RECEIPT_EVERY = 3


class Unsynced(Disk):
    """A planted bug: what is appended is never brought to the disk."""

    def open_tail(self, path: Path) -> Tail:
        class Careless(Tail):
            def append(self, data: bytes) -> None:
                os.write(self._handle, data)

        return Careless(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))


def main(folder: str, first: str, *flags: str) -> None:
    store.EPOCH_ENTRIES = EPOCH_ENTRIES
    disk = Unsynced() if "unsynced" in flags else Disk()
    journal = open_journal(Path(folder), DEVICE, STAMP, disk, hall_key=HALL_KEY.public)
    journal.open_index(STAMP)
    for number in itertools.count(int(first)):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
            head = journal.head
            os.write(1, f"{head.epoch} {head.seq} {head.hash}\n".encode())
        if "index" in flags:
            journal.index()
            if number % RECEIPT_EVERY == 0:
                journal.receipts.add(sign_receipt(head))


if __name__ == "__main__":
    main(*sys.argv[1:])
