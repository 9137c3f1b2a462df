"""Backup and restore: the database and the key, copied whole beside a running server; put back when
none runs.
"""

import os
import shutil
from contextlib import closing
from pathlib import Path

from sync.errors import HuiyinError
from sync.hall.ledger.roster import REVOKED
from sync.hall.ledger.store import (
    FILE,
    KEY_FILE,
    WRITE_ERRORS,
    Store,
    fetch,
    hold_server_lock,
    run_many,
)


def copy_database(folder: Path, to: Path) -> int:
    """Copy the database as it is at one moment; returns its entries."""
    store = Store(folder, create=False)
    with closing(store), store.engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(to / FILE),))
    os.chmod(to / FILE, 0o600)
    return check_database(to)


def check_database(folder: Path) -> int:
    """Check a database that stands alone; returns its entries. Raises HuiyinError."""
    store = Store(folder, create=False)
    try:
        with store.read() as connection:
            (said,) = connection.exec_driver_sql("PRAGMA quick_check(1)").one()
            total = "SELECT coalesce(sum(seq), 0) FROM streams"
            count = connection.exec_driver_sql(total).scalar_one()
    finally:
        store.close()
    if said != "ok":
        raise HuiyinError(f"{folder / FILE}: damaged: {said}")
    return int(count)


def back_up(folder: Path, to: Path) -> int:
    """Write a backup into a new folder, which appears whole or not at all. Raises HuiyinError."""
    if to.exists():
        raise HuiyinError(f"--to {to}: it exists already; name a new folder")
    fresh = to.with_name(to.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True, mode=0o700)
        count = copy_database(folder, fresh)
        _copy(folder / KEY_FILE, fresh / KEY_FILE)
        _finish(fresh)
        fresh.rename(to)
        _sync(to.parent)
    except OSError as error:
        raise HuiyinError(f"--to {to}: {error.strerror or error}") from None
    return count


def _finish(fresh: Path) -> None:
    for left in fresh.iterdir():
        if left.name not in (FILE, KEY_FILE):
            left.unlink()
    for name in (FILE, KEY_FILE):
        _sync(fresh / name)
    _sync(fresh)


def restore(folder: Path, source: Path, now: int) -> int:
    """Put a backup in place; what was there is moved aside. Raises HuiyinError."""
    for name in (FILE, KEY_FILE):
        if not (source / name).is_file():
            raise HuiyinError(f"--from {source}: this is no backup ({name} is missing)")
    fresh, aside = folder / "restoring", folder / f"before-restore-{now}"
    with hold_server_lock(folder):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        for name in (FILE, KEY_FILE):
            _copy(source / name, fresh / name)
        count = check_database(fresh)
        _keep_bulletins(folder, fresh)
        _keep_roster(folder, fresh)
        aside.mkdir(mode=0o700)
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", KEY_FILE):
            if (folder / name).exists():
                (folder / name).rename(aside / name)
        _finish(fresh)
        for name in (KEY_FILE, FILE):
            (fresh / name).rename(folder / name)
        fresh.rmdir()
        _sync(folder)
    return count


def _keep_bulletins(old: Path, fresh: Path) -> None:
    """Bulletins signed since the backup are in kiosks' journals by now: a hall that no longer held
    them would contradict those. Kept where the database that is replaced can still be read.
    """
    try:
        signed = _read_bulletins(old)
        held = _read_bulletins(fresh)
        if signed[: len(held)] == held and signed[len(held) :]:
            with closing(Store(fresh)) as store, store.write() as connection:
                run_many(
                    connection,
                    "INSERT INTO bulletins VALUES (?, ?, ?, ?, ?)",
                    signed[len(held) :],
                )
    except (HuiyinError, *WRITE_ERRORS):
        return


def _read_bulletins(folder: Path) -> list[tuple[object, ...]]:
    with closing(Store(folder, create=False, alone=True)) as store, store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM bulletins ORDER BY number").all()
    return [tuple(row) for row in rows]


_ROSTER = {
    "devices": (
        "INSERT INTO devices (device, public_key, hall, window, echo_secret, state, enrolled,"
        " counter) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device) DO UPDATE SET"
        " hall = iif(excluded.counter > counter, excluded.hall, hall),"
        " window = iif(excluded.counter > counter, excluded.window, window),"
        f" state = iif(excluded.state = '{REVOKED}', excluded.state, state),"
        " counter = max(counter, excluded.counter)"
    ),
    "codes": (
        "INSERT INTO codes (code, hall, window, expires, device) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (code) DO UPDATE SET device = coalesce(device, excluded.device)"
    ),
}
"""Tables and how a row of another time joins them: who was revoked once stays so, a counter that
was used is used.
"""


def _keep_roster(old: Path, fresh: Path) -> None:
    """Devices enrolled or revoked since the backup, and counters of requests since: no journal
    brings them back, and without them a kiosk would be a stranger, a revoked one welcome, a
    captured request new. Kept where the database that is replaced can still be read and is the
    same hall's: another's devices are none of ours.
    """
    try:
        if (old / KEY_FILE).read_bytes() != (fresh / KEY_FILE).read_bytes():
            return
        with closing(Store(old, create=False, alone=True)) as store, store.read() as connection:
            kept = {
                table: fetch(connection, f"SELECT {_name_columns(join)} FROM {table}")
                for table, join in _ROSTER.items()
            }
        with closing(Store(fresh, alone=True)) as store, store.write() as connection:
            for table, join in _ROSTER.items():
                run_many(connection, join, kept[table])
    except (HuiyinError, OSError, *WRITE_ERRORS):
        return


def _name_columns(insert: str) -> str:
    return insert[insert.index("(") + 1 : insert.index(")")]


def _copy(source: Path, to: Path) -> None:
    shutil.copyfile(source, to)
    os.chmod(to, 0o600)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
