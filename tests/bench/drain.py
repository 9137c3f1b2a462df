"""A backlog of 10,000 entries sent to a hall while requests and answers get lost.

Ours is the courier's own conversation (batches that grow, waits after a failure); the peer sends
each entry by a POST of its own to the same hall, signed too, and after a failure at once again.
"""

import itertools
import json
import random
import shutil
import tempfile
import time
from pathlib import Path

from sync.batch import pack
from sync.carrier import Carrier, Means
from sync.chain import hash_line
from sync.errors import HallUnreachable
from sync.hall.ledger.store import KEY_FILE
from sync.hall_client import HallClient
from sync.journal import open_journal
from sync.keys import load_or_make
from sync.outbox import Wait
from sync.wire import CHECKPOINT, BatchAnswer, Checkpoint, Mark, mark_text
from tests.bench.intake import know
from tests.bench.table import Goal, Row, take_turns
from tests.hall.kit import Chain
from tests.hall.server import Server
from tests.sync.kit import AT, DEVICE, DEVICE_KEY, STAMP, visit

BACKLOG = 10_000
SINGLE = 250  # entries a run of the peer, which is told in entries a second too
FAULT_EVERY = 10  # of so many requests one is lost, by turns itself or its answer


class Faulty:
    """The hall behind a bad line."""

    def __init__(self, client: HallClient) -> None:
        self.client = client
        self._count = 0

    def post_journal(self, body: bytes) -> BatchAnswer:
        self._count += 1
        lost, answered = self._count % FAULT_EVERY == 0, self._count % (2 * FAULT_EVERY) == 0
        answer = None if lost and not answered else self.client.post_journal(body)
        if lost or answer is None:
            self.client.close()
            raise HallUnreachable("lost")
        return answer

    def entries(self, epoch: str, first: int, last: int) -> list[bytes]:
        return self.client.entries(epoch, first, last)


class Line:
    """A fresh hall that knows the kiosk, and a bad line to it."""

    def __init__(self, folder: Path) -> None:
        self.hall_key = load_or_make(folder / KEY_FILE).public
        know(folder, [Chain(DEVICE_KEY)])
        self._server = Server(folder)
        self.door = Faulty(HallClient(self._server.address))

    def close(self) -> None:
        self.door.client.close()
        self._server.stop()


def measure_drain() -> list[Row]:
    row = Row("drain", "entries/s", (Goal("ratio_peer", ">=", 15),))
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as place:
        full = Path(place) / "full"
        lines = fill_journal(full)

        def ours() -> float:
            folder = Path(place) / str(next(numbers))
            shutil.copytree(full, folder / "journal")
            return drain(folder)

        sides = [
            (row.ours, ours),
            (row.peer, lambda: send_singly(Path(place) / str(next(numbers)), lines)),
        ]
        take_turns(sides)
    return [row]


def fill_journal(folder: Path) -> list[bytes]:
    """Make the backlog; returns its first lines."""
    journal = open_journal(folder, DEVICE, STAMP)
    number = itertools.count(1)
    while journal.head.seq < BACKLOG:
        drafts = [draft for drafts in visit(next(number)) for draft in drafts]
        journal.append(STAMP, drafts[: BACKLOG - journal.head.seq])
    lines = journal.read(journal.head.epoch, 1, SINGLE)
    journal.close()
    return lines


def drain(folder: Path) -> float:
    """Entries a second until the last one has its receipt."""
    line = Line(folder / "hall")
    journal = open_journal(folder / "journal", DEVICE, STAMP, hall_key=line.hall_key)
    means = Means(lambda: AT, lambda: time.monotonic_ns() // 1_000_000, random.random)
    carrier = Carrier(journal, line.hall_key, means)
    start = time.perf_counter()
    while journal.backlog:
        wait = carrier.turn(line.door, DEVICE_KEY)
        if isinstance(wait, Wait) and wait.until_ms is not None:
            time.sleep(max(0, wait.until_ms - means.now_ms()) / 1_000)
    taken = time.perf_counter() - start
    journal.close()
    line.close()
    return BACKLOG / taken


def send_singly(folder: Path, lines: list[bytes]) -> float:
    line = Line(folder)
    epoch = json.loads(lines[0])["epoch"]
    start = time.perf_counter()
    for seq, text in enumerate(lines, start=1):
        mark = Mark(DEVICE, epoch, seq, hash_line(text), AT)
        body = pack(Checkpoint(mark, DEVICE_KEY.sign(mark_text(CHECKPOINT, mark))), [text])
        while not try_once(line.door, body):
            pass
    taken = time.perf_counter() - start
    line.close()
    return len(lines) / taken


def try_once(door: Faulty, body: bytes) -> bool:
    try:
        door.post_journal(body)
    except HallUnreachable:
        return False
    return True
