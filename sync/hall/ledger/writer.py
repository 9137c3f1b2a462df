"""The writer: the one thread that writes the hall's database, many batches to a commit.

It waits for nobody: what comes while it writes is checked meanwhile and goes together next.
Small batches, which live kiosks send, have a lane of their own and go first; full ones wait behind
them. Both lanes end at a limit; past it a kiosk is told when to come back. Knows no routes.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from sync.hall.ledger.gate import Checked
from sync.hall.ledger.intake import Intake, Job
from sync.hall.ledger.store import CONTRADICTIONS, WRITE_ERRORS
from sync.hall.refusal import RETRY_MAX_S, Refused, slow_down

LIVE_LINES = 20
"""A batch of at most so many lines is live: someone just pressed."""

LIVE_MAX = 4_000
BACKLOG_MAX = 64
"""Batches that may wait in each lane."""

GROUP_LINES = 2_000
"""Lines of one commit: enough to pay for its flush, few enough that others are checked meanwhile.
"""

GROUP_JOBS = 500

Waiting = tuple[Checked, "Future[object]"]
WaitingJob = tuple[Job, "Future[object]"]
Results = list[tuple["Future[object]", object]]

_log = logging.getLogger("huiyin.hall")


@dataclass(slots=True)
class _Lane:
    most: int
    waiting: deque[Waiting] = field(default_factory=deque)
    lines: int = 0


class Writer(threading.Thread):
    """Commits what is submitted; `done` hears all results of a commit at once, from this thread."""

    def __init__(
        self, intake: Intake, clock: Callable[[], int], done: Callable[[Results], None]
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self._intake = intake
        self._clock = clock
        self._done = done
        self._live = _Lane(LIVE_MAX)
        self._backlog = _Lane(BACKLOG_MAX)
        self._jobs: deque[WaitingJob] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._turned_away = 0
        self.failing = False
        self.commits = 0
        self.lines = 0

    def submit(self, batch: Checked) -> "Future[object]":
        """Have a batch taken; it comes to Taken or Refused. Raises Refused where it is full."""
        lane = self._live if len(batch.lines) <= LIVE_LINES else self._backlog
        future: Future[object] = Future()
        with self._wake:
            if len(lane.waiting) >= lane.most or self._stopping:
                raise self.slow_down()
            lane.waiting.append((batch, future))
            lane.lines += len(batch.lines)
            self._wake.notify()
        return future

    def do(self, job: Job) -> "Future[object]":
        """Have other work done in the next transaction. Raises Refused when too much waits."""
        future: Future[object] = Future()
        with self._wake:
            if len(self._jobs) >= LIVE_MAX or self._stopping:
                raise self.slow_down()
            self._jobs.append((job, future))
            self._wake.notify()
        return future

    def has_room(self) -> bool:
        """Whether a full batch would be taken now."""
        return len(self._backlog.waiting) < self._backlog.most and not self._stopping

    def waiting(self) -> int:
        """Lines of full batches that wait."""
        return self._backlog.lines

    def slow_down(self) -> Refused:
        """The answer that asks a kiosk to come back later: the longer, the more are turned away."""
        self._turned_away += 1
        return slow_down(
            "too many batches wait to be stored", self._turned_away // self._backlog.most
        )

    def stop(self) -> None:
        """Take nothing more, finish what waits, end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def run(self) -> None:
        """Commit until stopped and nothing waits."""
        while True:
            with self._wake:
                while not (self._live.waiting or self._backlog.waiting or self._jobs):
                    if self._stopping:
                        return
                    self._wake.wait()
                batches, jobs = self._choose()
            self._done(self._commit(batches, jobs))

    def _choose(self) -> tuple[list[Waiting], list[WaitingJob]]:
        batches: list[Waiting] = []
        room = GROUP_LINES
        for lane in (self._live, self._backlog):
            while lane.waiting and room > 0:
                batches.append(lane.waiting.popleft())
                lane.lines -= len(batches[-1][0].lines)
                room -= len(batches[-1][0].lines) + 1
        jobs = [self._jobs.popleft() for _ in range(min(GROUP_JOBS, len(self._jobs)))]
        self._turned_away = max(0, self._turned_away - len(batches))
        return batches, jobs

    def _commit(self, batches: list[Waiting], jobs: list[WaitingJob]) -> Results:
        futures = [future for _, future in batches] + [future for _, future in jobs]
        try:
            taken, results = self._intake.commit(
                [batch for batch, _ in batches], self._clock(), [job for job, _ in jobs]
            )
        except CONTRADICTIONS as error:
            return self._commit_apart(batches, jobs, error)
        except WRITE_ERRORS as error:
            self.failing = True
            _log.error("cannot write: %s", getattr(error, "orig", error))
            refused = slow_down("the hall cannot write its database", RETRY_MAX_S // 4)
            return [(future, refused) for future in futures]
        except Exception as error:  # noqa: BLE001  (a bug one request wakes must not stop the others)
            return self._commit_apart(batches, jobs, error)
        self.failing = False
        self.commits += 1
        self.lines += sum(len(batch.lines) for batch, _ in batches)
        return list(zip(futures, [*taken, *results], strict=True))

    def _commit_apart(
        self, batches: list[Waiting], jobs: list[WaitingJob], error: Exception
    ) -> Results:
        """After a bug: each request alone, so that only the one that wakes it fails."""
        if len(batches) + len(jobs) > 1:
            apart = [self._commit([one], []) for one in batches]
            apart += [self._commit([], [one]) for one in jobs]
            return [result for some in apart for result in some]
        _log.error("a request failed", exc_info=error)
        refused = Refused(500, "internal", "see the hall's log")
        return [(future, refused) for _, future in [*batches, *jobs]]
