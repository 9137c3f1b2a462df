"""The courier: a thread that carries what follows the hall's head to the hall, nudged by an append
or by time.

All it decides is in `outbox`; here are the thread, the clock, the signing and the checking of
receipts.
"""

import functools
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sync.batch import choose, pack
from sync.chain import hash_line
from sync.counter import Counter
from sync.errors import BadSignature, HallRefused, HallUnreachable
from sync.hall_client import HallClient
from sync.identity import COUNTER, KEY, Identity
from sync.journal import Journal
from sync.outbox import MOST_LINES, Outbox, Send, Wait
from sync.receipts import check_receipt, sign_off
from sync.records import Stamp
from sync.wire import CHECKPOINT, BatchAnswer, Checkpoint, Mark, Place, Receipt, mark_text

if TYPE_CHECKING:
    from sync.keys import Key

log = logging.getLogger(__name__)

IDLE_S = 300.0
"""The courier looks at the journal this often even if nobody nudges it."""

GATHER_S = 0.05
"""How long a nudge waits for more lines, so that what belongs together goes together."""

HOLE_MS = 60_000
"""How often a line that is missing here and at the hall is looked for again."""

MEND_MS = 10 * 60_000
"""How often lines are fetched from the hall to put the journal right."""

FETCH_MAX = 100_000
"""Lines fetched at most: more than any epoch has."""

STOP_S = 2.0
"""How long `stop` waits for a request that is under way; the thread ends with the process."""


OnMain = Callable[[Callable[[Stamp], object]], None]
"""Has the thread that owns the journal run a call with the time it is."""


@dataclass(frozen=True, slots=True)
class CourierState:
    """How the conversation stands: `refused` is the hall's word, `forked` where the chains part."""

    online: bool = False
    refused: str | None = None
    forked: Place | None = None
    went_back: int = 0
    hall_ahead: Place | None = None


