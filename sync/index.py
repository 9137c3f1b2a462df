"""The index: every line again in SQLite, with columns to ask by: the second copy, never the truth.

It may be deleted at any time and is filled again from the files; a row is believed only if its line
hashes to the hash beside it. One connection, EXCLUSIVE: SQLite before 3.51.3 can corrupt a
write-ahead log that two connections share.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from sync.chain import hash_line
from sync.errors import IndexFailed
from sync.recovery import read_rung

NAME = "index.db"
FILES = (NAME, NAME + "-wal", NAME + "-shm", NAME + "-journal")
"""What SQLite may leave in the folder."""

LAYOUT = 1
"""`user_version` of the file; another one is thrown away and filled anew."""

Row = tuple[str, int, bytes]
"""Epoch, seq, line."""

_MAKE = """
create table if not exists entry (epoch text, seq integer, hash text, line blob, kind text,
    invitation text, project_no text, service_no text, state text, primary key (epoch, seq));
create index if not exists entry_service on entry (project_no, service_no);
create index if not exists entry_invitation on entry (invitation);
create table if not exists stop (id integer primary key, clean integer);
"""

_ADD = "replace into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?)"

_RATED = """
select 1 from entry asked join entry ended on ended.invitation = asked.invitation
where asked.project_no = ? and asked.service_no = ? and asked.state is not 'drill'
and ended.kind = 'outcome' and ended.state = 'rated' limit 1
"""


class _Columns(msgspec.Struct, frozen=True):
    """The fields of a line that the index can be asked by."""

    kind: str = ""
    invitation: str | None = None
    transaction: dict[str, Any] | None = None
    mode: str | None = None
    outcome: str | None = None
    state: str | None = None


_columns = msgspec.json.Decoder(_Columns)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say every error of SQLite in our words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise IndexFailed(str(error), broken=False) from error
    except sqlite3.Error as error:
        raise IndexFailed(str(error)) from error


def to_record(epoch: str, seq: int, line: bytes) -> tuple[object, ...]:
    """The row of a line; one that cannot be read has its place and nothing else."""
    try:
        fields = _columns.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        fields = _Columns()
    served = fields.transaction or {}
    return (
        epoch,
        seq,
        hash_line(line),
        line,
        fields.kind,
        fields.invitation,
        _text(served.get("project_no")),
        _text(served.get("service_no")),
        fields.outcome or fields.mode or fields.state,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class Index:
    """One open index. Every method raises IndexFailed if the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._link: sqlite3.Connection | None = None
        self.clean = False
        try:
            with _told():
                self._open()
        except IndexFailed:
            self.close(clean=False)
            raise

    def _open(self) -> None:
        self._path.touch(mode=0o600)
        link = sqlite3.connect(self._path, timeout=0, check_same_thread=False)
        self._link = link
        link.execute("pragma locking_mode = exclusive")
        link.execute("pragma journal_mode = wal")
        link.execute("pragma synchronous = normal")
        layout = link.execute("pragma user_version").fetchone()[0]
        if layout not in (0, LAYOUT):
            raise IndexFailed(f"layout {layout}, this version writes {LAYOUT}")
        if layout == LAYOUT:
            row = link.execute("select clean from stop").fetchone()
            self.clean = bool(row and row[0])

    @property
    def _sql(self) -> sqlite3.Connection:
        if self._link is None:
            raise IndexFailed("closed", broken=False)
        return self._link

    @property
    def _filled(self) -> bool:
        return bool(self._sql.execute("pragma user_version").fetchone()[0] == LAYOUT)

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows; a row that is there is written anew."""
        with _told():
            if not self._filled:
                self._sql.executescript(_MAKE)
                self._sql.execute(f"pragma user_version = {LAYOUT}")
            if self.clean:
                self._sql.execute("update stop set clean = 0")
                self.clean = False
            self._sql.executemany(_ADD, [to_record(*row) for row in rows])
            self._sql.commit()

    def epochs(self) -> list[str]:
        """The epochs it has rows of, in the order they were first written."""
        with _told():
            if not self._filled:
                return []
            rows = self._sql.execute("select epoch from entry group by epoch order by min(rowid)")
            return [str(row[0]) for row in rows]

    def last(self, epoch: str) -> tuple[int, str] | None:
        """The highest seq of an epoch and the hash of its line."""
        with _told():
            if not self._filled:
                return None
            row = self._sql.execute(
                "select seq, line from entry where epoch = ? order by seq desc limit 1", (epoch,)
            ).fetchone()
            return (int(row[0]), hash_line(bytes(row[1]))) if row else None

    def rows(self, epoch: str) -> dict[int, bytes]:
        """The lines of an epoch that are as they were written."""
        with _told():
            if not self._filled:
                return {}
            found = self._sql.execute("select seq, hash, line from entry where epoch = ?", (epoch,))
            return {int(seq): line for seq, digest, line in found if _whole(seq, digest, line)}

    def is_rated(self, project_no: str, service_no: str) -> bool:
        """Whether an invitation to rate this service ended as rated."""
        with _told():
            if not self._filled:
                return False
            return self._sql.execute(_RATED, (project_no, service_no)).fetchone() is not None

    def forget(self, epochs: Iterable[str]) -> None:
        """Drop the rows of epochs."""
        with _told():
            if self._filled:
                self._sql.executemany(
                    "delete from entry where epoch = ?", [(epoch,) for epoch in epochs]
                )
                self._sql.commit()

    def close(self, clean: bool) -> None:
        """Close the file, with a note whether the stop was a clean one."""
        if self._link is None:
            return
        with contextlib.suppress(IndexFailed, sqlite3.Error):
            if clean and self._filled:
                self._sql.execute("replace into stop (id, clean) values (1, 1)")
                self._sql.commit()
        with contextlib.suppress(sqlite3.Error):
            self._link.close()
        self._link = None


def _whole(seq: object, digest: object, line: object) -> bool:
    if not isinstance(line, bytes) or hash_line(line) != digest:
        return False
    rung = read_rung(line)
    return rung is not None and rung.seq == seq
