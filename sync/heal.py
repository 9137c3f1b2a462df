"""`journal heal`: check every file, restore what index and hall still have, declare the rest.

For a technician, while no kiosk runs. What it does is what a start does, without waiting for one.
"""

from pathlib import Path

from sync.carrier import Door, fetch
from sync.counter import Counter
from sync.errors import HallRefused
from sync.findings import Finding
from sync.hall_client import HallClient
from sync.identity import COUNTER, KEY, Identity
from sync.journal import Journal, open_journal
from sync.records import Stamp


def heal(data: Path, identity: Identity, stamp: Stamp) -> list[Finding]:
    """Heal the journal of a data folder; what was found and done, what is still missing last.

    Raises JournalError with one line if it cannot be opened or is held by a kiosk.
    """
    from sync import keys

    journal = open_journal(data / "journal", identity.device, stamp, hall_key=identity.hall_key)
    counter = Counter(data / COUNTER)
    client = HallClient(identity.address, keys.load(data / KEY), counter, identity.ca)
    try:
        journal.open_index(stamp)
        while journal.check_next(stamp):
            pass
        ask_back(journal, client, stamp)
        return journal.findings
    finally:
        client.close()
        journal.close(clean=journal.was_clean)


def ask_back(journal: Journal, door: Door, stamp: Stamp) -> None:
    """Ask the hall for every line that is missing here; a hall that is away leaves them missing."""
    for epoch, missing in list(journal.holes.items()):
        try:
            lines = fetch(door, epoch, missing[0], missing[-1])
        except HallRefused as refusal:
            place = (epoch, missing[0], missing[-1])
            journal.findings.append(Finding("asked_back", *place, str(refusal)))
            continue
        journal.fill(stamp, epoch, dict(enumerate(lines, start=missing[0])))
