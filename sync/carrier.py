"""One step of the courier at a time: a batch packed, signed, sent, and its answer believed or not.

Decides nothing (`outbox` does) and has no thread: it is told the time and sends through the door it
is given, so that a simulated network can stand behind it.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from sync.batch import choose, pack
from sync.chain import hash_line
from sync.errors import BadSignature, HallRefused, HallUnreachable
from sync.journal import Journal
from sync.outbox import MOST_LINES, Outbox, Send, Wait
from sync.receipts import check_receipt, sign_off
from sync.records import Stamp
from sync.wire import CHECKPOINT, BatchAnswer, Checkpoint, Mark, Place, Receipt, mark_text

if TYPE_CHECKING:
    from sync.keys import Key

log = logging.getLogger(__name__)

HOLE_MS = 60_000
"""How often a line that is missing here and at the hall is looked for again."""

MEND_MS = 10 * 60_000
"""How often lines are fetched from the hall to put the journal right."""

FETCH_MAX = 100_000
"""Lines fetched at most: more than any epoch has."""

OnMain = Callable[[Callable[[Stamp], object]], None]
"""Has the thread that owns the journal run a call with the time it is."""


class Door(Protocol):
    """The hall, as far as the courier needs it."""

    def post_journal(self, body: bytes) -> BatchAnswer:
        """Send a batch. Raises HallRefused, HallUnreachable."""

    def entries(self, epoch: str, first: int, last: int) -> list[bytes]:
        """This device's own lines back. Raises HallRefused, HallUnreachable."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a carrier is given: the time in RFC 3339 and in monotonic ms, and random fractions."""

    write_time: Callable[[], str]
    now_ms: Callable[[], int]
    fraction: Callable[[], float]


