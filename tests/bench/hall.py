"""Bench rows of the hall: intake over HTTP, audit, reports. Each function returns pairs measured in
turn.

`ours` and `limit` are in the row's unit. The limit of intake is the same rows written by
executemany under the same key with the same flushes; of the audit, hashing the same lines; of a
report, its own scan.
"""

import asyncio
import gzip
import hashlib
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path

from sync.hall.figures.reports import make_report
from sync.hall.ledger import counts, moment, roster
from sync.hall.ledger.audit import audit
from sync.hall.ledger.store import KEY_FILE, PAGE_BYTES, Store, add_lines
from sync.keys import decode_public, load_or_make
from sync.wire import CHECKPOINT, MEDIA_TYPE, mark_text
from tests.hall.kit import START, Chain, make_key
from tests.hall.server import Server

KIOSKS = 8
PAIRS = 7
ENTRIES_50 = 2_000
ENTRIES_500 = 8_000
"""Entries of each kiosk in one run."""

AUDIT_ENTRIES = 200_000
EPOCH_ENTRIES = 20_000

RATINGS = 10_000_000
HALLS = 16
WINDOWS = 3_000
DAYS = 365
"""The city whose roll-ups the reports read."""


@dataclass
class Pairs:
    """What was measured, pair by pair."""

    unit: str
    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)


def measure_intake(folder: Path, size: int, pairs: int = PAIRS) -> Pairs:
    """Entries a second, durable before the receipt, in batches of `size` from eight kiosks."""
    found = Pairs("entries/s")
    each = ENTRIES_50 if size <= 50 else ENTRIES_500
    for number in range(pairs):
        place = folder / f"run-{number}"
        chains = [_fill(Chain(make_key(seed)).open(), each) for seed in range(1, KIOSKS + 1)]
        found.ours.append(_serve(place, chains, size))
        found.limit.append(_write_raw(place / "raw.db", chains, size))
    return found


