"""Counting again from the lines: to compare with what is counted, and to let a confirmed epoch
count.
"""

import shutil
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync import keys
from sync.errors import HuiyinError
from sync.hall.ledger.acts import add_act
from sync.hall.ledger.backup import copy_database
from sync.hall.ledger.intake import Intake
from sync.hall.ledger.store import KEY_FILE, Store
from sync.hall.ledger.streams import CONFIRMED, UNLINKED
from sync.hall.ledger.walk import Finding


def compare_counts(folder: Path, zone: ZoneInfo) -> list[Finding]:
    """Count a copy again from its lines; every count that differs is a finding."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="recount-") as place:
        copy = Path(place)
        copy_database(folder, copy)
        shutil.copyfile(folder / KEY_FILE, copy / KEY_FILE)
        store = Store(copy, create=False)
        try:
            with store.read() as connection:
                before = _read_counts(connection)
            Intake(store, keys.load(copy / KEY_FILE), zone).recount()
            with store.read() as connection:
                after = _read_counts(connection)
        finally:
            store.close()
    return [
        Finding("miscounted", "", "", 0, f"{key}: {before.get(key, 0)} counted, the lines say {n}")
        for key in sorted(before.keys() | after.keys())
        if before.get(key, 0) != (n := after.get(key, 0))
    ]


def _read_counts(connection: Connection) -> dict[str, int]:
    rows = connection.exec_driver_sql(
        "SELECT s.hall, s.window, r.day, r.measure, r.n"
        " FROM rollups r JOIN scopes s ON s.id = r.scope"
    )
    return {" ".join(filter(None, row[:4])): row[4] for row in rows if row[4]}


def confirm_epoch(
    folder: Path, zone: ZoneInfo, device: str, epoch: str, who: str, note: str, now: int
) -> None:
    """A named person confirms an unlinked epoch: it counts from now on. Raises HuiyinError."""
    store = Store(folder, create=False)
    try:
        intake = Intake(store, keys.load(folder / KEY_FILE), zone)
        with store.write() as connection:
            row = connection.exec_driver_sql(
                "SELECT s.id, s.link, d.id FROM streams s JOIN devices d ON d.id = s.device"
                " WHERE d.device = ? AND s.epoch = ?",
                (device, epoch),
            ).first()
            if row is None or row[1] != UNLINKED:
                raise HuiyinError(f"--epoch {epoch}: device {device} has no such unlinked epoch")
            connection.exec_driver_sql(
                "UPDATE streams SET link = ? WHERE id = ?", (CONFIRMED, row[0])
            )
            add_act(connection, now, who, "confirm", f"{device} {epoch}", note)
        intake.refold(row[2])
    finally:
        store.close()
