"""The gatehouse: has larger batches checked by a process beside ours, so that both cores work.

Whatever becomes of that process, no batch is lost by it: what it was asked is checked here.
Knows no routes.
"""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sync.hall.ledger import booth, gate
from sync.hall.ledger.gate import Checked, Find
from sync.hall.pages.beside import Beside
from sync.hall.refusal import Refused

ROOT = Path(__file__).resolve().parents[3]

ALONE_BYTES = 3 * 1024
"""A body of at most so many bytes is checked here: the way over would take as long."""

START_S = 30.0
"""Between two starts of the other process: one that ends each time is not tried without end."""

_log = logging.getLogger("huiyin.hall")


class Gatehouse:
    """Checks batches, the larger ones elsewhere."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, stand_aside: Callable[[], None] = lambda: None
    ) -> None:
        self._loop = loop
        self._stand_aside = stand_aside
        self._beside: Beside | None = None
        self._next_start = 0.0 if len(os.sched_getaffinity(0)) > 1 else float("inf")

    async def check(self, body: bytes, media: str, encoding: str, find: Find) -> Checked:
        """See gate.check. Raises Refused."""
        name = gate.peek(body, encoding) if len(body) > ALONE_BYTES else None
        device = find(name) if name is not None else None
        if device is not None and not device.revoked:
            beside = self._beside or await self.start()
            if beside is not None and beside.is_ready:
                verdict = booth.read(await beside.ask(booth.ask(device, encoding, body)))
                if verdict.refused is not None:
                    raise Refused(*verdict.refused)
                if verdict.checked is not None:
                    return verdict.checked
        return gate.check(body, media, encoding, find)

    async def start(self) -> "Beside | None":
        """Start the other process, where there is a core for it and it does not end each time."""
        now = self._loop.time()
        if now < self._next_start:
            return None
        self._next_start = now + START_S
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        command = [sys.executable, *(["-I"] if sys.flags.isolated else []), "-m", booth.__name__]
        with theirs:
            try:
                process = subprocess.Popen(
                    command, cwd=ROOT, stdin=theirs.fileno(), stdout=subprocess.DEVNULL
                )
            except OSError as error:
                ours.close()
                _log.warning("batches are checked here alone: %s", error)
                return None
        self._beside = beside = Beside(self._loop, process, self._lose, self._stand_aside)
        await self._loop.create_unix_connection(lambda: beside, sock=ours)
        return beside

    def _lose(self) -> None:
        if self._beside is not None:
            _log.warning("the process that checks batches ended; another is started in a while")
        self._beside = None

    def stop(self) -> None:
        """End the other process; what is still asked is checked here."""
        self._next_start = float("inf")
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.end()
