"""The audit of a hall that holds many kiosks' epochs, a checkpoint every fifty entries; the limit
hashes as many of the same lines in one process.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from sync.hall.ledger import roster
from sync.hall.ledger.audit import audit
from sync.hall.ledger.store import KEY_FILE, Store, add_lines, run_many
from sync.keys import decode_public, load_or_make
from sync.records import NO_HASH
from sync.wire import Checkpoint
from tests.bench.crowd import make_member
from tests.bench.table import Goal, Row, take_turns
from tests.hall.kit import START

ENTRIES = 200_000
LONG_ENTRIES = 10_000_000
LONG_S = 60
EPOCH_ENTRIES = 5_000
BATCH = 50
LONG_PAIRS = 1  # it takes minutes to fill and one to walk
MADE_AHEAD = 32  # epochs made while one is stored, which bounds the memory

Made = tuple[list[bytes], list[Checkpoint], str]


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
        lines = fill_hall(folder, entries // EPOCH_ENTRIES)
        sides = [
            (row.ours, partial(walk, folder, entries)),
            (row.limit, partial(hash_all, lines, entries)),
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


def hash_all(lines: Sequence[bytes], entries: int) -> float:
    start = time.perf_counter()
    for _ in range(0, entries, len(lines)):
        for line in lines:
            hashlib.sha256(line).hexdigest()
    return entries / (time.perf_counter() - start)


def fill_hall(folder: Path, epochs: int) -> list[bytes]:
    """Each epoch a device's own; returns one's lines."""
    load_or_make(folder / KEY_FILE)
    store = Store(folder)
    lines: list[bytes] = []
    numbers = iter(range(1, epochs + 1))
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        while some := list(islice(numbers, MADE_AHEAD)):
            for number, made in zip(some, pool.map(make_epoch, some), strict=True):
                store_epoch(store, number, made)
                lines = made[0]
    store.close()
    return lines


def make_epoch(number: int) -> Made:
    """Lines, checkpoints, public key."""
    member = make_member(number)
    lines: list[bytes] = []
    marks: list[Checkpoint] = []
    while len(lines) < EPOCH_ENTRIES:
        lines += member.add(BATCH)
        marks.append(member.sign())
    return lines, marks, member.key.public


def store_epoch(store: Store, number: int, made: Made) -> None:
    lines, signed, public = made
    marks = [(one.checkpoint, one.signature) for one in signed]
    last = signed[-1].checkpoint
    with store.write() as connection:
        device = roster.add_device(connection, decode_public(public), "H", "3", START)
        add_lines(connection, number, 1, lines)
        connection.exec_driver_sql(
            "INSERT INTO streams (id, device, epoch, seq, hash, prev, link, depth, scope, low)"
            " VALUES (?, ?, ?, ?, ?, ?, 'linked', 0, 0, 0)",
            (number, device, last.epoch, last.seq, last.hash, NO_HASH),
        )
        run_many(
            connection,
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
            [(number, m.seq, m.hash, m.at, signature, START) for m, signature in marks],
        )
