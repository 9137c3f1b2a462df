"""Counts read from the roll-ups: by days and scope. Knows no formulas."""

from sqlalchemy import Connection

from sync.hall.ledger.scopes import CITY

FIRST_DAY = "0000-01-01"
LAST_DAY = "9999-12-31"


def read_counts(
    connection: Connection,
    first: str = FIRST_DAY,
    last: str = LAST_DAY,
    hall: str | None = None,
    window: str | None = None,
) -> dict[str, int]:
    """Counts by name over local days, both included; of the city unless a hall or a window is
    named.

    A window without a hall is that window of every hall.
    """
    numbers = _find_scopes(connection, hall, window)
    total: dict[str, int] = {}
    for number in numbers:
        rows = connection.exec_driver_sql(
            "SELECT measure, sum(n) FROM rollups"
            " WHERE scope = ? AND day BETWEEN ? AND ? GROUP BY measure",
            (number, first, last),
        )
        for name, n in rows:
            total[name] = total.get(name, 0) + n
    return total


def count_windows(
    connection: Connection,
    first: str = FIRST_DAY,
    last: str = LAST_DAY,
    hall: str | None = None,
    window: str | None = None,
) -> int:
    """How many windows had an invitation."""
    query = (
        "SELECT count(*) FROM scopes s WHERE s.window <> '' AND (? IS NULL OR s.hall = ?)"
        " AND (? IS NULL OR s.window = ?) AND EXISTS (SELECT 1 FROM rollups r WHERE r.scope = s.id"
        " AND r.day BETWEEN ? AND ? AND r.measure = 'invitations' AND r.n > 0)"
    )
    row = connection.exec_driver_sql(query, (hall, hall, window, window, first, last)).one()
    return int(row[0])


def _find_scopes(connection: Connection, hall: str | None, window: str | None) -> list[int]:
    if window is not None:
        query = "SELECT id FROM scopes WHERE window = ? AND (? IS NULL OR hall = ?)"
        rows = connection.exec_driver_sql(query, (window, hall, hall))
    else:
        query = "SELECT id FROM scopes WHERE hall = ? AND window = ''"
        rows = connection.exec_driver_sql(query, (CITY[0] if hall is None else hall,))
    return [row[0] for row in rows]
