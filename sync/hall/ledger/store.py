"""The hall's database: opened, checked, written in transactions that are on disk when they end.

Knows no rules. Several processes may have it open: whoever writes holds a lock file of ours as
well, because SQLite from 3.7.0 to 3.51.2 can damage a write-ahead log that two connections write or
checkpoint at the same instant.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from itertools import chain, repeat
from itertools import count as countup
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from sync.errors import HuiyinError
from sync.hall.ledger import schema
from sync.hall.ledger.visits import key_visit, number_service

FILE = "hall.db"
KEY_FILE = "hall.key"
LOCK_FILE = "hall.lock"
SERVE_LOCK = "serve.lock"
"""Held by the one server of a folder."""

BUSY_MS = 20_000
"""How long one process waits for another's transaction."""

CACHE_KIB = 65_536
PAGE_BYTES = 16_384
"""Lines are some 500 bytes: fewer, larger pages were a quarter cheaper than SQLite's 4 KiB."""

CHECKPOINT_PAGES = 1_000
"""Pages in the write-ahead log before they move into the database: 16 MiB."""

ROWS_AT_ONCE = (250, 50, 10, 4, 1)
"""Rows of one insert statement, as many as there are: the interpreter is free for others while
SQLite works through them, and for each statement the writer may have to wait for it.
"""

READ_LINES = 2_000
"""Lines read at a time when a whole epoch is walked, so that no reader holds up the writer for
long.
"""

CONTRADICTIONS = (IntegrityError, sqlite3.IntegrityError)
"""What it raises where a row contradicts what is there."""

WRITE_ERRORS = (DBAPIError, sqlite3.Error)
"""What the database raises when it cannot do what it is asked."""


class StoreRefused(HuiyinError):
    """The database cannot be used as it is."""