class Carrier:
    """The conversation of one journal with its hall. `on_main` runs what changes the journal."""

    def __init__(
        self, journal: Journal, hall_key: str, means: Means, on_main: OnMain | None = None
    ) -> None:
        self._journal = journal
        self._hall_key = hall_key
        self._means = means
        self._on_main = on_main
        self._mended: str | None = None
        self._parted: Place | None = None
        self._next_mend_ms = 0
        self.stopping = False
        newest = journal.receipts.newest
        mark = newest.receipt if newest is not None else None
        self.outbox = Outbox(mark.epoch, mark.seq) if mark else Outbox()

    def turn(self, door: Door, key: "Key") -> Wait | None:
        """Send what is due, or say how long there is nothing to do."""
        if self._mended is not None:
            self.outbox.restart(self._mended, 0)
            self._mended = None
        step = self.outbox.due(self._means.now_ms(), self._journal.epochs())
        if isinstance(step, Wait):
            return self._use(step, door)
        self._send(step, door, key)
        self._mend(door)
        return None

    def _use(self, wait: Wait, door: Door) -> Wait:
        """Nothing is to be sent: what is missing here is asked back meanwhile, now and then."""
        is_whole = self._parted is None and not self._journal.holes
        if wait.until_ms is not None or self._on_main is None or is_whole:
            return wait
        self._mend(door)
        return Wait(self._next_mend_ms)

    def _send(self, send: Send, door: Door, key: "Key") -> None:
        now_ms, fraction = self._means.now_ms(), self._means.fraction()
        try:
            lines = self._lines(send)
        except OSError as error:
            log.error("the journal cannot be read: %s", error)
            self.outbox.on_failure(now_ms, fraction)
            return
        last_seq = send.first_seq + len(lines) - 1
        if send.most and not lines:
            self.outbox.on_refusal(now_ms, "missing-here", fraction, HOLE_MS)
            return
        place = Place(send.epoch, last_seq, hash_line(lines[-1])) if lines else send.end
        try:
            answer = door.post_journal(self._pack(place, lines, key))
            self._believe(answer, place)
        except HallUnreachable as error:
            log.info("the hall is away: %s", error)
            self.outbox.on_failure(now_ms, fraction)
        except HallRefused as refusal:
            self._refused(send, refusal)
        except BadSignature:
            log.error("a receipt was not signed by this hall")
            self.outbox.on_refusal(now_ms, "receipt-signature", fraction)
        except OSError as error:
            log.error("a receipt could not be kept: %s", error)
            self.outbox.on_failure(now_ms, fraction)
        else:
            mark = answer.receipt
            head = Place(mark.epoch, mark.seq, mark.hash)
            self.outbox.on_receipt(now_ms, send, last_seq, head, answer.next_after_ms)

    def _lines(self, send: Send) -> list[bytes]:
        lines = self._journal.read(send.epoch, send.first_seq, send.most)
        if b"" in lines:
            lines = lines[: lines.index(b"")]
        return lines[: choose(lines, send.most)]

    def _pack(self, place: Place, lines: list[bytes], key: "Key") -> bytes:
        mark = Mark(key.device, place.epoch, place.seq, place.hash, self._means.write_time())
        newest = self._journal.receipts.newest
        signature = key.sign(mark_text(CHECKPOINT, mark))
        receipt = sign_off(newest) if newest is not None else msgspec.UNSET
        return pack(Checkpoint(mark, signature, receipt), lines)

    def _believe(self, answer: BatchAnswer, place: Place) -> None:
        """Keep the receipt if the hall signed it for this chain. Raises BadSignature, OSError."""
        receipt = Receipt(answer.receipt, answer.signature)
        check_receipt(receipt, self._hall_key)
        mark = receipt.receipt
        if (mark.device, mark.epoch) != (self._journal.device, place.epoch):
            raise BadSignature("a receipt for another chain")
        known = self._journal.receipts.mark(mark.epoch)
        if known is not None and (known.seq, known.hash) == (mark.seq, mark.hash):
            self._journal.receipts.confirm(mark.epoch)
            return
        if not self.stopping:
            self._journal.receipts.add(receipt)

    def _refused(self, send: Send, refusal: HallRefused) -> None:
        log.info("the hall refused: %s", refusal)
        now_ms, fraction = self._means.now_ms(), self._means.fraction()
        head = _head(refusal)
        if refusal.word == "gap" and head is not None:
            names = [place.epoch for place in self._journal.epochs()]
            at = names.index(send.epoch) if send.epoch in names else 0
            self._journal.receipts.doubt(set(names[at:]))
            self.outbox.on_gap(now_ms, send, head.seq, fraction)
            return
        if refusal.word == "fork":
            self._parted = head
        asked_ms = int((refusal.retry_after_s or 0) * 1000)
        self.outbox.on_refusal(now_ms, refusal.word, fraction, asked_ms, head, send)

    def _mend(self, door: Door) -> None:
        """Fetch what is missing here, or what the hall holds where the chains part; an epoch that
        parted is remembered until that came.
        """
        parted = self._parted
        holes = self._journal.holes if self.outbox.failures == 0 else {}
        now_ms = self._means.now_ms()
        if self._on_main is None or now_ms < self._next_mend_ms or not (parted or holes):
            return
        self._next_mend_ms = now_ms + MEND_MS
        try:
            if parted is not None:
                lines = fetch(door, parted.epoch, 1, parted.seq)
                self._parted = None
                self._on_main(functools.partial(self._follow, parted.epoch, lines))
            for epoch, missing in list(holes.items()):
                got = fetch(door, epoch, missing[0], missing[-1])
                numbered = dict(enumerate(got, start=missing[0]))
                self._on_main(functools.partial(self._fill, epoch, numbered))
        except HallRefused as refusal:
            log.info("nothing came back: %s", refusal)

    def _follow(self, epoch: str, lines: list[bytes], stamp: Stamp) -> None:
        if self._journal.follow_hall(stamp, epoch, lines):
            self._mended = epoch

    def _fill(self, epoch: str, lines: dict[int, bytes], stamp: Stamp) -> None:
        self._journal.fill(stamp, epoch, lines)


def fetch(door: Door, epoch: str, first: int, last: int) -> list[bytes]:
    """Lines of this device from the hall, as far as it gives them, at most FETCH_MAX."""
    lines: list[bytes] = []
    last = min(last, first + FETCH_MAX - 1)
    while first <= last:
        part = door.entries(epoch, first, min(last, first + MOST_LINES - 1))
        if not part:
            break
        lines += part
        first += len(part)
    return lines


def _head(refusal: HallRefused) -> Place | None:
    try:
        return msgspec.convert(refusal.body.get("head"), Place)
    except msgspec.ValidationError:
        return None
