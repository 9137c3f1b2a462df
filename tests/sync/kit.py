"""Journals made quickly for tests: drafts, stamps, a device with a key, receipts of a hall."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.journal import Journal, open_journal
from sync.keys import Key
from sync.records import Draft, Invitation, Outcome, Rating, Stamp, Transaction
from sync.wire import RECEIPT, Mark, Place, Receipt, mark_text
from tests.sync.simdisk import SimDisk, SimIndex

AT = "2026-03-02T01:02:03.004Z"
STAMP = Stamp(AT, "b" * 32, 1, "synced")
FOLDER = Path("/k/journal")


def make_key(seed: int) -> Key:
    """The same key for the same seed."""
    return Key(Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")))


DEVICE_KEY = make_key(1)
HALL_KEY = make_key(2)
DEVICE = DEVICE_KEY.device


def invitation_id(number: int) -> str:
    return f"{number:032x}"


def rating(number: int, level: int = 5) -> list[Draft]:
    return [
        Draft(
            Rating,
            {"invitation": invitation_id(number), "level": level, "scale": "three", "key": "1"},
        )
    ]


def visit(number: int) -> list[list[Draft]]:
    """The appends of one whole visit."""
    named = {"invitation": invitation_id(number)}
    served = Transaction(project_no=f"P{number}", service_no="1")
    asked = {**named, "mode": "invited", "transaction": served, "expires_ms": 20_000}
    return [
        [Draft(Invitation, asked)],
        rating(number),
        [Draft(Outcome, {**named, "outcome": "rated"})],
    ]


def sign_receipt(place: Place, device: str = DEVICE, key: Key = HALL_KEY) -> Receipt:
    mark = Mark(device, place.epoch, place.seq, place.hash, AT)
    return Receipt(mark, key.sign(mark_text(RECEIPT, mark)))


@dataclass
class Desk:
    """Opens journals on one simulated disk, with epochs named in order."""

    disk: SimDisk = field(default_factory=SimDisk)
    names: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def open(self, check: bool = True) -> Journal:
        journal = open_journal(
            FOLDER,
            DEVICE,
            STAMP,
            self.disk,
            hall_key=HALL_KEY.public,
            open_index=lambda _: SimIndex(self.disk),
            make_epoch=lambda: f"{next(self.names):032x}",
        )
        if check:
            journal.open_index(STAMP)
            while journal.check_next(STAMP):
                pass
        return journal


def lines_of(journal: Journal) -> list[bytes]:
    """Every line of a journal, oldest first."""
    return [
        line
        for place in journal.epochs()
        for first in range(1, place.seq + 1, 1000)
        for line in journal.read(place.epoch, first)
    ]


def levels_of(journal: Journal) -> dict[str, int]:
    """Invitation -> level of its newest rating."""
    return {e.invitation: e.level for e in journal.entries() if isinstance(e, Rating)}


def losses_of(journal: Journal) -> list[tuple[str, int, int]]:
    from sync.records import Loss

    return [(e.lost_epoch, e.first, e.last) for e in journal.entries() if isinstance(e, Loss)]