def _fill(chain: Chain, count: int) -> Chain:
    """A day as kiosks have it: invitation, rating, outcome, reason."""
    number = 0
    while len(chain.lines) < count:
        number += 1
        name = chain.visit(f"{chain.key.device[:6]}{number:09d}", level=5 - number % 5 // 4)
        chain.reason(name, "510")
    chain.lines = chain.lines[:count]
    return chain


def _serve(folder: Path, chains: list[Chain], size: int) -> float:
    store = Store(folder)
    with store.write() as connection:
        for chain in chains:
            roster.add_device(connection, decode_public(chain.key.public), "H", "3", START)
    store.close()
    bodies = [_split(chain, size) for chain in chains]
    server = Server(folder)
    try:
        began = time.perf_counter()
        asyncio.run(_send_all(server.host, server.port, bodies))
        took = time.perf_counter() - began
    finally:
        server.stop()
    return sum(len(chain.lines) for chain in chains) / took


def _split(chain: Chain, size: int) -> list[bytes]:
    requests = []
    for first in range(1, len(chain.lines) + 1, size):
        packed = gzip.compress(chain.body(first, min(first + size - 1, len(chain.lines))), 6)
        head = (
            f"POST /v1/journal HTTP/1.1\r\nHost: hall\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        )
        requests.append(head.encode() + packed)
    return requests


async def _send_all(host: str, port: int, bodies: list[list[bytes]]) -> None:
    await asyncio.gather(*(_send(host, port, requests) for requests in bodies))


async def _send(host: str, port: int, requests: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for request in requests:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            raise AssertionError(body)
    writer.close()


def _write_raw(path: Path, chains: list[Chain], size: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE entries (stream INTEGER, seq INTEGER, line BLOB NOT NULL,"
        " PRIMARY KEY (stream, seq)) WITHOUT ROWID"
    )
    began = time.perf_counter()
    for first in range(0, len(chains[0].lines), size):
        connection.execute("BEGIN IMMEDIATE")
        for stream, chain in enumerate(chains):
            rows = enumerate(chain.lines[first : first + size], start=first)
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?)", [(stream, seq, line) for seq, line in rows]
            )
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return sum(len(chain.lines) for chain in chains) / took


def measure_audit(folder: Path, entries: int = AUDIT_ENTRIES, pairs: int = PAIRS) -> Pairs:
    """Entries a second walked by the audit; the limit is one process that hashes the same lines."""
    found = Pairs("entries/s")
    lines = _store_epochs(folder, entries)
    for _ in range(pairs):
        began = time.perf_counter()
        result = audit(folder)
        found.ours.append(result.entries / (time.perf_counter() - began))
        if result.findings:
            raise AssertionError(result.findings[0])
        began = time.perf_counter()
        for line in lines:
            hashlib.sha256(line).hexdigest()
        found.limit.append(len(lines) / (time.perf_counter() - began))
    return found


def _store_epochs(folder: Path, entries: int) -> list[bytes]:
    """A hall that holds so many entries, each epoch under one checkpoint; returns one epoch's
    lines.
    """
    load_or_make(folder / KEY_FILE)
    store = Store(folder)
    chain = Chain(make_key(1))
    with store.write() as connection:
        for number in range(1, max(1, entries // EPOCH_ENTRIES) + 1):
            key = make_key(number)
            chain = _fill(Chain(key).open(), min(entries, EPOCH_ENTRIES))
            device = roster.add_device(connection, decode_public(key.public), "H", "3", START)
            add_lines(connection, number, 1, chain.lines)
            mark = chain.mark()
            values = (number, device, chain.epoch, mark.seq, mark.hash, chain.prev)
            connection.exec_driver_sql(
                "INSERT INTO streams (id, device, epoch, seq, hash, prev, link, depth, scope, low)"
                " VALUES (?, ?, ?, ?, ?, ?, 'linked', 0, 0, 0)",
                values,
            )
            signature = key.sign(mark_text(CHECKPOINT, mark))
            connection.exec_driver_sql(
                "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
                (number, mark.seq, mark.hash, mark.at, signature, START),
            )
    store.close()
    return chain.lines


def store_city(folder: Path) -> None:
    """The roll-ups that ten million ratings of a year leave in a city of 16 halls and 3,000
    windows.
    """
    store = Store(folder)
    each = RATINGS // (WINDOWS * DAYS)
    days = [moment.write(START + day * moment.DAY_MS)[:10] for day in range(DAYS)]
    measures = {"invitations": each + 1, "paired:rated": each, "level:5:three": each - 2}
    measures |= {"level:4:three": 1, "level:2:three": 1, "not_rated": 1, "paired:not_rated": 1}
    insert = "INSERT INTO rollups VALUES (?, ?, ?, ?)"
    with store.write() as connection:
        scopes = [(1, "", "", WINDOWS)]
        scopes += [(2 + hall, f"H{hall}", "", WINDOWS // HALLS) for hall in range(HALLS)]
        scopes += [(100 + n, f"H{n % HALLS}", str(n), 1) for n in range(WINDOWS)]
        for number, hall, window, times in scopes:
            place = (number, hall, window)
            connection.exec_driver_sql("INSERT INTO scopes VALUES (?, ?, ?)", place)
            rows = [(number, day, m, n * times) for day in days for m, n in measures.items()]
            connection.exec_driver_sql(insert, rows)
    store.close()


def measure_report(folder: Path, hall: str | None, pairs: int = PAIRS) -> Pairs:
    """Milliseconds of one report of a hall, or of the city that store_city put into `folder`."""
    found = Pairs("ms")
    store = Store(folder, create=False)
    for _ in range(pairs):
        began = time.perf_counter()
        with store.read() as connection:
            read = counts.read_counts(connection, hall=hall)
            windows = counts.count_windows(connection, hall=hall)
        report = make_report(read, windows, "")
        found.ours.append(1000 * (time.perf_counter() - began))
        if not report["ratings"]:
            raise AssertionError("the report is empty")
    store.close()
    return found
