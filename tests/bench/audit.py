"""The audit of a hall that holds many epochs; the limit hashes as many of the same lines in one
process.
"""

import hashlib
import tempfile
import time
from pathlib import Path

from sync.hall.ledger import roster
from sync.hall.ledger.audit import audit
from sync.hall.ledger.store import KEY_FILE, Store, add_lines
from sync.keys import decode_public, load_or_make
from sync.wire import CHECKPOINT, mark_text
from tests.bench.intake import fill
from tests.bench.table import Goal, Row, take_turns
from tests.hall.kit import START, Chain, make_key

ENTRIES = 200_000
LONG_ENTRIES = 10_000_000
LONG_S = 60
EPOCH_ENTRIES = 20_000
LONG_PAIRS = 1  # it takes minutes to fill and one to walk


def measure_audit(long: bool = False) -> list[Row]:
    """Entries a second; what a hall of another size would take is not worked out from it."""
    entries = LONG_ENTRIES if long else ENTRIES
    row = Row("audit", "entries/s")
    if long:
        row.goals = (Goal("ours", ">=", LONG_ENTRIES / LONG_S),)
    else:
        row.skipped = f"over {ENTRIES} entries; the goal is set for {LONG_ENTRIES}: --long"
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        folder = Path(place)
        lines = store_epochs(folder, entries)
        sides = [
            (row.ours, lambda: walk(folder, entries)),
            (row.limit, lambda: hash_all(lines, entries)),
        ]
        if long:
            take_turns(sides, LONG_PAIRS)
        else:
            take_turns(sides)
    return [row]


def walk(folder: Path, entries: int) -> float:
    start = time.perf_counter()
    result = audit(folder)
    taken = time.perf_counter() - start
    if result.findings or result.entries != entries:
        raise AssertionError(f"{result.entries} entries, {result.findings[:1]}")
    return result.entries / taken


def hash_all(lines: list[bytes], entries: int) -> float:
    start = time.perf_counter()
    for _ in range(0, entries, len(lines)):
        for line in lines:
            hashlib.sha256(line).hexdigest()
    return entries / (time.perf_counter() - start)


def store_epochs(folder: Path, entries: int) -> list[bytes]:
    """Fill a hall, each epoch a device's own under one checkpoint; returns one epoch's lines."""
    load_or_make(folder / KEY_FILE)
    store = Store(folder)
    lines: list[bytes] = []
    for number in range(1, entries // EPOCH_ENTRIES + 1):
        chain = fill(Chain(make_key(number)).open(), EPOCH_ENTRIES)
        store_epoch(store, number, chain)
        lines = chain.lines
    store.close()
    return lines


def store_epoch(store: Store, number: int, chain: Chain) -> None:
    mark = chain.mark()
    signature = chain.key.sign(mark_text(CHECKPOINT, mark))
    with store.write() as connection:
        device = roster.add_device(connection, decode_public(chain.key.public), "H", "3", START)
        add_lines(connection, number, 1, chain.lines)
        connection.exec_driver_sql(
            "INSERT INTO streams (id, device, epoch, seq, hash, prev, link, depth, scope, low)"
            " VALUES (?, ?, ?, ?, ?, ?, 'linked', 0, 0, 0)",
            (number, device, chain.epoch, mark.seq, mark.hash, chain.prev),
        )
        connection.exec_driver_sql(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
            (number, mark.seq, mark.hash, mark.at, signature, START),
        )
