"""The writer: the one thread that writes the hall's database, many batches to a commit. Knows no
routes.

Small batches, which live kiosks send, have a lane of their own and go first; full ones wait behind
them, up to a limit.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from sync.hall.ledger.gate import Checked
from sync.hall.ledger.intake import Intake, Job
from sync.hall.ledger.store import WRITE_ERRORS
from sync.hall.refusal import Refused

LIVE_LINES = 20
"""A batch of at most so many lines is live: someone just pressed."""

LIVE_MAX = 4_000
BACKLOG_MAX = 64
"""Batches that may wait in each lane."""

GROUP_LINES = 4_000
"""Lines of one commit: enough to pay for its flushes, few enough that nobody waits long."""

GROUP_JOBS = 500
RETRY_AFTER_S = 5


@dataclass(slots=True)
class _Lane:
    most: int
    waiting: deque[tuple[Checked, "Future[object]"]] = field(default_factory=deque)


class Writer(threading.Thread):
    """Commits what is submitted.

    `done` is called with all results of a commit at once, from this thread.
    """

    def __init__(
        self,
        intake: Intake,
        clock: Callable[[], int],
        done: Callable[[list[tuple["Future[object]", object]]], None],
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._intake = intake
        self._clock = clock
        self._done = done
        self._live = _Lane(LIVE_MAX)
        self._backlog = _Lane(BACKLOG_MAX)
        self._jobs: deque[tuple[Job, Future[object]]] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self.failing = False
        self.commits = 0
        self.lines = 0

    def submit(self, batch: Checked) -> "Future[object]":
        """Have a batch taken. Raises Refused when its lane is full."""
        lane = self._live if len(batch.lines) <= LIVE_LINES else self._backlog
        future: Future[object] = Future()
        with self._wake:
            self._check_room(lane)
            lane.waiting.append((batch, future))
            self._wake.notify()
        return future

    def has_room(self) -> bool:
        """Whether a full batch would be taken now."""
        return len(self._backlog.waiting) < self._backlog.most and not self._stopping

    def do(self, job: Job) -> "Future[object]":
        """Have other work done in the next transaction. Raises Refused when too much waits."""
        future: Future[object] = Future()
        with self._wake:
            if len(self._jobs) >= LIVE_MAX or self._stopping:
                raise slow_down()
            self._jobs.append((job, future))
            self._wake.notify()
        return future

    def _check_room(self, lane: _Lane) -> None:
        if len(lane.waiting) >= lane.most or self._stopping:
            raise slow_down()

    def stop(self) -> None:
        """Take nothing more, finish what waits, end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def run(self) -> None:
        """Commit until stopped and nothing waits."""
        while True:
            with self._wake:
                while not (
                    self._live.waiting or self._backlog.waiting or self._jobs or self._stopping
                ):
                    self._wake.wait()
                batches, jobs = self._choose()
            if not batches and not jobs:
                return
            self._done(self._commit(batches, jobs))

    def _choose(
        self,
    ) -> tuple[list[tuple[Checked, "Future[object]"]], list[tuple[Job, "Future[object]"]]]:
        batches = []
        room = GROUP_LINES
        for lane in (self._live, self._backlog):
            while lane.waiting and room > 0:
                batches.append(lane.waiting.popleft())
                room -= len(batches[-1][0].lines) + 1
        jobs = [self._jobs.popleft() for _ in range(min(GROUP_JOBS, len(self._jobs)))]
        return batches, jobs

    def _commit(
        self,
        batches: list[tuple[Checked, "Future[object]"]],
        jobs: list[tuple[Job, "Future[object]"]],
    ) -> list[tuple["Future[object]", object]]:
        futures = [future for _, future in batches] + [future for _, future in jobs]
        try:
            answers, results = self._intake.take(
                [batch for batch, _ in batches], self._clock(), [job for job, _ in jobs]
            )
        except WRITE_ERRORS as error:
            self.failing = True
            refused = slow_down(f"the hall cannot write: {getattr(error, 'orig', error)}")
            return [(future, refused) for future in futures]
        self.failing = False
        self.commits += 1
        self.lines += sum(len(batch.lines) for batch, _ in batches)
        return list(zip(futures, [*answers, *results], strict=True))


def slow_down(why: str = "too much waits to be stored") -> Refused:
    """The answer that asks a kiosk to come back later."""
    return Refused(503, "slow-down", why, retry_after_s=RETRY_AFTER_S)
