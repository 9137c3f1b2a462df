"""Scopes: what counts are kept for.

A window of a hall, a whole hall (window ""), the city (both "").
"""

from sqlalchemy import Connection

CITY = ("", "")


class Scopes:
    """Numbers of scopes, remembered; made when first met."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], int] = {}
        self._names: dict[int, tuple[str, str]] = {}

    def forget(self) -> None:
        """Drop what is remembered: a transaction failed."""
        self._ids.clear()
        self._names.clear()

    def number(self, connection: Connection, hall: str, window: str) -> int:
        """The number of a scope."""
        key = (hall, window)
        if not self._ids:
            self._load(connection)
        if key not in self._ids:
            connection.exec_driver_sql("INSERT INTO scopes (hall, window) VALUES (?, ?)", key)
            self._load(connection)
        return self._ids[key]

    def name(self, connection: Connection, scope: int) -> tuple[str, str]:
        """Hall and window of a number; the city's where nothing is known."""
        if scope and scope not in self._names:
            self._load(connection)
        return self._names.get(scope, CITY)

    def _load(self, connection: Connection) -> None:
        for number, hall, window in connection.exec_driver_sql(
            "SELECT id, hall, window FROM scopes"
        ):
            self._ids[(hall, window)] = number
            self._names[number] = (hall, window)
