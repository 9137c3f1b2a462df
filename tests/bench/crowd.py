"""Many kiosks' signed chains, made fast: real entries written from templates, request by request.

A day as kiosks have it: invitation, rating, outcome, reason, over and over.
"""

import gzip
import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sync.batch import pack
from sync.hall.ledger import moment
from sync.keys import Key
from sync.records import NO_HASH
from sync.wire import CHECKPOINT, MEDIA_TYPE, Checkpoint, Mark, mark_text
from tests.hall.kit import START, make_key

GZIP_LEVEL = 1  # what is sent is made before the clock runs; a kiosk packs tighter
STEP_MS = 20_000  # between two entries

WINDOW = '"kind":"window","hall":"H%d","window":"%d","state":"open","clerk_no":"C1"'
ASKED = (
    '"kind":"invitation","invitation":"%s","mode":"invited","transaction":'
    '{"project_no":"%s%06d","service_no":"1","item_code":"000511014000"},"expires_ms":30000'
)
RATED = (
    '"kind":"rating","invitation":"%s","level":%d,"scale":"five","key":"1","panel":"huiyin-5",'
    '"after_ms":4200'
)
ENDED = '"kind":"outcome","invitation":"%s","outcome":"rated"'
WHY = '"kind":"reason","invitation":"%s","reasons":["510"],"skipped":false'
KINDS = 4  # entries of a visit


@dataclass
class Member:
    """One kiosk of the crowd and where its chain has got to."""

    key: Key
    number: int
    epoch: str
    boot: str
    chance: random.Random
    seq: int = 0
    hash: str = NO_HASH
    invitation: str = ""

    def add(self, count: int) -> list[bytes]:
        """The next lines of its chain."""
        lines = []
        head = f'"v":1,"device":"{self.key.device}","epoch":"{self.epoch}","seq":'
        boot = f'"boot":"{self.boot}","mono_ms":'
        for seq in range(self.seq + 1, self.seq + count + 1):
            at, mono = _times(seq)
            text = (
                f'{{{self._tell(seq)},{head}{seq},"prev":"{self.hash}","at":"{at}",'
                f'{boot}{mono},"clock":"synced"}}'
            )
            line = text.encode()
            self.hash = hashlib.sha256(line).hexdigest()
            lines.append(line)
        self.seq += count
        return lines

    def _tell(self, seq: int) -> str:
        """What is said beside the place in the chain."""
        if seq == 1:
            return WINDOW % (self.number % 16, self.number)
        step = (seq - 2) % KINDS
        if step == 0:
            self.invitation = f"{self.chance.getrandbits(128):032x}"
            return ASKED % (self.invitation, self.key.device[:6], seq)
        if step == 1:
            return RATED % (self.invitation, 5 - seq % 16 // 12)
        return (ENDED if step == 2 else WHY) % self.invitation

    def sign(self) -> Checkpoint:
        """Its checkpoint of now."""
        mark = Mark(self.key.device, self.epoch, self.seq, self.hash, _times(self.seq)[0])
        return Checkpoint(mark, self.key.sign(mark_text(CHECKPOINT, mark)))


def make_member(number: int) -> Member:
    """The same kiosk for the same number."""
    chance = random.Random(number)
    epoch, boot = (f"{chance.getrandbits(128):032x}" for _ in range(2))
    return Member(make_key(1_000_000 + number), number, epoch, boot, chance)


_known: list[tuple[str, int]] = []


def _times(seq: int) -> tuple[str, int]:
    """When an entry is written, the same for everyone: clock and monotonic."""
    while len(_known) <= seq:
        since = STEP_MS * len(_known)
        _known.append((moment.write(START + since), since))
    return _known[seq]


def requests(member: Member, sizes: Sequence[int]) -> Iterator[bytes]:
    """Its next batches as whole HTTP requests."""
    for size in sizes:
        lines = member.add(size)
        yield request(pack(member.sign(), lines))


def request(body: bytes, level: int = GZIP_LEVEL) -> bytes:
    """A batch as it travels."""
    packed = gzip.compress(body, level)
    head = (
        f"POST /v1/journal HTTP/1.1\r\nHost: hall\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed
