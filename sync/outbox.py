"""What the courier sends next and when: the conversation with the hall as values. Pure.

The hall's head decides: a receipt moves the cursor on or back, a gap back, nothing here prunes.
Epochs go oldest first; older ones are asked about at a start and when a new one has begun, so that
a hall that went back to an older backup is noticed, and gets all of it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.backoff import busy_ms, wait_ms
from sync.wire import LINES_MAX, Place

FIRST_LINES = 50
"""Entries of the first batch after a start or a failure; doubled by each success. A busy hall's
refusal leaves it as it is.
"""

MOST_LINES = LINES_MAX - 1

SLOW_MS = 60_000
"""How often a refusal that waiting does not mend is tried again: revoked, unknown, a fork."""

ASKED_MAX_MS = 60 * 60_000
"""The longest wait a hall may ask for."""

PATIENT = frozenset({"signature", "device-unknown", "device-revoked", "fork", "malformed"})
"""Refusals that trying again soon does not mend."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send at most `most` entries of `epoch` from `first_seq`; none at all is a question at `end`.

    `older` are the epochs before it here, newest first, `next` the one after it.
    """

    epoch: str
    first_seq: int
    most: int
    end: Place
    older: tuple[str, ...] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to send before `until_ms`; None: until something is appended."""

    until_ms: int | None


class Outbox:
    """The courier's mind. Times are monotonic milliseconds; `fraction` is a random number in
    [0, 1).
    """

    def __init__(self, epoch: str = "", seq: int = 0) -> None:
        self.forked: Place | None = None
        self.refused: str | None = None
        self.went_back = 0
        self.hall_ahead: Place | None = None
        self._cursor = (epoch, seq + 1)
        self._asked: set[str] = set()
        self._questions: list[str] | None = None
        self._lines = FIRST_LINES
        self._failures = 0
        self._not_before_ms = 0

    @property
    def failures(self) -> int:
        """How many tries in a row failed."""
        return self._failures

    def due(self, now_ms: int, ends: Sequence[Place]) -> Send | Wait:
        """What to do now; `ends` are the last entries of the epochs here, oldest first."""
        if not ends:
            return Wait(None)
        at = self._find(ends)
        if self._questions is None:
            self._questions = [place.epoch for place in reversed(ends[:at])]
        send = self._question(ends) or self._continue(ends, at)
        if send is None:
            return Wait(None)
        if now_ms < self._not_before_ms:
            return Wait(self._not_before_ms)
        return send

    def _find(self, ends: Sequence[Place]) -> int:
        """Which of `ends` the cursor is in; one that is gone was pruned, so the oldest."""
        names = [place.epoch for place in ends]
        if self._cursor[0] not in names:
            self._cursor = (names[0], 1)
        return names.index(self._cursor[0])

    def _question(self, ends: Sequence[Place]) -> Send | None:
        names = [place.epoch for place in ends]
        self._questions = [epoch for epoch in self._questions or () if epoch in names]
        if not self._questions:
            return None
        at = names.index(self._questions[0])
        return _send(ends, at, ends[at].seq + 1, 0)

    def _continue(self, ends: Sequence[Place], at: int) -> Send | None:
        seq = self._cursor[1]
        while seq > ends[at].seq:
            if at + 1 == len(ends):
                return None
            at += 1
            seq = 1
            self._cursor = (ends[at].epoch, seq)
        return _send(ends, at, seq, self._lines)

    def on_receipt(
        self, now_ms: int, sent: Send, last_seq: int, head: Place, next_after_ms: int
    ) -> None:
        """The hall holds `head` of the epoch sent, by its receipt; `last_seq` was the last sent."""
        self._settle()
        self._not_before_ms = now_ms + min(max(next_after_ms, 0), ASKED_MAX_MS)
        if sent.most == 0:
            self._answered(sent)
            return
        if head.seq > sent.end.seq:
            self.hall_ahead = head
        if head.seq < last_seq:
            self._go_back()
        self._cursor = (sent.epoch, min(head.seq, sent.end.seq) + 1)
        if last_seq - sent.first_seq + 1 >= self._lines:
            self._lines = min(self._lines * 2, MOST_LINES)
        if sent.epoch not in self._asked:
            self._asked.add(sent.epoch)
            self._questions = [*sent.older[:1], *(self._questions or ())]

    def _answered(self, sent: Send) -> None:
        self._questions = [epoch for epoch in self._questions or () if epoch != sent.epoch]

    def _settle(self) -> None:
        self._failures = 0
        self.refused = None
        self.forked = None

    def on_gap(self, now_ms: int, sent: Send, head_seq: int, fraction: float) -> None:
        """The hall holds less than was thought: up to `head_seq` of the epoch sent.

        It may lack older ones too, and is asked: a backup can be of the moment in which it did.
        """
        stuck = sent.most > 0 and head_seq + 1 >= sent.first_seq
        self._go_back()
        self._cursor = (sent.epoch, head_seq + 1)
        self._questions = [*sent.older]
        if stuck:
            self.on_failure(now_ms, fraction)

    def _go_back(self) -> None:
        """The hall lost something, and may lose it again: what it said of older epochs is void."""
        self.went_back += 1
        self._asked.clear()

    def on_head(self, head: Place) -> None:
        """A heartbeat's answer named the hall's head: go back if it holds less than was sent."""
        epoch, seq = self._cursor
        if head.epoch == epoch and head.seq + 1 < seq:
            self._go_back()
            self._cursor = (epoch, head.seq + 1)

    def on_refusal(
        self,
        now_ms: int,
        word: str,
        fraction: float,
        asked_ms: int = 0,
        head: Place | None = None,
        sent: Send | None = None,
    ) -> None:
        """The hall said no. `asked_ms` is its Retry-After."""
        self.refused = word
        if word == "fork":
            self.forked = head
            self._pass_by(sent)
        if word == "too-large":
            self._lines = max(1, self._lines // 2)
        asked_ms = min(max(asked_ms, 0), ASKED_MAX_MS)
        if word in PATIENT:
            asked_ms = max(asked_ms, SLOW_MS)
        lines = self._lines
        self.on_failure(now_ms, fraction, asked_ms)
        if word == "slow-down":  # smaller batches would cost a busy hall more
            self._lines = lines
            if asked_ms:  # it is there, and knows better than our count of failures
                self._failures -= 1
                self._not_before_ms = now_ms + busy_ms(asked_ms, fraction)

    def _pass_by(self, sent: Send | None) -> None:
        """A fork in an older epoch does not hold up the ones after it."""
        if sent is not None and sent.most == 0:
            self._answered(sent)
        elif sent is not None and sent.next is not None:
            self._cursor = (sent.next, 1)

    def on_failure(self, now_ms: int, fraction: float, asked_ms: int = 0) -> None:
        """No answer, or none that can be believed."""
        self._failures += 1
        self._lines = min(self._lines, FIRST_LINES)
        self._not_before_ms = now_ms + wait_ms(self._failures, fraction, asked_ms)

    def restart(self, epoch: str, seq: int) -> None:
        """Go on after a place, at once: the journal was put right."""
        self._settle()
        self._not_before_ms = 0
        self._cursor = (epoch, seq + 1)


def _send(ends: Sequence[Place], at: int, first_seq: int, most: int) -> Send:
    older = tuple(place.epoch for place in reversed(ends[:at]))
    following = ends[at + 1].epoch if at + 1 < len(ends) else None
    return Send(ends[at].epoch, first_seq, most, ends[at], older, following)