class CourierThread(threading.Thread):
    """Sends until it is stopped. `write_time` gives the clock's time for checkpoints (RFC 3339).

    `on_change` is called from this thread; `on_main` has what changes the journal run on its own.
    `counter` is shared with a listener of the same device.
    """

    def __init__(
        self,
        journal: Journal,
        identity: Identity,
        data: Path,
        write_time: Callable[[], str],
        on_change: Callable[[CourierState], None] | None = None,
        on_main: OnMain | None = None,
        counter: Counter | None = None,
    ) -> None:
        super().__init__(name="courier", daemon=True)
        self._journal = journal
        self._identity = identity
        self._data = data
        self._write_time = write_time
        self._on_change = on_change
        self._on_main = on_main
        self._counter = counter
        self._mended: tuple[str, int] | None = None
        self._next_mend_ms = 0
        self._awake = threading.Event()
        self._stopping = False
        self._state = CourierState()
        newest = journal.receipts.newest
        mark = newest.receipt if newest is not None else None
        self.outbox = Outbox(mark.epoch, mark.seq) if mark else Outbox()

    @property
    def state(self) -> CourierState:
        """How the conversation stands."""
        return self._state

    def nudge(self) -> None:
        """Something was appended."""
        self._awake.set()

    def stop(self) -> None:
        """End soon; what was not sent is sent after the next start."""
        self._stopping = True
        self._awake.set()
        if self.is_alive():
            self.join(STOP_S)

    def run(self) -> None:
        """Send what is due, wait, again."""
        from sync import keys

        key = keys.load(self._data / KEY)
        counter = self._counter or Counter(self._data / COUNTER)
        client = HallClient(self._identity.address, key, counter, self._identity.ca)
        while not self._stopping:
            if self._mended is not None:
                self.outbox.restart(*self._mended)
                self._mended = None
            step = self.outbox.due(_now_ms(), self._journal.epochs())
            if isinstance(step, Wait):
                self._rest(step)
            else:
                self._send(step, client, key)
                self._tell()
                self._mend(step, client)
        client.close()

    def _rest(self, step: Wait) -> None:
        if step.until_ms is not None:
            time_s = max(0.0, (step.until_ms - _now_ms()) / 1000)
            self._awake.wait(min(time_s, IDLE_S))
        elif self._awake.wait(IDLE_S) and not self._stopping:
            time.sleep(GATHER_S)
        self._awake.clear()

    def _send(self, send: Send, client: HallClient, key: "Key") -> None:
        lines = self._lines(send)
        last_seq = send.first_seq + len(lines) - 1
        digest = hash_line(lines[-1]) if lines else send.end.hash
        place = Place(send.epoch, last_seq if lines else send.end.seq, digest)
        if send.most and not lines:
            self.outbox.on_refusal(_now_ms(), "missing-here", random.random(), HOLE_MS)
            return
        try:
            answer = client.post_journal(self._pack(place, lines, key))
            self._believe(answer, place)
        except HallUnreachable as error:
            log.info("the hall is away: %s", error)
            self.outbox.on_failure(_now_ms(), random.random())
        except HallRefused as refusal:
            self._refused(send, refusal)
        except BadSignature:
            log.warning("a receipt was not signed by this hall")
            self.outbox.on_refusal(_now_ms(), "receipt-signature", random.random())
        except OSError as error:
            log.warning("a receipt could not be kept: %s", error)
            self.outbox.on_failure(_now_ms(), random.random())
        else:
            mark = answer.receipt
            head = Place(mark.epoch, mark.seq, mark.hash)
            self.outbox.on_receipt(_now_ms(), send, last_seq, head, answer.next_after_ms)

    def _lines(self, send: Send) -> list[bytes]:
        lines = self._journal.read(send.epoch, send.first_seq, send.most)
        if b"" in lines:
            lines = lines[: lines.index(b"")]
        return lines[: choose(lines, send.most)]

    def _pack(self, place: Place, lines: list[bytes], key: "Key") -> bytes:
        mark = Mark(key.device, place.epoch, place.seq, place.hash, self._write_time())
        newest = self._journal.receipts.newest
        signature = key.sign(mark_text(CHECKPOINT, mark))
        receipt = sign_off(newest) if newest is not None else msgspec.UNSET
        return pack(Checkpoint(mark, signature, receipt), lines)

    def _believe(self, answer: BatchAnswer, place: Place) -> None:
        """Keep the receipt if the hall signed it for this chain. Raises BadSignature, OSError."""
        receipt = Receipt(answer.receipt, answer.signature)
        check_receipt(receipt, self._identity.hall_key)
        mark = receipt.receipt
        if (mark.device, mark.epoch) != (self._identity.device, place.epoch):
            raise BadSignature("a receipt for another chain")
        known = self._journal.receipts.mark(mark.epoch)
        if known is not None and (known.seq, known.hash) == (mark.seq, mark.hash):
            return
        if not self._stopping:
            self._journal.receipts.add(receipt)

    def _refused(self, send: Send, refusal: HallRefused) -> None:
        log.info("the hall refused: %s", refusal)
        head = _head(refusal)
        if refusal.word == "gap" and head is not None:
            names = [place.epoch for place in self._journal.epochs()]
            at = names.index(send.epoch) if send.epoch in names else 0
            self._journal.receipts.doubt(set(names[at:]))
            self.outbox.on_gap(_now_ms(), send, head.seq, random.random())
            return
        asked_ms = int((refusal.retry_after_s or 0) * 1000)
        self.outbox.on_refusal(_now_ms(), refusal.word, random.random(), asked_ms, head)

    def _mend(self, send: Send, client: HallClient) -> None:
        """Fetch what is missing here, or what the hall holds where the chains part."""
        forked = self.outbox.forked
        holes = self._journal.holes
        online = self.outbox.failures == 0
        due = _now_ms() >= self._next_mend_ms
        if self._on_main is None or not due or not (forked or (holes and online)):
            return
        self._next_mend_ms = _now_ms() + MEND_MS
        try:
            if forked is not None and forked.epoch == send.epoch:
                lines = fetch(client, forked.epoch, 1, forked.seq)
                self._on_main(functools.partial(self._follow, forked.epoch, lines))
            for epoch, missing in list(holes.items()):
                got = fetch(client, epoch, missing[0], missing[-1])
                numbered = dict(enumerate(got, start=missing[0]))
                self._on_main(functools.partial(self._fill, epoch, numbered))
        except HallRefused as refusal:
            log.info("nothing came back: %s", refusal)

    def _follow(self, epoch: str, lines: list[bytes], stamp: Stamp) -> None:
        if self._journal.follow_hall(stamp, epoch, lines):
            self._mended = (epoch, 0)
            self.nudge()

    def _fill(self, epoch: str, lines: dict[int, bytes], stamp: Stamp) -> None:
        self._journal.fill(stamp, epoch, lines)

    def _tell(self) -> None:
        mind = self.outbox
        state = CourierState(
            mind.failures == 0, mind.refused, mind.forked, mind.went_back, mind.hall_ahead
        )
        if state != self._state:
            self._state = state
            if self._on_change is not None:
                self._on_change(state)


def fetch(client: HallClient, epoch: str, first: int, last: int) -> list[bytes]:
    """Lines of this device from the hall, as far as it gives them, at most FETCH_MAX."""
    lines: list[bytes] = []
    last = min(last, first + FETCH_MAX - 1)
    while first <= last:
        part = client.entries(epoch, first, min(last, first + MOST_LINES - 1))
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


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
