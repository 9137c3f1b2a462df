"""The evidence: whatever was signed besides checkpoints, and which epochs it speaks of.

Knows no lines but first ones.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from sync import keys
from sync.errors import BadSignature, Malformed
from sync.hall.ledger import bulletin
from sync.hall.ledger.streams import UNLINKED, walk
from sync.hall.ledger.walk import Claim, Finding
from sync.records import NO_HASH, decode_head
from sync.wire import RECEIPT, Mark, mark_text


@dataclass(frozen=True, slots=True)
class Epoch:
    """A stream as the audit needs it, with what others state of it."""

    stream: int
    device: str
    epoch: str
    public_key: bytes
    claims: tuple[Claim, ...]


class Evidence:
    """What is signed besides checkpoints, and whom it speaks of."""

    def __init__(self, connection: Connection, hall_key: bytes, findings: list[Finding]) -> None:
        self._connection = connection
        self._findings = findings
        self._claims: dict[tuple[str, str], list[Claim]] = {}
        self._hall_key = hall_key
        self.bulletins: set[str] = set()
        self._read_receipts()
        self._read_bulletins()

    def _claim(self, device: str, epoch: str, claim: Claim) -> None:
        self._claims.setdefault((device, epoch), []).append(claim)

    def _say(self, kind: str, device: str, epoch: str, seq: int, detail: str) -> None:
        self._findings.append(Finding(kind, device, epoch, seq, detail))

    def _read_receipts(self) -> None:
        rows = self._connection.exec_driver_sql(
            "SELECT device, epoch, seq, hash, at, source, signature FROM receipts"
        )
        for *fields, source, signature in rows:
            mark = Mark(*fields)
            if holds(self._hall_key, signature, mark_text(RECEIPT, mark)):
                name = "a receipt" if source == "hall" else "a receipt the kiosk brought back"
                self._claim(mark.device, mark.epoch, Claim(mark.seq, mark.hash, name))
            else:
                self._say("added", mark.device, mark.epoch, mark.seq, "a receipt is not signed")

    def _read_bulletins(self) -> None:
        last = NO_HASH
        rows = self._connection.exec_driver_sql(
            "SELECT number, hash, text, signature FROM bulletins ORDER BY number"
        )
        for number, digest, text, signature in rows:
            self.bulletins.add(bulletin.digest(text))
            try:
                said = bulletin.read(text)
            except Malformed as error:
                self._say("altered", "", "", number, f"bulletin {number}: {error}")
                continue
            if digest != bulletin.digest(text) or not holds(self._hall_key, signature, text):
                self._say("altered", "", "", number, f"bulletin {number} is not what was signed")
            if said.last != last:
                self._say("dropped", "", "", number, f"bulletin {number} follows another one")
            last = bulletin.digest(text)
            for device, epoch, seq, stated in said.heads:
                self._claim(device, epoch, Claim(seq, stated, f"the bulletin of {said.day}"))

    def list_epochs(self) -> list[Epoch]:
        """All epochs; what is claimed of an epoch that is not held is a finding."""
        rows = self._connection.exec_driver_sql(
            "SELECT s.id, s.epoch, s.parent, s.parent_seq, s.link, d.device, d.public_key"
            " FROM streams s LEFT JOIN devices d ON d.id = s.device ORDER BY s.id"
        ).all()
        names = {row[0]: (row[5] or "", row[1]) for row in rows}
        for number, epoch, parent, parent_seq, link, device, _ in rows:
            first = _read_prev(self._connection, number)
            if link != UNLINKED and first not in (None, NO_HASH) and parent in names:
                claim = Claim(parent_seq, str(first), f"epoch {epoch}")
                self._claim(*names[parent], claim)
            elif link == "linked" and first not in (None, NO_HASH):
                self._say("dropped", device or "", epoch, 0, "the epoch it continues is missing")
        self._check_devices()
        held = set(names.values())
        for (device, epoch), claims in self._claims.items():
            if (device, epoch) not in held:
                last = max(claims, key=lambda claim: claim.seq)
                detail = f"the whole epoch is missing, stated by {last.source}"
                self._say("dropped", device, epoch, last.seq, detail)
        return [
            Epoch(row[0], *names[row[0]], row[6] or b"", tuple(self._claims.get(names[row[0]], ())))
            for row in rows
        ]

    def _check_devices(self) -> None:
        for device, public_key in self._connection.exec_driver_sql(
            "SELECT device, public_key FROM devices"
        ):
            if keys.device_id(public_key) != device:
                self._say("altered", device, "", 0, "its public key is not the one it is named by")
        orphans = self._connection.exec_driver_sql(
            "SELECT s.id FROM streams s LEFT JOIN devices d ON d.id = s.device WHERE d.id IS NULL"
        ).all()
        for (number,) in orphans:
            self._say("added", "", str(number), 0, "an epoch of no enrolled device")


def _read_prev(connection: Connection, stream: int) -> str | None:
    for _, line in walk(connection, stream, 1, 1):
        try:
            head = decode_head(line)
        except ValueError:
            return None
        return None if head is None else head.prev
    return None


def holds(public: bytes, signature: str, text: str) -> bool:
    try:
        keys.check(public, signature, text)
    except (BadSignature, TypeError, ValueError):
        return False
    return True
