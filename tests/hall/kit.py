"""A kiosk and a hall joined in memory: chains made by hand, batches signed, time given."""

import hashlib
import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync import batch
from sync.hall.ledger import gate, moment, roster
from sync.hall.ledger.intake import Intake
from sync.hall.ledger.store import KEY_FILE, Store
from sync.hall.ledger.visits import COLUMNS, Visit, key_visit
from sync.hall.refusal import Refused
from sync.keys import Key, check, decode_public, write_whole
from sync.records import (
    NO_HASH,
    Entry,
    Invitation,
    Joined,
    Outcome,
    Rating,
    Reason,
    Service,
    Transaction,
    Window,
    encode_entry,
)
from sync.wire import (
    CHECKPOINT,
    MEDIA_TYPE,
    RECEIPT,
    BatchAnswer,
    Checkpoint,
    Mark,
    SignedMark,
    mark_text,
)

ZONE = ZoneInfo("Asia/Shanghai")
START = moment.parse("2026-03-02T01:00:00.000Z") or 0
STATUSES = {
    "gap": 409,
    "fork": 409,
    "signature": 401,
    "device-unknown": 403,
    "device-revoked": 403,
    "too-large": 413,
    "media-type": 415,
    "malformed": 422,
}
_ids = itertools.count(1)


