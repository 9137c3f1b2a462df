"""More than the hall can take at once: it says when to come back, and all of it arrives."""

import asyncio
import gzip
import http.client
import random
import resource
import time
from pathlib import Path

from sync.hall.ledger import roster
from sync.hall.ledger.store import Store
from sync.hall.ledger.writer import LIVE_LINES
from sync.hall.pages.journal import BODIES_MAX, LIVE_BYTES
from sync.hall_client import GZIP_LEVEL
from sync.keys import decode_public
from sync.outbox import FIRST_LINES
from sync.wire import MEDIA_TYPE
from tests.hall.kit import START, Chain, make_key
from tests.hall.server import Server, serving

KIOSKS = BODIES_MAX * 2
VISITS = 60
LIVE = 20
FEW_FILES = 64


class Client:
    """One kiosk's connection; counts how often it was told to come back."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.told = 0

    async def send(self, body: bytes) -> int:
        """Send until taken; returns the status that was not 503."""
        reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        head = f"POST /v1/journal HTTP/1.1\r\nHost: h\r\nContent-Type: {MEDIA_TYPE}\r\n"
        try:
            while True:
                writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                answer = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(answer.split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                status = int(answer.split(b" ")[1])
                if status != 503:
                    return status
                self.told += 1
                wait_s = int(answer.split(b"retry-after:")[1].split(b"\r\n")[0])
                assert wait_s >= 1
                await asyncio.sleep(random.random() * 0.2)
        finally:
            writer.close()


def test_a_herd_is_told_to_come_back_and_all_of_it_arrives(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    chains = [Chain(make_key(seed)).open() for seed in range(1, KIOSKS + LIVE + 1)]
    with store.write() as connection:
        for number, chain in enumerate(chains):
            roster.add_device(connection, decode_public(chain.key.public), "H", "3", START)
            for visit in range(VISITS if number < KIOSKS else 1):
                chain.visit(f"{number}-{visit}")
    store.close()
    with serving(tmp_path / "data") as server:
        told, slowest = asyncio.run(_run(server, chains))
        assert told > 0
        assert slowest < 30
        assert server.report()["ratings"] == KIOSKS * VISITS + LIVE
        assert server.ask("GET", "/healthz").status == 200


async def _run(server: Server, chains: list[Chain]) -> tuple[int, float]:
    herd = [Client(server) for _ in range(KIOSKS)]
    jobs = [
        asyncio.create_task(client.send(chain.body()))
        for client, chain in zip(herd, chains[:KIOSKS], strict=True)
    ]
    slowest = 0.0
    for chain in chains[KIOSKS:]:
        began = time.monotonic()
        live = Client(server)
        assert await live.send(chain.body()) == 200
        assert live.told == 0  # nobody who just pressed is turned away
        slowest = max(slowest, time.monotonic() - began)
    assert await asyncio.gather(*jobs) == [200] * KIOSKS
    return sum(client.told for client in herd), slowest


def test_more_kiosks_stay_connected_than_the_usual_limit_of_files(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))
    try:
        server = Server(tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    kiosks = [http.client.HTTPConnection(server.host, server.port) for _ in range(FEW_FILES)]
    try:
        for kiosk in kiosks:
            kiosk.request("GET", "/healthz")
            assert kiosk.getresponse().status == 200
    finally:
        for kiosk in kiosks:
            kiosk.close()
        assert server.stop() == 0


def test_a_live_batch_is_told_by_its_size_from_a_herd_s_first() -> None:
    chain = Chain(make_key(1)).open()
    while len(chain.lines) < FIRST_LINES:
        chain.visit(f"6301002403{len(chain.lines):05d}")
    live, herd = (
        len(gzip.compress(chain.body(1, lines), GZIP_LEVEL)) for lines in (LIVE_LINES, FIRST_LINES)
    )
    assert live <= LIVE_BYTES < herd
