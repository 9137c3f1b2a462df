"""What recovery and verification found, as values; the words for them are the caller's."""

import msgspec

WHAT = {
    "torn": "an unfinished last line was put into quarantine",
    "restored": "a damaged or missing line was restored from the index",
    "asked_back": "a line is missing here but the hall holds it; it is asked back",
    "lost": "lines that nobody holds; declared in a loss entry",
    "receipt_bad": "a damaged receipt was put aside",
    "index_filled": "rows missing in the index were filled from the file",
    "index_failed": "the index could not be used; it was made anew",
    "ballast_freed": "the disk is full; the ballast was freed",
    "altered": "a line does not hash to what the line after it says",
    "unreadable": "a line is not an entry",
    "misplaced": "a line has another seq, epoch or device than its place",
    "added": "lines stand after the place at which the next epoch closed this one",
    "unlinked": "the epoch does not follow the end of the one before",
    "contradicted": "a receipt of the hall states another hash",
    "cut": "a receipt of the hall states more lines than the file has",
    "differs": "the index holds another line",
    "missing": "the index holds lines that the file does not have",
    "newer": "written by a later version of the software",
}
"""Every kind of finding and what it means."""


class Finding(msgspec.Struct, frozen=True):
    """One finding: `what` of WHAT, in which epoch, from which seq to which (0: open)."""

    what: str
    epoch: str = ""
    first: int = 0
    last: int = 0
    detail: str = ""

    def __str__(self) -> str:
        place = f"{self.epoch}.ndjson" if self.epoch else "journal"
        if self.first:
            place += f" line {self.first}" + (f"-{self.last}" if self.last > self.first else "")
        words = WHAT.get(self.what, self.what)
        return f"{place}: {words}" + (f" ({self.detail})" if self.detail else "")
