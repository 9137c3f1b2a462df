"""Intake over HTTP: eight kiosks, signatures and chains checked, durable before each receipt.

The peer stores the same lines, as many, by its batch API: a table that grows costs it more a row.
The limit writes the same rows by executemany under the same key, with the same flushes, as if all
eight batches arrived at once.
"""

import contextlib
import gzip
import itertools
import random
import re
import selectors
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sync.hall.ledger import roster
from sync.hall.ledger.store import PAGE_BYTES, Store
from sync.keys import decode_public
from sync.records import Invitation, Transaction
from sync.wire import MEDIA_TYPE
from tests.bench import pocketbase
from tests.bench.table import Goal, Row, SkippedError, take_turns
from tests.hall.kit import START, Chain, make_key
from tests.hall.server import Server

KIOSKS = 8
ENTRIES = {50: 8_000, 500: 16_000}  # batch size -> entries of each kiosk in a run
ANSWER_MAX = 65_536
MUSTS = {50: (8, 20), 500: (15, 40)}  # times the peer: must, aim


class Kiosk(Chain):
    """Names its invitations at random, as kiosks do: they scatter over the hall's pages."""

    def invite(self, project: str | None = None, mode: str = "invited", service: str = "1") -> str:
        name = random.randbytes(16).hex()
        asked = Transaction(project_no=project, service_no=service)
        self.add(Invitation, invitation=name, mode=mode, transaction=asked, expires_ms=30_000)
        return name


def measure_intake_50() -> list[Row]:
    return [measure_intake(50)]


def measure_intake_500() -> list[Row]:
    return [measure_intake(500)]


def measure_intake(size: int) -> Row:
    """Batches of `size` entries."""
    must, aim = MUSTS[size]
    row = Row(
        f"intake-{size}",
        "entries/s",
        (
            Goal("ratio_peer", ">=", must),
            Goal("ratio_peer", ">=", aim, "aim"),
            Goal("ratio_limit", ">=", 0.25),
            Goal("ratio_limit", ">=", 0.4, "aim"),
        ),
    )
    chains = [fill(Kiosk(make_key(seed)).open(), ENTRIES[size]) for seed in range(1, KIOSKS + 1)]
    bodies = [split(chain, size) for chain in chains]
    peer = [pocketbase.split(number, chain, size) for number, chain in enumerate(chains, start=1)]
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        sides = [
            (row.ours, lambda: serve(Path(place) / str(next(numbers)), chains, bodies)),
            (row.limit, lambda: write_raw(Path(place) / str(next(numbers)), chains, size)),
        ]
        try:
            pocketbase.find_program()
            sides.append(
                (row.peer, lambda: serve_peer(Path(place) / str(next(numbers)), chains, peer))
            )
        except SkippedError as error:
            row.skipped = str(error)
        take_turns(sides)
    return row


def fill(chain: Chain, count: int) -> Chain:
    """A day as kiosks have it: invitation, rating, outcome, reason."""
    number = 0
    while len(chain.lines) < count:
        number += 1
        name = chain.visit(f"{chain.key.device[:6]}{number:09d}", level=5 - number % 5 // 4)
        chain.reason(name, "510")
    chain.lines = chain.lines[:count]
    return chain


def know(folder: Path, chains: Sequence[Chain]) -> None:
    """Make a hall that knows the kiosks."""
    store = Store(folder)
    with store.write() as connection:
        for chain in chains:
            roster.add_device(connection, decode_public(chain.key.public), "H", "3", START)
    store.close()


def serve(folder: Path, chains: Sequence[Chain], bodies: Sequence[Sequence[bytes]]) -> float:
    """Entries a second of a fresh hall in a process of its own."""
    know(folder, chains)
    server = Server(folder)
    try:
        start = time.perf_counter()
        send_all(server.host, server.port, bodies)
        taken = time.perf_counter() - start
    finally:
        server.stop()
    return sum(len(chain.lines) for chain in chains) / taken


def serve_peer(folder: Path, chains: Sequence[Chain], bodies: Sequence[Sequence[bytes]]) -> float:
    """Entries a second of a fresh peer."""
    server = pocketbase.PocketBase(folder)
    try:
        start = time.perf_counter()
        send_all(server.host, server.port, bodies)
        taken = time.perf_counter() - start
        held = server.count()
    finally:
        server.stop()
    if held != sum(len(chain.lines) for chain in chains):
        raise AssertionError(f"the peer holds {held} entries")
    return held / taken


def split(chain: Chain, size: int) -> list[bytes]:
    """The chain as whole HTTP requests, signed and packed before the clock runs."""
    return [
        request(chain.body(first, min(first + size - 1, len(chain.lines))))
        for first in range(1, len(chain.lines) + 1, size)
    ]


def request(body: bytes) -> bytes:
    packed = gzip.compress(body, 6)
    head = (
        f"POST /v1/journal HTTP/1.1\r\nHost: hall\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


def send_all(host: str, port: int, bodies: Sequence[Sequence[bytes]]) -> None:
    """Kiosks that send at once, as cheaply as one thread can: they have processors of their own,
    which the server's two cores must stand in for here.
    """
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as lines:
        for requests in bodies:
            line = lines.enter_context(socket.create_connection((host, port)))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender = Sender(line, iter(requests))
            selector.register(line, selectors.EVENT_READ, sender)
            sender.send_next()
        waiting = len(bodies)
        while waiting:
            for key, _ in selector.select():
                if not key.data.hear():
                    selector.unregister(key.fileobj)
                    waiting -= 1


class Sender:
    """One kiosk: the next batch leaves when the receipt of the last one is there."""

    def __init__(self, line: socket.socket, requests: Iterator[bytes]) -> None:
        self._line = line
        self._requests = requests
        self._come = b""

    def send_next(self) -> bool:
        """Send a batch; False where there is none left."""
        request = next(self._requests, None)
        if request is not None:
            self._line.sendall(request)
        return request is not None

    def hear(self) -> bool:
        """Part of an answer, and the next batch after the last part of it."""
        part = self._line.recv(ANSWER_MAX)
        if not part:
            raise AssertionError("the hall hung up")
        self._come += part
        head, _, body = self._come.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if found is None or len(body) < int(found[1]):
            return True
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(body)
        self._come = b""
        return self.send_next()


def write_raw(path: Path, chains: Sequence[Chain], size: int) -> float:
    """Entries a second."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE entries (stream INTEGER, seq INTEGER, line BLOB NOT NULL,"
        " PRIMARY KEY (stream, seq)) WITHOUT ROWID"
    )
    start = time.perf_counter()
    for first in range(0, len(chains[0].lines), size):
        connection.execute("BEGIN IMMEDIATE")
        for stream, chain in enumerate(chains):
            rows = enumerate(chain.lines[first : first + size], start=first)
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?)", [(stream, seq, line) for seq, line in rows]
            )
        connection.execute("COMMIT")
    taken = time.perf_counter() - start
    connection.close()
    return sum(len(chain.lines) for chain in chains) / taken
