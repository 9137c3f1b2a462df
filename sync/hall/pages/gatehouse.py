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
from sync.hall.pages.questions import Questions
from sync.hall.pages.reading import SMALL_MAX, Receive, read_parts, read_start
from sync.hall.refusal import Refused

HEADERS_MAX = 32 * 1024
"""Bytes of a request's headers."""

Send = Callable[[dict[str, Any]], Awaitable[None]]
"""As ASGI has it."""


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
        self._stop = stop
        self._devices: dict[str, Known] = {}
        self._journal = Journal(self._check)
        self.line = Line(messages.told, self._hear, lose)
        self._questions = Questions(loop, self.line)

    def _hear(self, message: messages.Told) -> None:
        if isinstance(message, Found) and message.known is not None:
            self._devices[message.known.device] = message.known
        if isinstance(message, Answer | Found):
            self._questions.settle(message)
        elif isinstance(message, messages.Changed):
            self._devices.clear()
        elif isinstance(message, messages.Ping):
            self.line.say(messages.Opened())
        else:
            self._stop()

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
                told[device] = (await self._questions.ask(len(body), Who, device)).known

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._find_answer(scope, read_parts(receive))
        except Exception as error:  # noqa: BLE001  (what a bug raises is answered too)
            answer = refuse(0, error, scope["method"], scope["path"])
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def _find_answer(self, scope: dict[str, Any], parts: AsyncIterator[bytes]) -> Answer:
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size > HEADERS_MAX:
            raise Refused(413, "too-large", f"the headers have more than {HEADERS_MAX} bytes")
        path = "/".join(filter(None, scope["path"].split("/")))
        if f"/{path}" == PATH and scope["method"] == "POST":
            return await self._journal.take(
                scope["headers"], parts, lambda checked: self._questions.ask(0, Batch, checked)
            )
        body = await read_start(parts, SMALL_MAX)  # one more than any of these routes takes
        told = [scope[n] for n in ("method", "scheme", "path", "raw_path", "query_string")]
        more = [scope[name] for name in ("headers", "client", "server")]
        answer: Answer = await self._questions.ask(size + len(body), Call, *told, *more, body)
        return answer
