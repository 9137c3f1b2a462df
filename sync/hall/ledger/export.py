"""The export: everything an auditor needs as plain files, for deploy/verify.py or any tool of his
own.

hall.json; devices.ndjson; <device>/<epoch>.ndjson, the lines verbatim, and .checkpoints beside it;
receipts.ndjson, forks.ndjson, acts.ndjson; bulletins/<number>.txt and .sig; report.json.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sync import keys
from sync.errors import HuiyinError
from sync.hall.ledger.counts import read_counts
from sync.hall.ledger.store import KEY_FILE, Store
from sync.hall.ledger.streams import walk


def export(folder: Path, to: Path) -> int:
    """Write the export into a new folder; returns how many entries it has. Raises HuiyinError."""
    if to.exists():
        raise HuiyinError(f"--to {to}: it exists already; name a new folder")
    store = Store(folder, create=False)
    try:
        to.mkdir(parents=True)
        with store.read() as connection:
            return _write(connection, to, keys.load(folder / KEY_FILE).public)
    except OSError as error:
        raise HuiyinError(f"--to {to}: {error.strerror or error}") from None
    finally:
        store.close()


def _write(connection: Connection, to: Path, hall_key: str) -> int:
    counted = {name: n for name, n in read_counts(connection).items() if n}
    (to / "hall.json").write_text(json.dumps({"hall_key": hall_key, "counts": counted}))
    tables = {
        "devices": "SELECT device, public_key, hall, window, state FROM devices ORDER BY device",
        "receipts": "SELECT device, epoch, seq, hash, at, source, signature FROM receipts",
        "forks": "SELECT d.device, f.epoch, f.seq, f.hash, f.line FROM forks f"
        " JOIN devices d ON d.id = f.device",
        "acts": "SELECT at, who, what, subject, detail FROM acts ORDER BY id",
        "epochs": "SELECT d.device, s.epoch, s.link FROM streams s"
        " JOIN devices d ON d.id = s.device",
    }
    for name, query in tables.items():
        result = connection.exec_driver_sql(query)
        columns = list(result.keys())
        rows = (dict(zip(columns, row, strict=True)) for row in result)
        _write_lines(to / f"{name}.ndjson", (_encode(row) for row in rows))
    _write_bulletins(connection, to / "bulletins")
    return _write_epochs(connection, to)


def _encode(row: dict[str, Any]) -> bytes:
    plain = {key: value.hex() if isinstance(value, bytes) else value for key, value in row.items()}
    return json.dumps(plain, ensure_ascii=False).encode()


def _write_lines(path: Path, lines: Iterable[bytes]) -> int:
    count = 0
    with path.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
    return count


def _write_bulletins(connection: Connection, to: Path) -> None:
    to.mkdir()
    for number, text, signature in connection.exec_driver_sql(
        "SELECT number, text, signature FROM bulletins"
    ):
        (to / f"{number:06d}.txt").write_text(text, encoding="utf-8", newline="")
        (to / f"{number:06d}.sig").write_text(signature, encoding="ascii")


def _write_epochs(connection: Connection, to: Path) -> int:
    count = 0
    epochs = connection.exec_driver_sql(
        "SELECT s.id, d.device, s.epoch FROM streams s JOIN devices d ON d.id = s.device"
    ).all()
    for stream, device, epoch in epochs:
        place = to / device
        place.mkdir(exist_ok=True)
        lines = (line for _, line in walk(connection, stream, 1, 2**62))
        count += _write_lines(place / f"{epoch}.ndjson", lines)
        marks = connection.exec_driver_sql(
            "SELECT seq, hash, at, signature FROM checkpoints WHERE stream = ? ORDER BY seq",
            (stream,),
        )
        names = ("seq", "hash", "at", "signature")
        rows = (_encode(dict(zip(names, row, strict=True))) for row in marks)
        _write_lines(place / f"{epoch}.checkpoints", rows)
    return count
