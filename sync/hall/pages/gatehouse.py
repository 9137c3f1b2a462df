"""The gatehouse: every request comes to it first. Batches go on as the writer needs them, other
requests as they came. Keeps nothing but the keys of devices; knows no socket.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from sync.hall.ledger import gate
from sync.hall.ledger.gate import Checked, Known
from sync.hall.pages import messages
from sync.hall.pages.journal import PATH, Journal
from sync.hall.pages.line import Line
from sync.hall.pages.messages import Answer, Batch, Call, Found, Who
from sync.hall.pages.problems import refuse
from sync.hall.pages.reading import SMALL_MAX, read_start
from sync.hall.refusal import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
"""As ASGI has them."""


class _StrangerError(Exception):
    """A device that the hall must be asked about."""


class Gatehouse:
    """Answers every request, by the hall's word."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        stop: Callable[[], None] = lambda: None,
        lose: Callable[[], None] = lambda: None,
    ) -> None:
        self._loop = loop
        self._stop = stop
        self._devices: dict[str, Known] = {}
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._journal = Journal(self._check)
        self.line = Line(messages.told, self._hear, lose)

    def _hear(self, message: messages.Told) -> None:
        if isinstance(message, Found) and message.known is not None:
            self._devices[message.known.device] = message.known
        if isinstance(message, Answer | Found):
            waiting = self._waiting.pop(message.number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif isinstance(message, messages.Changed):
            self._devices.clear()
        elif isinstance(message, messages.Ping):
            self.line.say(messages.Opened())
        else:
            self._stop()

    async def _ask(self, kind: Callable[..., messages.Asked], *fields: object) -> Any:
        self._number = number = self._number + 1
        self._waiting[number] = answer = self._loop.create_future()
        self.line.say(kind(number, *fields))
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def _check(self, body: bytes, media: str, encoding: str) -> Checked:
        """See gate.check; the hall is asked of devices it has not told us yet."""
        told: dict[str, Known | None] = {}

        def find(device: str) -> Known | None:
            known = self._devices.get(device) or told.get(device)
            if known is None and device not in told:
                raise _StrangerError(device)
            return known

        while True:
            try:
                return gate.check(body, media, encoding, find)
            except _StrangerError as stranger:
                (device,) = stranger.args
                told[device] = (await self._ask(Who, device)).known

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._find_answer(scope, _read(receive))
        except Exception as error:  # noqa: BLE001  (what a bug raises is answered too)
            answer = refuse(0, error, scope["method"], scope["path"])
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def _find_answer(self, scope: dict[str, Any], parts: AsyncIterator[bytes]) -> Answer:
        if scope["path"].rstrip("/") == PATH and scope["method"] == "POST":
            return await self._journal.take(
                scope["headers"], parts, lambda checked: self._ask(Batch, checked)
            )
        body = await read_start(parts, SMALL_MAX)  # one more than any of these routes takes
        told = [scope[n] for n in ("method", "scheme", "path", "raw_path", "query_string")]
        more = [scope[name] for name in ("headers", "client", "server")]
        answer: Answer = await self._ask(Call, *told, *more, body)
        return answer


async def _read(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(500, "internal", "the kiosk is gone")  # nobody reads this answer
        yield event["body"]
        if not event.get("more_body", False):
            return
