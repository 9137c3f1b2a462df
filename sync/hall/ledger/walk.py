"""One epoch's lines against its chain and against everything that was ever said of it. Pure.

A claim is a hash somebody stated for a seq: a device's checkpoint, a receipt, a bulletin, the
`prev` of a later epoch.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from sync.chain import hash_lines
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
    """Checks one epoch. Give it the lines in order, then the claims.

    `stated` are the seqs that claims will speak of: only their hashes are kept.
    """

    def __init__(self, device: str, epoch: str, stated: set[int]) -> None:
        self.device = device
        self.epoch = epoch
        self.found = Walked()
        self.held = 0
        self.lines = 0
        self.hashes: dict[int, str] = {}
        self._stated = stated
        self._broken: set[int] = set()
        self._loose = [0]
        self._last: str | None = None

    def take(self, first: int, lines: Sequence[bytes]) -> None:
        """Lines in the order of their seq, which rises by one from `first`."""
        if first > self.held + 1:
            self._miss(self.held + 1, first - 1)
        hashes = hash_lines(lines)
        prevs = [self._read(seq, line) for seq, line in enumerate(lines, start=first)]
        self._join(first, hashes, prevs)
        self.held = first + len(lines) - 1
        self.lines += len(lines)
        self._last = hashes[-1]
        for seq in self._stated.intersection(range(first, first + len(lines))):
            self.hashes[seq] = hashes[seq - first]

    def _join(self, first: int, hashes: Sequence[str], prevs: Sequence[str | None]) -> None:
        """Compare what each line says of the one before with that one."""
        before = [prevs[0] if self._last is None else self._last, *hashes[:-1]]
        if before == prevs:
            return
        for seq, (own, named) in enumerate(zip(before, prevs, strict=True), start=first - 1):
            if named != own:
                self._loose.append(seq)
            if named not in (own, None):
                self._broken.add(seq)

    def find_floor(self, seq: int) -> int:
        """The first line that a signature at `seq` proves: each after it names the one before."""
        return self._loose[bisect_left(self._loose, seq) - 1] + 1

    def _miss(self, first: int, last: int) -> None:
        self._say("dropped", first, f"seq {first} to {last} are missing")
        self._last = None
        self._loose.append(last)

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
        for seq in sorted(self._broken | stated.keys(), reverse=True):
            own = self.hashes.get(seq)
            missed = [c for c in stated.get(seq, ()) if own is not None and c.hash != own]
            if missed:
                self._contradict(seq, missed, seq in self._broken)
            elif seq in self._broken:
                self._say("altered", seq, f"seq {seq + 1} names another hash for it")
        return self.found

    def _contradict(self, seq: int, missed: Sequence[Claim], broken: bool) -> None:
        detail = f"its hash is not the one stated by {_name(missed)}"
        if not broken:
            detail += "; entries up to here were altered and chained again"
        self._say("altered", seq, detail)

    def _check_end(self, stated: Mapping[int, Sequence[Claim]]) -> None:
        held = self.held
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
