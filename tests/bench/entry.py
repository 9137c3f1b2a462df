"""One durable entry: what the thanks waits for, then the index too, against a bare append."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sync.journal import Journal, open_journal
from sync.records import Draft, Rating, Stamp
from tests.bench.table import Goal, Row, take_turns

ENTRIES = 200  # a run
LINE = b"x" * 1023 + b"\n"
DEVICE = "0" * 32
STAMP = Stamp(at="2026-01-01T00:00:00.000Z", boot="1" * 32, mono_ms=1, clock="synced")


def measure_entries() -> list[Row]:
    thanks = Row("entry-thanks", "us", (Goal("ratio_limit", "<=", 1.3),))
    full = Row("entry-full", "us", (Goal("ratio_limit", "<=", 2.0),))
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        journal, other = (
            open_journal(Path(folder) / name, DEVICE, STAMP) for name in ("journal", "other")
        )
        bare = os.open(Path(folder) / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

        def disturb() -> None:
            journal.index()
            append_and_index(other)

        take_turns(
            [
                (thanks.limit, lambda: time_each(lambda: append_bare(bare), disturb)),
                (thanks.ours, lambda: time_each(lambda: append(journal), disturb)),
                (full.ours, lambda: time_each(lambda: append_and_index(journal), disturb)),
            ],
            pairs=15,
        )
        full.limit = thanks.limit
        os.close(bare)
        journal.close()
        other.close()
    return [thanks, full]


def time_each(call: Callable[[], None], disturb: Callable[[], None]) -> float:
    """Microseconds a call takes, the middle one of a run.

    `disturb` is not timed. Every side comes after the same one, as a press comes: out of other
    work, with the processor's caches full of that.
    """
    taken = []
    for _ in range(ENTRIES):
        disturb()
        start = time.perf_counter_ns()
        call()
        taken.append(time.perf_counter_ns() - start)
    return sorted(taken)[ENTRIES // 2] / 1_000


def append_bare(handle: int) -> None:
    os.write(handle, LINE)
    os.fdatasync(handle)


def append(journal: Journal) -> None:
    fields = {
        "invitation": os.urandom(16).hex(),
        "level": 5,
        "scale": "three",
        "key": "1",
        "panel": "huiyin-3",
        "source": "panel",
        "revision": 0,
        "language": "zh",
        "after_ms": 4_000,
    }
    journal.append(STAMP, [Draft(Rating, fields)])


def append_and_index(journal: Journal) -> None:
    append(journal)
    journal.index()
