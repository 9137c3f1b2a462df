"""What of an epoch can be trusted, and what is missing: file, index and proofs weighed. Pure.

A line is believed because its hash is named by the line after it, by a receipt, or by the next
epoch; the last one because it follows the line before it. Bytes in, a verdict out.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from sync.chain import hash_line
from sync.records import NO_HASH, Seq


class Rung(msgspec.Struct, frozen=True):
    """What places a line in an epoch, and the version it was written in."""

    device: str
    epoch: str
    seq: Seq
    prev: str
    v: int = 1


ROW, WHOLE, NAMED = range(3)
"""How far a line is believed: the index vouches for it, it stands whole in the file, or only if its
hash is named (the torn end, lines given back by the hall).
"""

SIGNS = (b'"kind"', b'"seq"', b'"prev"')
"""What every line has once: how many lines a damaged piece was, even if one of them is hit."""

LEAST = 200
"""Bytes that no line has fewer of: a piece with no sign and as long was a line of its own, unless
the piece before it has the signs of a line and not its end.
"""

_rungs = msgspec.json.Decoder(Rung)


def read_rung(line: bytes) -> Rung | None:
    """Return what places the line, or None if it has no place."""
    try:
        line.decode()
        return _rungs.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class Verdict(msgspec.Struct):
    """What is to be believed of one epoch.

    `lines` are the places from seq 1 on, None where the line is missing but the hall holds it
    (`held`: up to which seq a receipt says so). `base` is the hash at the last place. If `broken`,
    the epoch ends there: `lost` are the seqs after it that nobody has, `spare` the lines after it
    that are whole and go on in a new epoch. `chunks` are pieces of the file that are none of these,
    kept for people; `torn` is an unfinished last line. `claims` are the hashes of all lines that
    claim a place, believed or not.
    """

    lines: list[bytes | None] = msgspec.field(default_factory=list)
    base: str = NO_HASH
    broken: bool = False
    lost: list[tuple[int, int]] = msgspec.field(default_factory=list)
    spare: list[bytes] = msgspec.field(default_factory=list)
    chunks: list[bytes] = msgspec.field(default_factory=list)
    torn: bytes = b""
    restored: list[int] = msgspec.field(default_factory=list)
    claims: frozenset[str] = frozenset()

    @property
    def body(self) -> bytes:
        """The file as it should be; a missing line is an empty one, so that places stay."""
        return b"".join([(line or b"") + b"\n" for line in self.lines])

    @property
    def holes(self) -> list[int]:
        """The seqs to ask back from the hall."""
        return [seq for seq, line in enumerate(self.lines, start=1) if line is None]


def follows(chunks: list[bytes], device: str, epoch: str, first_seq: int = 1) -> str | None:
    """Return the hash of the last of `chunks` if they are one chain from `first_seq`, else None."""
    prev: str | None = None
    for seq, chunk in enumerate(chunks, start=first_seq):
        rung = read_rung(chunk)
        if rung is None or rung.seq != seq or rung.epoch != epoch or rung.device != device:
            return None
        if prev is not None and rung.prev != prev:
            return None
        prev = hash_line(chunk)
    return prev


def weigh(
    data: bytes,
    rows: Mapping[int, bytes],
    proofs: Mapping[int, str],
    device: str,
    epoch: str,
    before: str = NO_HASH,
    closed_at: str | None = None,
    given: Iterable[bytes] = (),
) -> Verdict:
    """Weigh one epoch: the file's `data`, the index's whole `rows`, `proofs` (seq -> hash) that
    receipts give.

    `before` is the hash the epoch's first line should follow, for an epoch of which nothing is
    left; `closed_at` is the hash at which the next epoch closed this one: what stands after it was
    carried over already.
    """
    *chunks, torn = data.split(b"\n")
    pile = _Pile(device, epoch)
    for line in rows.values():
        pile.add(line, ROW)
    for chunk in chunks:
        pile.add(chunk, WHOLE)
    for line in (torn, *given):
        pile.add(line, NAMED)
    end = pile.places.get(closed_at or "", 0)
    if end:
        proofs = {seq: digest for seq, digest in proofs.items() if seq <= end}
        pile.close(end, closed_at)
    named = closed_at if end else None
    verdict = _settle(_climb(pile, proofs, named), max(proofs, default=0), before)
    verdict.claims = frozenset(pile.places)
    if closed_at is None:
        _declare_end(verdict, chunks)
    kept = {line for line in verdict.lines if line is not None} | set(verdict.spare)
    on_file = set(chunks)
    verdict.chunks = [chunk for chunk in chunks if chunk and chunk not in kept]
    verdict.restored = [
        seq for seq, line in enumerate(verdict.lines, 1) if line and line not in on_file
    ]
    verdict.torn = b"" if torn in kept else torn
    return verdict


class _Claim(NamedTuple):
    """A line that claims a place; `source` says how far it is believed with nothing after it."""

    digest: str
    prev: str
    line: bytes
    source: int


class _Step(NamedTuple):
    """A place in the epoch: the hash known for it, the line if it is there, whether the next
    one follows it.
    """

    digest: str | None
    claim: _Claim | None
    follows_on: bool


class _Pile:
    """Every line that claims a place in the epoch, by its seq."""

    def __init__(self, device: str, epoch: str) -> None:
        self._device = device
        self._epoch = epoch
        self._at: dict[int, list[_Claim]] = {}
        self.places: dict[str, int] = {}

    def add(self, line: bytes, source: int) -> None:
        """Take a line in, if it has a place here."""
        rung = read_rung(line)
        if rung is None or rung.device != self._device or rung.epoch != self._epoch:
            return
        digest = hash_line(line)
        if digest not in self.places:
            self.places[digest] = rung.seq
            self._at.setdefault(rung.seq, []).append(_Claim(digest, rung.prev, line, source))

    def close(self, end: int, digest: str | None) -> None:
        """Forget what stands after `end`, and other lines at it."""
        self._at = {seq: claims for seq, claims in self._at.items() if seq <= end}
        self._at[end] = [claim for claim in self._at[end] if claim.digest == digest]

    def find(self, seq: int, digest: str) -> _Claim | None:
        """The line at `seq` with this hash."""
        return next((claim for claim in self._at.get(seq, ()) if claim.digest == digest), None)

    def believe(self, seq: int, doubted: bool = False) -> _Claim | None:
        """The line at `seq` if nothing after it names its hash: the index's, else one that follows
        its own. If the place above is `doubted`, a line there that follows another speaks against.
        """
        claims = self._at.get(seq, [])
        before = {claim.digest for claim in self._at.get(seq - 1, ())}
        after = {claim.prev for claim in self._at.get(seq + 1, ())} if doubted else set()
        for claim in claims:
            if claim.source == ROW:
                return claim
        for claim in claims:
            follows_on = seq == 1 or claim.prev in before
            if claim.source == WHOLE and follows_on and (not after or claim.digest in after):
                return claim
        return None

    def top(self) -> int:
        """The highest seq with a line to believe, or the one above it if a line claims that."""
        top = next((seq for seq in sorted(self._at, reverse=True) if self.believe(seq)), 0)
        believed = self.believe(top)
        if believed is not None and believed.source == ROW:
            return top
        return top + any(claim.source == WHOLE for claim in self._at.get(top + 1, ()))


def _climb(pile: _Pile, proofs: Mapping[int, str], named: str | None) -> list[_Step]:
    """Go from the top down, each line naming the hash of the one before it; returned in order
    from seq 1.
    """
    steps: list[_Step] = []
    top = max(pile.places.get(named or "", 0), pile.top(), max(proofs, default=0))
    for seq in range(top, 0, -1):
        digest = proofs.get(seq, named)
        follows_on = named is None or digest == named
        doubted = bool(steps) and steps[-1].digest is None
        claim = pile.believe(seq, doubted) if digest is None else pile.find(seq, digest)
        steps.append(_Step(claim.digest if claim else digest, claim, follows_on))
        named = claim.prev if claim else None
    steps.reverse()
    return steps


def _settle(steps: list[_Step], held: int, before: str) -> Verdict:
    """End the epoch at the first place that nobody holds; what is whole after it goes on
    elsewhere.
    """
    verdict = Verdict(base=before)
    for seq, step in enumerate(steps, start=1):
        if step.claim is None and seq > held:
            verdict.broken = True
            break
        verdict.lines.append(step.claim.line if step.claim else None)
        if step.digest is not None:
            verdict.base = step.digest
        if not step.follows_on:
            verdict.broken = True
            break
    place = len(verdict.lines)
    if steps and place == len(steps) and steps[-1].claim is None:
        verdict.broken = True
    for seq, step in enumerate(steps[place:], start=place + 1):
        if step.claim is not None:
            verdict.spare.append(step.claim.line)
        elif verdict.lost and verdict.lost[-1][1] == seq - 1:
            verdict.lost[-1] = (verdict.lost[-1][0], seq)
        else:
            verdict.lost.append((seq, seq))
    if verdict.broken and not verdict.lost:
        verdict.lost.append((place + 1, place))
    return verdict


def _declare_end(verdict: Verdict, chunks: list[bytes]) -> None:
    """Declare damaged pieces at the file's end that no line of the index explains."""
    known = {line for line in [*verdict.lines, *verdict.spare] if line}
    holes = sum(1 for line in verdict.lines if line is None)
    lost = sum(end - start + 1 for start, end in verdict.lost)
    top = len(known) + holes + lost
    pieces: list[bytes] = []
    last = 0
    for chunk in chunks:
        if chunk in known:
            rung = read_rung(chunk)
            last, pieces = rung.seq if rung else last, []
        elif chunk:
            pieces.append(chunk)
    damaged = _count_damaged(pieces)
    if damaged > top - last:
        verdict.lost.append((top + 1, last + damaged))
        verdict.broken = True


def _count_damaged(pieces: list[bytes]) -> int:
    """How many lines damaged pieces were, at least."""
    signed = max(sum(piece.count(sign) for piece in pieces) for sign in SIGNS)
    blank, is_open = 0, False
    for piece in pieces:
        has_sign = any(sign in piece for sign in SIGNS)
        blank += not has_sign and not is_open and len(piece) >= LEAST
        is_open = has_sign and not piece.endswith(b"}")
    return max(signed + blank, bool(pieces))