@contextmanager
def hold_server_lock(folder: Path) -> Iterator[None]:
    """Be the only server of a folder. Raises HuiyinError if another is."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / SERVE_LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HuiyinError(f"{folder}: a hall server is running here") from None
        yield
    finally:
        os.close(handle)


class Store:
    """One hall's database. Transactions of one process are taken one after another."""

    def __init__(self, folder: Path, create: bool = True, alone: bool = False) -> None:
        """Open, and make what is missing if `create`; `alone`: the server's lock is ours. Raises
        StoreRefused with one line.
        """
        self.path = folder / FILE
        if not create and not self.path.exists():
            raise StoreRefused(f"{folder}: no hall lives here ({FILE} is missing)")
        folder.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = os.open(folder / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._turn = threading.Lock()
        self._writes = 0
        self.engine = _make_engine(self.path)
        try:
            self._writer = self.engine.connect()
            self._prepare(alone)
        except WRITE_ERRORS as error:
            raise StoreRefused(f"{self.path}: {getattr(error, 'orig', error)}") from None

    def _prepare(self, alone: bool) -> None:
        found = None
        with self.read() as connection:
            if connection.exec_driver_sql("PRAGMA table_info(meta)").first() is not None:
                found = read_meta(connection, "version")
                self._check_version(found)
                if found == str(schema.VERSION):
                    return
        with self.write() as connection:
            if found is not None and read_meta(connection, "version") != found:
                return  # another process moved it meanwhile
            with nullcontext() if alone or found is None else self._hold_server():
                _make_tables(connection)
                write_meta(connection, "version", str(schema.VERSION))

    @contextmanager
    def _hold_server(self) -> Iterator[None]:
        """An older hall would go on by its own rules in what was moved under it."""
        try:
            with hold_server_lock(self.path.parent):
                yield
        except HuiyinError:
            raise StoreRefused(f"{self.path}: an older hall runs here; restart it first") from None

    def _check_version(self, found: str | None) -> None:
        if found is None or not found.isdigit() or int(found) > schema.VERSION:
            raise StoreRefused(
                f"{self.path}: written by a newer hall (version {found});"
                f" this one reads up to {schema.VERSION}"
            )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, or never was."""
        with self._locked():
            connection = self._writer
            fetch(connection, "BEGIN IMMEDIATE")
            try:
                yield connection
                self._writes += 1
                fetch(connection, "COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    def version(self) -> tuple[int, int]:
        """Changes with every transaction, ours or another process's. Ask it inside one."""
        ((others,),) = fetch(self._writer, "PRAGMA data_version")
        return (int(others), self._writes)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else writes, no thread of ours and no other process."""
        with self._turn:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look; keep it short, the write-ahead log grows meanwhile."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    def close(self) -> None:
        """Close every connection."""
        with self._locked():
            self._writer.close()
            self.engine.dispose()
        os.close(self._lock)


def _make_tables(connection: Connection) -> None:
    """Of a new database all. To an older hall's what is missing is added; its visits move to a
    table with a key, in seconds a million.
    """
    run = connection.exec_driver_sql
    columns = [row[1] for row in run("PRAGMA table_info(visits)")]
    older = bool(columns) and "key" not in columns
    if older:
        run("ALTER TABLE visits RENAME TO older")
        for index in schema.visits.indexes:
            run(f"DROP INDEX IF EXISTS {index.name}")
    schema.metadata.create_all(connection, checkfirst=True)
    if older:
        run("INSERT INTO visits SELECT *, visit_key(device, invitation) FROM older")
        run("DROP TABLE older")
    hall = "coalesce((SELECT hall FROM scopes WHERE id = scope), '')"
    number = f"service_key({hall}, project_no, service_no, mode)"
    run(f"UPDATE visits SET service_key = {number} WHERE service_key IS NOT NULL")


def _roll_back(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and driver.in_transaction:
        driver.rollback()


def _make_engine(path: Path) -> Engine:
    # The driver is told to leave transactions alone; SQLAlchemy's own BEGIN and COMMIT do nothing
    # then.
    engine = create_engine(
        f"sqlite:///{path}", isolation_level="AUTOCOMMIT", connect_args={"timeout": BUSY_MS / 1000}
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")  # of a new database only
    cursor.execute("PRAGMA synchronous=EXTRA")  # before the log is: else it begins unsynced
    cursor.execute("PRAGMA journal_mode=WAL")
    mode = cursor.fetchone()
    if mode is None or mode[0] != "wal":
        raise sqlite3.OperationalError(f"journal mode is {mode and mode[0]}; it must be wal")
    cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.close()
    connection.create_function("visit_key", 2, key_visit, deterministic=True)
    connection.create_function("service_key", 4, number_service, deterministic=True)


def fetch(connection: Connection, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
    """All rows of a query the intake asks often, straight from the driver."""
    driver: Any = connection.connection.driver_connection
    rows: list[Any] = driver.execute(query, values).fetchall()
    return rows


def run_many(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement the intake needs often once a row, straight by the driver."""
    driver: Any = connection.connection.driver_connection
    driver.executemany(statement, rows)


def read_meta(connection: Connection, key: str) -> str | None:
    """A value of the table meta."""
    row = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).first()
    return None if row is None else str(row[0])


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Set a value of the table meta."""
    connection.exec_driver_sql("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def put_rows(
    connection: Connection, into: str, rows: Sequence[tuple[object, ...]], then: str = ""
) -> None:
    """Insert rows of one width, `into` being a statement up to its VALUES and `then` its end."""
    done = 0
    for count in ROWS_AT_ONCE:
        while len(rows) - done >= count:
            some = rows[done : done + count]
            statement = _write_insert(into, len(some[0]), count, then)
            fetch(connection, statement, tuple(chain.from_iterable(some)))
            done += count


@lru_cache
def _write_insert(into: str, width: int, count: int, then: str) -> str:
    row = f"({','.join('?' * width)})"
    return f"{into} VALUES {','.join([row] * count)} {then}"


def add_rows(connection: Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert new rows. Raises where one is there already; the transaction must end then."""
    # OR FAIL: the statement needs no journal of its own, for which SQLite would copy every page
    # before it changes.
    put_rows(connection, f"INSERT OR FAIL INTO {table}", rows)


def add_lines(connection: Connection, stream: int, first_seq: int, lines: Sequence[bytes]) -> None:
    """Store lines verbatim, one a row."""
    add_rows(connection, "entries", list(zip(repeat(stream), countup(first_seq), lines)))


def read_lines(connection: Connection, stream: int, first: int, last: int) -> list[bytes]:
    """The lines with `first` <= seq <= `last`, in order."""
    rows = fetch(
        connection,
        "SELECT line FROM entries WHERE stream = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (stream, first, last),
    )
    return [as_bytes(row[0]) for row in rows]


def as_bytes(line: object) -> bytes:
    """A stored line as bytes, whatever type somebody's editing gave it."""
    return line if isinstance(line, bytes) else str(line).encode()
