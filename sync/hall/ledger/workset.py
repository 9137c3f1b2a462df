"""The visits a transaction works on: loaded, compared with what they were, written back with the
counts they move.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import astuple
from sqlalchemy import Connection

from sync.hall.ledger import moment
from sync.hall.ledger.scopes import CITY, Scopes
from sync.hall.ledger.store import add_rows, fetch, put_rows, run_many
from sync.hall.ledger.visits import COLUMNS, Sort, Visit, key_visit, measure, sort

ASK_MAX = 500
"""Values in one IN list."""

Key = tuple[int, str]
Row = tuple[Any, ...]
Moved = Counter[tuple[int, int, Sort]]
"""Visits by scope, quarter of an hour and sort; many are alike."""


class Workset:
    """Visits by (device, invitation), for one transaction."""

    def __init__(self, connection: Connection, scopes: Scopes, zone: ZoneInfo) -> None:
        self._connection = connection
        self._scopes = scopes
        self._zone = zone
        self._before: dict[Key, Row | None] = {}
        self._numbers: dict[Key, int] = {}
        self.visits: dict[Key, Visit] = {}

    def load(self, wanted: Mapping[Key, int]) -> None:
        """Have these visits at hand, where they exist; each with its key_visit, or 0 where that is
        not known.
        """
        numbers = []
        for key, number in wanted.items():
            if key not in self._before:
                self._before[key] = None
                self._numbers[key] = number or key_visit(*key)
                numbers.append(self._numbers[key])
        rows = self._read("key", numbers)
        self._hold(row for row in rows if (row[0], row[1]) in self._before)

    def load_services(self, keys: Iterable[int]) -> None:
        """Have all visits of these services at hand."""
        self._hold(self._read("service_key", list(keys)))

    def load_boot(self, device: int, boot: str) -> list[Visit]:
        """All visits of a device placed by this start of the machine."""
        self._hold(self._read("device = ? AND boot", [boot], (device,)))
        return [v for v in self.visits.values() if v.device == device and v.boot == boot]

    def clear_device(self, device: int) -> None:
        """Have all visits of a device at hand as they were, and start them again from nothing."""
        last = (device + 1 << 32) - 1
        query = f"SELECT {COLUMNS} FROM visits WHERE key BETWEEN ? AND ?"
        self._hold(fetch(self._connection, query, (device << 32, last)))
        for key in [key for key in self.visits if key[0] == device]:
            del self.visits[key]

    def get(self, device: int, invitation: str, stream: int, scope: int) -> Visit:
        """The visit, begun by this entry if there is none."""
        key = (device, invitation)
        visit = self.visits.get(key)
        if visit is None:
            visit = self.visits[key] = Visit(device, invitation, stream, scope)
            self._before.setdefault(key, None)
        return visit

    def _read(
        self, column: str, wanted: Sequence[object], first: tuple[object, ...] = ()
    ) -> Iterator[Row]:
        for start in range(0, len(wanted), ASK_MAX):
            part = wanted[start : start + ASK_MAX]
            marks = ",".join("?" * len(part))
            query = f"SELECT {COLUMNS} FROM visits WHERE {column} IN ({marks})"
            yield from fetch(self._connection, query, (*first, *part))

    def _hold(self, rows: Iterable[Row]) -> None:
        for row in rows:
            key = (row[0], row[1])
            if self._before.get(key) is None and key not in self.visits:
                self._before[key] = row
                self.visits[key] = Visit(*row)

    def service_keys(self) -> set[int]:
        """The services any visit at hand belongs or belonged to."""
        keys = {visit.service_key for visit in self.visits.values()}
        column = Visit.__struct_fields__.index("service_key")
        keys.update(row[column] for row in self._before.values() if row is not None)
        keys.discard(None)
        return keys  # type: ignore[return-value]

    def save(self) -> None:
        """Write the visits that changed and the counts they move."""
        moved: Moved = Counter()
        fresh: list[tuple[object, ...]] = []
        gone: list[Key] = []
        for key, row in self._before.items():
            visit = self.visits.get(key)
            now = None if visit is None else astuple(visit)
            if now == row:
                continue
            if row is not None:
                _move(moved, Visit(*row), -1)
                gone.append(key)
            if visit is not None and now is not None:
                _move(moved, visit, 1)
                fresh.append((*now, self._numbers.get(key) or key_visit(*key)))
        self._write(fresh, gone, moved)

    def _write(
        self,
        fresh: list[tuple[object, ...]],
        gone: list[Key],
        moved: Moved,
    ) -> None:
        """Rows that changed are among both: deleted, then written anew."""
        connection = self._connection
        if gone:
            delete = "DELETE FROM visits WHERE key = ? AND device = ? AND invitation = ?"
            run_many(connection, delete, [(key_visit(*key), *key) for key in gone])
        add_rows(connection, "visits", fresh)
        rows: Counter[tuple[int, str, str]] = Counter()
        for (scope, quarter, of), by in moved.items():
            day = moment.day_of_quarter(quarter, self._zone)
            for within in self._around(scope):
                for name in measure(of):
                    rows[(within, day, name)] += by
        changes = [(*key, by) for key, by in rows.items() if by]
        add = "ON CONFLICT DO UPDATE SET n = n + excluded.n"
        put_rows(connection, "INSERT INTO rollups", changes, add)

    def _around(self, scope: int) -> set[int]:
        """The scope itself, its hall and the city."""
        hall, _ = self._scopes.name(self._connection, scope)
        number = self._scopes.number
        around = {number(self._connection, *CITY), number(self._connection, hall, "")}
        return around | {scope} if scope else around


def _move(moved: Moved, visit: Visit, by: int) -> None:
    moved[(visit.scope, visit.placed // moment.QUARTER_MS, sort(visit))] += by
