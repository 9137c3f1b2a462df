"""Reports of a hall and of a city over ten million ratings, from the roll-ups that intake keeps.

Each report opens the database anew, as the command does. The peer is DuckDB, which does so too and
scans a row a rating; where it is not installed the rows say so.
"""

import importlib
import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sync.hall.figures.reports import make_report
from sync.hall.ledger import counts, moment
from sync.hall.ledger.store import Store
from tests.bench.table import Goal, Row, take_turns
from tests.hall.kit import START

RATINGS = 10_000_000
HALLS = 16
WINDOWS = 3_000
DAYS = 365
REPEAT = 5  # reports a run; the middle one counts
NO_PEER = "duckdb, the peer, is not installed"

Ask = Callable[[str | None], int]


def measure_reports() -> list[Row]:
    rows = [Row(name, "ms", (Goal("ratio_peer", "<=", 1.0),)) for name in NAMES]
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        folder = Path(place)
        store_city(folder)
        peer = None
        if importlib.util.find_spec("duckdb") is not None:
            peer = open_peer(folder / "peer")
        sides: list[tuple[list[float], Callable[[], float]]] = []
        for row, hall in zip(rows, NAMES.values(), strict=True):
            sides.append((row.ours, timed(lambda name: report(folder, name), hall)))
            if peer is None:
                row.skipped = NO_PEER
            else:
                sides.append((row.peer, timed(peer, hall)))
        take_turns(sides)
    return rows


NAMES = {"report-hall": "H1", "report-city": None}


def timed(ask: Ask, hall: str | None) -> Callable[[], float]:
    """Milliseconds of the middle one of some reports."""

    def run() -> float:
        taken = []
        for _ in range(REPEAT):
            start = time.perf_counter()
            if not ask(hall):
                raise AssertionError("the report is empty")
            taken.append(1_000 * (time.perf_counter() - start))
        return sorted(taken)[REPEAT // 2]

    return run


def report(folder: Path, hall: str | None) -> int:
    """A whole report; returns how many ratings it tells."""
    store = Store(folder, create=False)
    with store.read() as connection:
        read = counts.read_counts(connection, hall=hall)
        windows = counts.count_windows(connection, hall=hall)
    store.close()
    return int(make_report(read, windows, "")["ratings"])


def store_city(folder: Path) -> None:
    """The roll-ups that the ratings of a year leave in a city of halls and windows."""
    store = Store(folder)
    each = RATINGS // (WINDOWS * DAYS) + 1
    days = [moment.write(START + day * moment.DAY_MS)[:10] for day in range(DAYS)]
    measures = {"invitations": each + 1, "paired:rated": each, "level:5:three": each - 2}
    measures |= {"level:4:three": 1, "level:2:three": 1, "not_rated": 1, "paired:not_rated": 1}
    insert = "INSERT INTO rollups VALUES (?, ?, ?, ?)"
    scopes = [(1, "", "", WINDOWS)]
    scopes += [(2 + hall, f"H{hall}", "", WINDOWS // HALLS) for hall in range(HALLS)]
    scopes += [(100 + n, f"H{n % HALLS}", str(n), 1) for n in range(WINDOWS)]
    with store.write() as connection:
        for number, hall, window, times in scopes:
            place = (number, hall, window)
            connection.exec_driver_sql("INSERT INTO scopes VALUES (?, ?, ?)", place)
            rows = [
                (number, day, name, n * times)
                for day in days
                for name, n in sorted(measures.items())
            ]
            connection.exec_driver_sql(insert, rows)
    store.close()


def open_peer(path: Path) -> Ask:
    """One row a rating, typed as narrowly as can be; returns what counts them."""
    duckdb: Any = importlib.import_module("duckdb")
    base = duckdb.connect(str(path))
    base.execute(
        "CREATE TABLE ratings AS SELECT (i % $halls)::UTINYINT AS hall,"
        " (i % $windows)::USMALLINT AS place, (DATE '2026-03-02' + (i % $days)::INTEGER) AS day,"
        " (CASE i % 10 WHEN 0 THEN 4 WHEN 1 THEN 2 ELSE 5 END)::UTINYINT AS level,"
        " (i % 11 > 0) AS rated FROM range($ratings) t(i)",
        {"halls": HALLS, "windows": WINDOWS, "days": DAYS, "ratings": RATINGS},
    )
    base.close()
    query = (
        "SELECT count(*), count(*) FILTER (rated), count(DISTINCT place),"
        " count(*) FILTER (level = 5), count(*) FILTER (level = 4), count(*) FILTER (level = 2)"
        " FROM ratings WHERE day BETWEEN DATE '2026-01-01' AND DATE '2027-12-31'"
    )

    def ask(hall: str | None) -> int:
        where = "" if hall is None else f" AND hall = {int(hall[1:])}"
        with duckdb.connect(str(path), read_only=True) as base:
            return int(base.execute(query + where).fetchone()[1])

    return ask
