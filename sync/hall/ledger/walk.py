"""One epoch's lines against its chain and against everything that was ever said of it. Pure.

A claim is a hash somebody stated for a seq: a device's checkpoint, a receipt, a bulletin, the
`prev` of a later epoch.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from sync.records import Loss, Witness, decode_entry, decode_head


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (or, as a note, worth knowing) about an entry, an epoch or a device."""

    kind: str
    device: str
    epoch: str
    seq: int
    detail: str


@dataclass(slots=True)
class Walked:
    """What a walk found: findings, notes, and what the lines say of bulletins and losses."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    witnessed: list[tuple[int, str, str]] = field(default_factory=list)
    losses: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Claim:
    """A hash stated for a seq, and by what."""

    seq: int
    hash: str
    source: str


CHECKPOINT = "a checkpoint"
"""The source of claims that a device signed."""


class Walk:
    """Checks one epoch. Give it the rows in order, then the claims."""

    def __init__(self, device: str, epoch: str) -> None:
        self.device = device
        self.epoch = epoch
        self.found = Walked()
        self.hashes: list[str] = []
        self._prevs: list[str | None] = []
        self._next = 1

    def take(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Rows (seq, line) in the order of their seq."""
        for seq, line in rows:
            if seq != self._next:
                self._miss(self._next, seq - 1)
            self.hashes.append(hashlib.sha256(line).hexdigest())
            self._prevs.append(self._read(seq, line))
            self._next = seq + 1

    def _miss(self, first: int, last: int) -> None:
        self._say("dropped", first, f"seq {first} to {last} are missing")
        self.hashes += [""] * (last - first + 1)
        self._prevs += [None] * (last - first + 1)

    def _read(self, seq: int, line: bytes) -> str | None:
        try:
            head = decode_head(line)
        except msgspec.ValidationError as error:
            self._say("altered", seq, f"the line has no place in a chain: {error}")
            return None
        if head is None:
            self._note("unreadable", seq, "the line is not JSON; it is kept as it came")
            return None
        if head.device != self.device or head.epoch != self.epoch:
            self._say("added", seq, "the line is of another device or epoch")
        elif head.seq != seq:
            self._say("reordered", seq, f"the line of seq {head.seq} stands here")
        if b'"witness"' in line or b'"loss"' in line:
            self._look(seq, line)
        return head.prev

    def _look(self, seq: int, line: bytes) -> None:
        try:
            entry = decode_entry(line)
        except ValueError:
            return
        if isinstance(entry, Witness):
            self.found.witnessed.append((seq, entry.bulletin, entry.day))
        elif isinstance(entry, Loss):
            detail = f"seq {entry.first} to {entry.last} of epoch {entry.lost_epoch}: {entry.cause}"
            self.found.losses.append(Finding("loss", self.device, self.epoch, seq, detail))

    def finish(self, claims: Sequence[Claim]) -> Walked:
        """Check links and claims from the end: a proven line proves the one before it."""
        stated: dict[int, list[Claim]] = {}
        for claim in claims:
            stated.setdefault(claim.seq, []).append(claim)
        self._check_end(stated)
        self._check_unproven([c.seq for c in claims if c.source == CHECKPOINT])
        following: str | None = None
        for seq in range(len(self.hashes), 0, -1):
            own = self.hashes[seq - 1]
            missed = [c for c in stated.get(seq, ()) if own and c.hash != own]
            broken = bool(own) and following is not None and following != own
            if missed:
                self._contradict(seq, missed, broken)
            elif broken:
                self._say("altered", seq, f"seq {seq + 1} names another hash for it")
            following = self._prevs[seq - 1]
        return self.found

    def _contradict(self, seq: int, missed: Sequence[Claim], broken: bool) -> None:
        detail = f"its hash is not the one stated by {_name(missed)}"
        if not broken:
            detail += "; entries up to here were altered and chained again"
        self._say("altered", seq, detail)

    def _check_end(self, stated: Mapping[int, Sequence[Claim]]) -> None:
        held = len(self.hashes)
        beyond = [claim for seq, claims in stated.items() if seq > held for claim in claims]
        if beyond:
            last = max(claim.seq for claim in beyond)
            detail = f"seq {held + 1} to {last} are missing, stated by {_name(beyond)}"
            self._say("dropped", held + 1, detail)
        signed = [c.seq for cs in stated.values() for c in cs if c.source == CHECKPOINT]
        if max(signed, default=0) < held:
            first = max(signed, default=0) + 1
            self._say("added", first, f"no checkpoint signs seq {first} to {held}")

    def _check_unproven(self, signed: Sequence[int]) -> None:
        """Lines before one that is not JSON are proven only by a checkpoint at or before it."""
        for seq in [note.seq for note in self.found.notes if note.kind == "unreadable"]:
            proven = max((s for s in signed if s < seq), default=0)
            if proven < seq - 1:
                detail = f"no signature proves seq {proven + 1} to {seq - 1}"
                self._note("unproven", proven + 1, detail)

    def _say(self, kind: str, seq: int, detail: str) -> None:
        self.found.findings.append(Finding(kind, self.device, self.epoch, seq, detail))

    def _note(self, kind: str, seq: int, detail: str) -> None:
        self.found.notes.append(Finding(kind, self.device, self.epoch, seq, detail))


def _name(claims: Sequence[Claim]) -> str:
    return ", ".join(sorted({claim.source for claim in claims}))
