"""`POST /v1/journal` up to the gate: room for a body, its reading, its checks. Knows neither what a
batch comes to nor any other route.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Checked
from sync.hall.pages.reading import read_on, read_start
from sync.hall.refusal import Refused, slow_down

PATH = "/v1/journal"

BODIES_MAX = 64
"""Large bodies read, checked or waiting at one time: what bounds the server's memory."""

LIVE_BYTES = 3 * 1024
"""A body of at most so many bytes may be of a live kiosk and is read even when full batches are
turned away.
"""

BODY_S = 120
"""How long a body may take to arrive: one that never does would hold its room."""

T = TypeVar("T")
Check = Callable[[bytes, str, str], Awaitable[Checked]]


class Journal:
    """Takes batches: `check` is the gate, `hand_on` says what becomes of one that passes it."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._large = 0
        self._turned_away = 0
        self._turn = asyncio.Lock()

    async def take(
        self,
        headers: Iterable[tuple[bytes, bytes]],
        parts: AsyncIterator[bytes],
        hand_on: Callable[[Checked], Awaitable[T]],
    ) -> T:
        """What the batch comes to. Raises Refused."""
        told = {"content-type": "", "content-encoding": "", "content-length": ""}
        for name, value in headers:
            if (key := name.decode("latin-1")) in told:
                told[key] += ", " * bool(told[key]) + value.decode("latin-1")
        media, encoding, length = told.values()
        body: bytes | None = None
        try:
            gate.check_media(media, encoding)
            with self._admit(length):
                try:
                    async with asyncio.timeout(BODY_S):
                        body = await read_start(parts, gate.PACKED_MAX)
                except TimeoutError:
                    raise Refused(422, "malformed", f"no body in {BODY_S} s") from None
                return await hand_on(await self._pass(body, media, encoding))
        except Refused:
            if body is None:
                await read_on(parts)
            raise

    async def _pass(self, body: bytes, media: str, encoding: str) -> Checked:
        if len(body) <= LIVE_BYTES:
            return await self._check(body, media, encoding)
        # One large body at a time, and between two of them whoever else is ready.
        async with self._turn:
            checked = await self._check(body, media, encoding)
            await asyncio.sleep(0)
            return checked

    @contextmanager
    def _admit(self, content_length: str) -> Iterator[None]:
        """Room for one body until it is answered. Raises Refused where there is none; small ones
        always pass.
        """
        small = content_length.isdigit() and int(content_length) <= LIVE_BYTES
        if not small and self._large >= BODIES_MAX:
            self._turned_away += 1
            raise slow_down("too many batches wait to be stored", self._turned_away // BODIES_MAX)
        self._turned_away = max(0, self._turned_away - 1)
        self._large += not small
        try:
            yield
        finally:
            self._large -= not small
