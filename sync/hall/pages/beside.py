"""The process that checks batches beside the hall's own, as the event loop has it: asked, heard and
ended. Knows nothing of what it is asked.
"""

import asyncio
import contextlib
import subprocess
from collections import deque
from collections.abc import Callable
from typing import cast

from sync.hall.ledger.booth import LENGTH

ANSWER_S = 30.0
"""How long a batch may wait for an answer before the process is ended. A full one takes 5 ms here,
and may be the last of many on a slower machine.
"""

STOP_S = 2.0


class Beside(asyncio.Protocol):
    """The process; it answers in the order it is asked."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        process: "subprocess.Popen[bytes]",
        lose: Callable[[], None],
        stand_aside: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._process = process
        self._lose = lose
        self._stand_aside = stand_aside
        self._line: asyncio.WriteTransport | None = None
        self._come = bytearray()
        self._waiting: deque[asyncio.Future[bytes]] = deque()
        self.is_ready = False

    async def ask(self, message: bytes) -> bytes:
        """Its answer, empty where it gave none."""
        assert self._line is not None
        answer: asyncio.Future[bytes] = self._loop.create_future()
        self._waiting.append(answer)
        self._line.write(message)
        timer = self._loop.call_later(ANSWER_S, self.end)
        try:
            return await answer
        finally:
            timer.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is there; the process is only once it has said so."""
        self._line = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        """Part of an answer, or the end of one and more."""
        self._stand_aside()
        self._come += data
        head = LENGTH.size
        while len(self._come) >= head:
            end = head + LENGTH.unpack_from(self._come)[0]
            if len(self._come) < end:
                return
            message = bytes(memoryview(self._come)[head:end])
            del self._come[:end]
            self._hear(message)

    def _hear(self, message: bytes) -> None:
        if not self.is_ready:
            self.is_ready = True
            return
        answer = self._waiting.popleft()
        if not answer.done():
            answer.set_result(message)

    def connection_lost(self, _error: Exception | None) -> None:
        """It ended, or was ended: whoever waits is told that there is no answer."""
        self.is_ready = False
        self.end()
        self._lose()
        for answer in self._waiting:
            if not answer.done():
                answer.set_result(b"")
        self._waiting.clear()

    def end(self) -> None:
        """End it; it holds nothing that could be lost."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        if self._line is not None:
            self._line.close()
