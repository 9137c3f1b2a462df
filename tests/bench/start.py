"""Start to three keys painted, warm and cold, and memory at rest: the kiosk against a browser."""

import contextlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.display import Display, Points, tell_apart
from tests.bench.ours import Kiosk
from tests.bench.rivals import HERE, browse, end, find_browser
from tests.bench.table import Goal, Row, take_turns

REST_S = 3.0  # after the first paint, before memory is read
LOOK_S = 0.001  # between two looks: a start uses both cores
DROP = Path("/proc/sys/vm/drop_caches")


class Starter:
    """Starts one program again and again on one display, until its three keys stand there."""

    def __init__(self, display: Display, launch: "Callable[[], subprocess.Popen[bytes]]") -> None:
        self._display = display
        self._launch = launch
        self._keys: Points = []
        empty = display.settle()
        process = launch()
        try:
            time.sleep(REST_S)
            self._keys = tell_apart([display.settle()], [empty])
        finally:
            self._end(process)

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        end(process)
        while self._keys and self._display.shows(self._keys):
            time.sleep(0.05)

    def start(self) -> float:
        """Milliseconds from start to keys."""
        return self.start_and_rest(0)[0]

    def start_cold(self) -> float:
        """... with nothing of it in the machine's memory."""
        os.sync()
        DROP.write_text("3\n", "ascii")
        return self.start()

    def start_and_rest(self, rest_s: float = REST_S) -> tuple[float, float]:
        """Milliseconds to its keys, and megabytes of all its processes at rest."""
        began = time.perf_counter_ns()
        process = self._launch()
        try:
            took = (self._display.wait(self._keys, LOOK_S) - began) / 1e6
            time.sleep(rest_s)
            return took, weigh(process.pid) if rest_s else 0.0
        finally:
            self._end(process)


def weigh(pid: int) -> float:
    """Megabytes (PSS) of a process and all below it."""
    total = 0.0
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    if found := re.search(r"^Pss: +(\d+) kB", text, re.MULTILINE):
        total += int(found[1]) / 1_024
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            total += weigh(int(child))
    return total


@contextlib.contextmanager
def starters(folder: Path) -> Iterator[tuple[Starter, Starter]]:
    find_browser()
    kiosk = Kiosk(folder / "kiosk")
    display, other = Display(folder / "ours"), Display(folder / "peer")
    page = (HERE / "page.html").as_uri()
    try:
        yield (
            Starter(display, lambda: kiosk.start(display)),
            Starter(other, lambda: browse(page, other, folder / "profile")),
        )
    finally:
        display.close()
        other.close()
        kiosk.close()


def measure_starts() -> list[Row]:
    goals = (Goal("ratio_peer", "<=", 0.50), Goal("ratio_peer", "<=", 0.40, "aim"))
    warm, cold = Row("start-warm", "ms", goals), Row("start-cold", "ms", goals)
    memory_goals = (Goal("ratio_peer", "<=", 0.40), Goal("ratio_peer", "<=", 0.30, "aim"))
    memory = Row("memory-idle", "MB", memory_goals)
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place,
        starters(Path(place)) as (ours, peer),
    ):

        def warm_and_rested(starter: Starter, weights: list[float]) -> float:
            took, weight = starter.start_and_rest()
            weights.append(weight)
            return took

        take_turns(
            [
                (warm.ours, lambda: warm_and_rested(ours, memory.ours)),
                (warm.peer, lambda: warm_and_rested(peer, memory.peer)),
            ]
        )
        if os.access(DROP, os.W_OK):
            take_turns([(cold.ours, ours.start_cold), (cold.peer, peer.start_cold)])
        else:
            cold.skipped = "a cold start needs root, to drop what the machine remembers"
    return [warm, cold, memory]
