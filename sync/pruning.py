"""What may be removed from a kiosk: epochs the hall holds whole, older than 90 days. Pure.

The hall must have stood by the receipt since this start, because it may have gone back to a backup.
Two clocks must agree that the time has passed, the hall's (in its signed receipts) and ours, so
that neither of them alone, jumping to 2106, removes anything.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sync.lines import EpochFile
from sync.receipts import Receipts

KEPT = timedelta(days=90)


def prunable(files: Sequence[EpochFile], receipts: Receipts, now: str) -> list[EpochFile]:
    """The oldest epochs that may go; never the newest, nor that of the newest receipt."""
    newest = receipts.newest
    gone: list[EpochFile] = []
    if newest is None:
        return gone
    for file in files[:-1]:
        mark = receipts.mark(file.name)
        if mark is None or file.name == newest.receipt.epoch:
            break
        if not receipts.is_confirmed(file.name):
            break
        if (mark.seq, mark.hash) != (file.count, file.last):
            break
        if not (is_past(mark.at, newest.receipt.at) and is_past(mark.at, now)):
            break
        gone.append(file)
    return gone


def is_past(then: str, now: str) -> bool:
    """Whether the time of keeping lies between two moments; never, if one cannot be read."""
    try:
        return datetime.fromisoformat(now) - datetime.fromisoformat(then) > KEPT
    except (ValueError, TypeError, OverflowError):
        return False