def make_key(seed: int) -> Key:
    """The same key for the same seed."""
    return Key(Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")))


def sha(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


class Chain:
    """One epoch of a kiosk; `at` and `mono_ms` advance a second with each entry."""

    def __init__(
        self,
        key: Key,
        epoch: str = "",
        prev: str = NO_HASH,
        start: int = START,
        clock: str = "synced",
    ) -> None:
        self.key = key
        self.epoch = epoch or f"{next(_ids):032x}"
        self.prev = prev
        self.lines: list[bytes] = []
        self.start = start
        self.clock = clock
        self.boot = f"{next(_ids):032x}"

    def add(self, kind: type[Entry], **fields: Any) -> bytes:
        """Append an entry; returns its line."""
        seq = len(self.lines) + 1
        head: dict[str, Any] = {
            "device": self.key.device,
            "epoch": self.epoch,
            "seq": seq,
            "prev": sha(self.lines[-1]) if self.lines else self.prev,
            "at": moment.write(self.start + 1000 * seq),
            "boot": self.boot,
            "mono_ms": 1000 * seq,
            "clock": self.clock,
        }
        line = encode_entry(kind(**(head | fields)))
        self.lines.append(line)
        return line

    def raw(self, line: bytes) -> None:
        """Append bytes as they are."""
        self.lines.append(line)

    def open(self, window: str = "3", hall: str = "H", clerk_no: str = "C1") -> "Chain":
        self.add(Window, hall=hall, window=window, state="open", clerk_no=clerk_no)
        return self

    def invite(self, project: str | None = None, mode: str = "invited", service: str = "1") -> str:
        name = f"{next(_ids):032x}"
        asked = Transaction(project_no=project, service_no=service) if project else None
        self.add(Invitation, invitation=name, mode=mode, transaction=asked, expires_ms=30_000)
        return name

    def rate(self, name: str, level: int = 5, revision: int = 0) -> None:
        self.add(
            Rating,
            invitation=name,
            level=level,
            scale="three",
            key="1",
            revision=revision,
            after_ms=9,
        )

    def end(self, name: str, outcome: str = "rated") -> None:
        self.add(Outcome, invitation=name, outcome=outcome)

    def reason(self, name: str, *tags: str) -> None:
        self.add(Reason, invitation=name, reasons=list(tags), skipped=not tags)

    def join(self, name: str, project: str, service: str = "1") -> None:
        asked = Transaction(project_no=project, service_no=service)
        self.add(Joined, invitation=name, transaction=asked)

    def leave_out(self, project: str) -> None:
        asked = Transaction(project_no=project, service_no="1")
        self.add(Service, service=f"{next(_ids):032x}", state="not_asked", transaction=asked)

    def visit(self, project: str | None = None, level: int = 5, mode: str = "invited") -> str:
        """A whole visit that ends rated."""
        name = self.invite(project, mode)
        self.rate(name, level)
        self.end(name)
        return name

    def mark(self, seq: int | None = None, at: str = "2026-03-02T02:00:00.000Z") -> Mark:
        seq = len(self.lines) if seq is None else seq
        return Mark(self.key.device, self.epoch, seq, sha(self.lines[seq - 1]), at)

    def body(
        self, first: int = 1, last: int | None = None, receipt: SignedMark | None = None
    ) -> bytes:
        """A signed batch of the lines `first` to `last`."""
        last = len(self.lines) if last is None else last
        return sign(self.key, self.mark(last), self.lines[first - 1 : last], receipt)


def sign(key: Key, mark: Mark, lines: Sequence[bytes], receipt: SignedMark | None = None) -> bytes:
    signature = key.sign(mark_text(CHECKPOINT, mark))
    head = Checkpoint(mark, signature, receipt) if receipt else Checkpoint(mark, signature)
    return batch.pack(head, lines)


class TestHall:
    """Store, roster and intake without a transport; `now` is whatever a test says. Its key lies in
    the folder, where audit and restore look for it.
    """

    __test__ = False

    def __init__(self, folder: Path, key: Key | None = None) -> None:
        self.folder = folder
        self.key = key or make_key(999)
        self.open()
        write_whole(folder / KEY_FILE, self.key._private.private_bytes_raw())
        self.now = START + 3_600_000

    def open(self) -> None:
        self.store = Store(self.folder)
        self.intake = Intake(self.store, self.key, ZONE)
        with self.store.read() as connection:
            self.intake.roster.load(connection)

    def close(self) -> None:
        self.store.close()

    def restart(self) -> None:
        self.close()
        self.open()

    def know(self, *keys: Key, hall: str = "H", window: str = "3") -> None:
        with self.store.write() as connection:
            for key in keys:
                roster.add_device(connection, decode_public(key.public), hall, window, self.now)
            self.intake.roster.load(connection)

    def take(self, *bodies: bytes) -> list[BatchAnswer | Refused]:
        """What each body is answered; all that pass the gate in one transaction."""
        found: list[Any] = []
        for body in bodies:
            try:
                found.append(self.check(body))
            except Refused as refused:
                found.append(refused)
        passed = [one for one in found if not isinstance(one, Refused)]
        answers = iter(self.intake.take(passed, self.now)[0])
        return [one if isinstance(one, Refused) else next(answers) for one in found]

    def check(self, body: bytes) -> gate.Checked:
        """Take a body through the gate, which it must pass."""
        return gate.check(body, MEDIA_TYPE, None, self.intake.roster.find)

    def accept(self, body: bytes) -> BatchAnswer:
        """Take a body that must be accepted."""
        (answer,) = self.take(body)
        assert isinstance(answer, BatchAnswer), answer
        read = batch.read(body)
        assert answer.accepted + answer.known == len(read.lines)
        assert 0 <= answer.unreadable <= len(read.lines)
        assert (answer.now, answer.next_after_ms) == (moment.write(self.now), 0)
        mark = read.checkpoint.checkpoint
        assert (answer.receipt.device, answer.receipt.epoch) == (mark.device, mark.epoch)
        check(decode_public(self.key.public), answer.signature, mark_text(RECEIPT, answer.receipt))
        return answer

    def refuse(self, body: bytes) -> Refused:
        """Take a body that must be refused."""
        (answer,) = self.take(body)
        assert isinstance(answer, Refused), answer
        assert answer.status == STATUSES[answer.word]
        assert isinstance(answer.detail, str)
        assert answer.detail
        if answer.word in ("gap", "fork"):
            assert answer.head is not None
            assert answer.head.epoch == batch.read(body).checkpoint.checkpoint.epoch
            assert (answer.head.seq == 0) is (answer.head.hash == NO_HASH)
        else:
            assert answer.head is None
        return answer

    def recount(self) -> None:
        """Forget everything derived and count again: the same must come out."""
        before = self.derived()
        with self.store.write() as connection:
            for table in ("visits", "rollups", "scopes"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql("DELETE FROM sightings WHERE source = 'chain'")
            connection.exec_driver_sql("UPDATE streams SET scope = 0, low = 0")
        self.intake.recount()
        assert self.derived() == before

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query, values)]

    def counts(self, **where: Any) -> dict[str, int]:
        from sync.hall.ledger.counts import read_counts

        with self.store.read() as connection:
            return {k: n for k, n in read_counts(connection, **where).items() if n}

    def derived(self) -> dict[str, Any]:
        """Everything that is derived from the lines, with names in place of numbers."""
        scopes = {number: name for number, *name in self.rows("SELECT * FROM scopes")}
        epochs = dict(self.rows("SELECT id, epoch FROM streams"))
        found = []
        for row in self.rows(f"SELECT {COLUMNS} FROM visits"):
            visit = dict(zip(Visit.__struct_fields__, row, strict=True))
            for column in ("stream", "rating_stream"):
                visit[column] = epochs.get(visit[column])
            visit["scope"] = scopes.get(visit["scope"])
            found.append(visit)
        assert len({(visit["device"], visit["invitation"]) for visit in found}) == len(found)
        for device, name, key in self.rows("SELECT device, invitation, key FROM visits"):
            assert key == key_visit(device, name)
        return {
            "visits": sorted(found, key=lambda visit: (visit["device"], visit["invitation"])),
            "rollups": sorted(
                (scopes[row[0]], *row[1:]) for row in self.rows("SELECT * FROM rollups") if row[3]
            ),
            "sightings": sorted(self.rows("SELECT * FROM sightings")),
            "streams": sorted(
                (row[1], row[2], row[3], row[6], row[9], scopes.get(row[11]), row[12])
                for row in self.rows("SELECT * FROM streams")
            ),
        }


def cut(chain: Chain, rng: random.Random, most: int = 7) -> list[bytes]:
    """The chain as batches of random sizes, in order."""
    bodies, first = [], 1
    while first <= len(chain.lines):
        last = min(len(chain.lines), first + rng.randrange(most))
        bodies.append(chain.body(first, last))
        first = last + 1
    return bodies
