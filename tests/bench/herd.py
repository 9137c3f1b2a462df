"""The herd: kiosks that were cut off come back at once with all they have, live ones beside them.

Their chains are made and signed beforehand; in the measured time they are only sent, one batch a
kiosk at a time over a connection that is kept, waiting when and as long as the hall says.
"""

import asyncio
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import uvloop

from sync.backoff import busy_ms
from sync.hall.ledger import roster
from sync.hall.ledger.store import Store
from sync.keys import decode_public
from sync.outbox import FIRST_LINES, MOST_LINES
from tests.bench.crowd import KINDS, Member, make_member, requests
from tests.bench.table import Goal, Row
from tests.hall.kit import START
from tests.hall.server import Server

SMALL = (200, 1_000)  # kiosks, entries of each
FULL = (3_000, 6_000)
LIVE = 50  # kiosks beside them, where somebody presses
LIVE_EVERY_S = 5.0  # on the average
SPARE_FILES = 200
LIVENESS_S = 60


@dataclass
class Crowd:
    """Kiosks and the lengths of their requests, which lie one after another in a file each."""

    folder: Path
    lengths: list[list[int]]

    def read(self, number: int, place: int) -> bytes:
        lengths = self.lengths[number]
        with (self.folder / str(number)).open("rb") as file:
            file.seek(sum(lengths[:place]))
            return file.read(lengths[place])


def measure_herd(size: tuple[int, int] = SMALL) -> list[Row]:
    """How long until the last receipt; the live ones' wait; the most memory the server took."""
    rows = [
        Row("herd-minutes", "min", (Goal("ours", "<=", 10), Goal("ours", "<=", 5, "aim"))),
        Row("herd-p99", "s", (Goal("ours", "<=", 5),)),
        Row("herd-memory", "MB", (Goal("ours", "<=", 512),)),
    ]
    if size != FULL:
        for row in rows:
            row.goals = ()
            row.skipped = (
                f"{size[0]} x {size[1]} entries; the goals are set for 3000 x 6000: --long"
            )
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        figures = run_herd(Path(place), *size)
    for row, figure in zip(rows, figures, strict=True):
        row.ours.append(figure)
    return rows


def run_herd(folder: Path, kiosks: int, entries: int) -> tuple[float, float, float]:
    """Minutes, seconds, MB."""
    allow_files(2 * kiosks + SPARE_FILES)
    crowd = make_crowd(folder / "crowd", kiosks, entries)
    live = [make_member(kiosks + number) for number in range(LIVE)]
    know(folder / "hall", kiosks + LIVE)
    server = Server(folder / "hall")
    herd = Herd(server, crowd, live)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            minutes = runner.run(herd.run()) / 60
        memory = sum(map(read_peak_mb, find_processes(server.process.pid)))
        told = server.report()
    finally:
        server.stop()
    pressed = kiosks * (entries // KINDS) + sum(one.seq // KINDS for one in live)
    if told["ratings"] != pressed:
        raise AssertionError(f"{told['ratings']} ratings counted, {pressed} made")
    waits = sorted(herd.waits)
    return minutes, waits[int(len(waits) * 0.99)], memory


def allow_files(count: int) -> None:
    """A file of the system's for each connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


def make_crowd(folder: Path, kiosks: int, entries: int) -> Crowd:
    """Write the requests of all, by as many processes as there are cores."""
    folder.mkdir(parents=True)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        write = partial(write_requests, folder, entries)
        return Crowd(folder, list(pool.map(write, range(kiosks), chunksize=8)))


def write_requests(folder: Path, entries: int, number: int) -> list[int]:
    """One kiosk's requests; returns their lengths."""
    lengths = []
    with (folder / str(number)).open("wb") as file:
        for one in requests(make_member(number), sizes(entries)):
            lengths.append(file.write(one))
    return lengths


def sizes(entries: int) -> list[int]:
    """Entries of a courier's batches: a few at first, then more."""
    found, size = [], FIRST_LINES
    while entries:
        found.append(min(size, entries))
        entries -= found[-1]
        size = min(2 * size, MOST_LINES)
    return found


def know(folder: Path, kiosks: int) -> None:
    """Make a hall that knows the kiosks."""
    store = Store(folder)
    with store.write() as connection:
        for number in range(kiosks):
            public = decode_public(make_member(number).key.public)
            roster.add_device(connection, public, f"H{number % 16}", str(number), START)
    store.close()


def find_processes(server: int) -> list[int]:
    """The server's, and those it started."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text("utf-8")
    return [server, *map(int, children.split())]


def read_peak_mb(process: int) -> float:
    """The most memory a process has had resident."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the system does not tell a process's memory")


class Line:
    """One kiosk's connection; made anew when the hall has closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: bytes) -> tuple[int, float, Any]:
        """Status, Retry-After in seconds, body."""
        while True:
            if self._streams is None:
                where = (self._server.host, self._server.port)
                self._streams = await asyncio.open_connection(*where)
            try:
                return await self._ask(*self._streams, request)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> tuple[int, float, Any]:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        return int(head[0].split()[1]), float(headers.get("retry-after", 0)), json.loads(body)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass
class Herd:
    """Sends; `waits` are the live ones' seconds from a press's batch to its receipt."""

    server: Server
    crowd: Crowd
    live: Sequence[Member]
    waits: list[float] = field(default_factory=list)
    turned_away: int = 0
    over: bool = False

    async def run(self) -> float:
        """Seconds until the last one has its last receipt."""
        live = [asyncio.create_task(self._press(member)) for member in self.live]
        await asyncio.sleep(LIVE_EVERY_S)
        start = time.perf_counter()
        await asyncio.gather(*(self._return(number) for number in range(len(self.crowd.lengths))))
        taken = time.perf_counter() - start
        self.over = True
        await asyncio.gather(*live)
        return taken

    async def _return(self, number: int) -> None:
        """A kiosk that was cut off."""
        line, entries = Line(self.server), 0
        for place in range(len(self.crowd.lengths[number])):
            answer = await self._send(line, partial(self.crowd.read, number, place))
            entries += answer["accepted"]
            await asyncio.sleep(answer["next_after_ms"] / 1_000)
        line.close()

    async def _press(self, member: Member) -> None:
        """A live kiosk: somebody rates, now and then."""
        line = Line(self.server)
        await asyncio.sleep(random.uniform(0, LIVE_EVERY_S))
        while not self.over:
            (one,) = requests(member, [KINDS])
            start = time.perf_counter()
            await self._send(line, partial(bytes, one))
            self.waits.append(time.perf_counter() - start)
            await asyncio.sleep(random.uniform(0, 2 * LIVE_EVERY_S))
        line.close()

    async def _send(self, line: Line, read: Callable[[], bytes]) -> Any:
        """Until it is taken, waiting as a courier does."""
        while True:
            status, asked_s, answer = await line.post(read())
            if status == 200:
                return answer
            if status != 503:
                raise AssertionError(answer)
            self.turned_away += 1
            await asyncio.sleep(busy_ms(int(asked_s * 1_000), random.random()) / 1_000)
