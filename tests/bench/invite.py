"""From the business system's request at the desk, or at the hall, to the painted question, in place
of the thanks to the citizen before.
"""

import contextlib
import tempfile
import time
from pathlib import Path

from tests.bench.ours import Demo, HallDemo
from tests.bench.pixel import AIM_S, CALM_S, Course
from tests.bench.table import Goal, Row

INVITATIONS = 105
LIMIT_MS = 100
HALL_LIMIT_MS = 1_000


class Asked(Course):
    """A kiosk that is asked, and answered so that the next question is painted anew."""

    def invite(self) -> float:
        """Milliseconds of one invitation."""
        start = time.perf_counter_ns()
        self._contender.ask()
        taken = (self._contender.display.wait(self._question) - start) / 1e6
        time.sleep(CALM_S)
        self._contender.aim()
        time.sleep(AIM_S)
        self._contender.push()
        self._contender.display.wait(self._answer)
        time.sleep(CALM_S)
        return taken


def measure_invitations() -> list[Row]:
    """Asked at the desk: the row is the 99th percentile of all invitations."""
    return [_measure("invite-kiosk", LIMIT_MS, Demo)]


def measure_hall_invitations() -> list[Row]:
    """Asked at the hall, whose answer to a held heartbeat brings it to the kiosk."""
    return [_measure("invite-hall", HALL_LIMIT_MS, HallDemo)]


def _measure(name: str, limit_ms: int, kind: type[Demo]) -> Row:
    row = Row(name, "ms", (Goal("ours", "<=", limit_ms),))
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place,
        contextlib.closing(kind(Path(place) / "ours")) as demo,
    ):
        demo.display.settle()
        asked = Asked(demo)
        taken = sorted(asked.invite() for _ in range(INVITATIONS))
    row.ours = [taken[int(len(taken) * 0.99)]]
    return row
