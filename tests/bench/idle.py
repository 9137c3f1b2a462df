"""A kiosk that waits: what it costs the processor, and how often it wakes it."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sync.identity import load_identity
from tests.bench.display import Display
from tests.bench.ours import Kiosk
from tests.bench.rivals import end
from tests.bench.table import Goal, Row

CALM_S = 8.0  # after the start: imports, index and the first heartbeats are over
WATCH_S = 10.0  # a run
RUNS = 3


def measure_idle() -> list[Row]:
    """Percent of one core, and wake-ups a second, of all the kiosk's threads.

    The hall is there and holds the heartbeat; the panel beats every two seconds.
    """
    cpu = Row("cpu-idle", "% of a core", (Goal("ours", "<=", 0.3),))
    wakeups = Row("wakeups-idle", "1/s", (Goal("ours", "<=", 12),))
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        folder = Path(place)
        kiosk, display = Kiosk(folder / "kiosk"), Display(folder / "screen")
        hall = serve_hall(folder / "kiosk" / "data")
        process = kiosk.start(display)
        try:
            time.sleep(CALM_S)
            for _ in range(RUNS):
                before = count(process.pid)
                time.sleep(WATCH_S)
                after = count(process.pid)
                cpu.ours.append((after[0] - before[0]) / WATCH_S * 100)
                wakeups.ours.append((after[1] - before[1]) / WATCH_S)
        finally:
            end(process)
            end(hall)
            display.close()
            kiosk.close()
    return [cpu, wakeups]


def serve_hall(data: Path) -> "subprocess.Popen[bytes]":
    """The hall that the kiosk was enrolled at, where it was then."""
    identity = load_identity(data / "kiosk")
    assert identity is not None
    listen = identity.address.removeprefix("http://")
    return subprocess.Popen(
        [sys.executable, "-m", "sync.hall", "serve", "--data", str(data / "hall"),
         "--listen", listen],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def count(pid: int) -> tuple[float, int]:
    """Seconds its threads have run so far, and how often one of them has slept."""
    seconds, sleeps = 0.0, 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        seconds += int((task / "schedstat").read_text("ascii").split()[0]) / 1e9
        for line in (task / "status").read_text("ascii").splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                sleeps += int(line.split()[1])
    return seconds, sleeps
