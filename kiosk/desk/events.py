"""Events of the window to whoever listens at the desk.

Fed on the main thread, drained in the desk's.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from kiosk.desk.bodies import encode_event
from kiosk.desk.window import EventName, Refused
from sync.asking import INVITATION_STATES

STREAMS_MAX = 8
"""Event streams open at once."""

EVENTS_MAX = 64
"""Events one listener may be behind; then its stream ends, and it comes back for the state."""

REMARK_S = 20.0
"""A remark after this much silence, so that both ends notice a line that is dead."""

ENDED_STATES = frozenset(INVITATION_STATES) - {"waiting"}

log = logging.getLogger("huiyin.desk")


class Fan:
    """Hands each event to every open stream. `tell` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: set[asyncio.Queue[bytes | None]] = set()
        self._ends: dict[str, asyncio.Future[str]] = {}

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """The desk's loop starts to turn."""
        self._queues, self._ends = set(), {}
        self._loop = loop

    def detach(self) -> None:
        """The desk's loop ends, and with it every stream."""
        self._loop = None
        for queue in self._queues:
            _end(queue)

    def tell(self, name: EventName, body: dict[str, Any]) -> None:
        """An event, from any thread; nobody waits for it."""
        loop = self._loop
        if loop is None or not (self._queues or self._ends):
            return
        with suppress(RuntimeError):  # the loop closed between the look and the call
            loop.call_soon_threadsafe(self._spread, name, body)

    async def wait_end(self, id_: str, now: Callable[[], Awaitable[str]]) -> str:
        """Wait until an invitation has ended; return its state. `now` tells how it stands."""
        assert self._loop is not None
        ended: asyncio.Future[str] = self._loop.create_future()
        self._ends[id_] = ended
        try:
            state = await now()
            return state if state != "waiting" else await ended
        finally:
            self._ends.pop(id_, None)

    def _spread(self, name: EventName, body: dict[str, Any]) -> None:
        ended = self._ends.get(str(body.get("invitation")))
        if ended is not None and not ended.done() and body.get("state") in ENDED_STATES:
            ended.set_result(body["state"])
        try:
            event = encode_event(name, body)
        except msgspec.ValidationError as wrong:
            log.error("an event %s of the window was not passed on: %s", name, wrong)
            return
        for queue in self._queues:
            if queue.qsize() >= EVENTS_MAX:
                _end(queue)
            else:
                queue.put_nowait(event)

    def listen(self, first: Callable[[], Awaitable[bytes]]) -> AsyncIterator[bytes]:
        """Return a stream that begins with what `first` gives. Raises Refused if too many are open.

        `first` is asked after the stream is open, so that nothing falls between the two.
        """
        if len(self._queues) >= STREAMS_MAX:
            raise Refused("slow-down", f"{STREAMS_MAX} event streams are open", 503, 5.0)
        return self._drain(first)

    async def _drain(self, first: Callable[[], Awaitable[bytes]]) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield b"retry: 2000\n\n"
            yield await first()
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), REMARK_S)
                except TimeoutError:
                    yield b":\n\n"
                    continue
                if event is None:
                    return
                yield event
        finally:
            self._queues.discard(queue)


def _end(queue: asyncio.Queue[bytes | None]) -> None:
    """Let the stream end at once: what it had not read is gone, the state is asked anew."""
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
