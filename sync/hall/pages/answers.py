"""What the hall answers the process in front: batches by the writer, devices by the roster, what
else is asked by the framework's app.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from sync.hall.pages.hall import Hall
from sync.hall.pages.journal import PATH
from sync.hall.pages.line import Line
from sync.hall.pages.messages import Answer, Asked, Batch, Call, Found, Who
from sync.hall.pages.problems import refuse
from sync.hall.refusal import Refused
from sync.wire import BatchAnswer

App = Callable[[Any, Any, Any], Awaitable[None]]
"""As ASGI has it."""

SAME = ("method", "scheme", "path", "raw_path", "headers", "client", "server")
"""What a call names as a scope does."""

JSON = (b"content-type", b"application/json")

_encode = msgspec.json.Encoder().encode


class Answers:
    """Answers on the line that a message came by, if it is still there."""

    def __init__(self, hall: Hall, make_app: Callable[[Hall], App]) -> None:
        self._hall = hall
        self._make_app = make_app
        self._app: App | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def prepare(self) -> App:
        """The app, made once."""
        if self._app is None:
            self._app = self._make_app(self._hall)
        return self._app

    def hear(self, end: Line[Asked], message: Asked) -> None:
        """Answer a message, now or later."""
        if isinstance(message, Batch):
            self._take(end, message)
        elif isinstance(message, Call):
            task = asyncio.get_running_loop().create_task(self._call(end, message))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        elif isinstance(message, Who):
            end.say(Found(message.number, self._hall.intake.roster.find(message.device)))

    def _take(self, end: Line[Asked], batch: Batch) -> None:
        def answer(result: object) -> None:
            if isinstance(result, BatchAnswer):
                body = _encode(result)
                length = (b"content-length", b"%d" % len(body))
                end.say(Answer(batch.number, 200, [JSON, length], body))
            else:
                assert isinstance(result, Refused)
                end.say(refuse(batch.number, result, "POST", PATH))

        try:
            self._hall.submit(batch.checked, answer)
        except Refused as refused:
            answer(refused)

    async def _call(self, end: Line[Asked], call: Call) -> None:
        end.say(await run(self.prepare(), call))


async def run(app: App, call: Call) -> Answer:
    """What the app answers. Raises nothing."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "root_path": "",
        "query_string": call.query,
        **{name: getattr(call, name) for name in SAME},
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    try:
        await app(scope, receive, send)
        start, *parts = sent
        body = b"".join(part.get("body", b"") for part in parts)
        return Answer(call.number, start["status"], list(start["headers"]), body)
    except Exception as error:  # noqa: BLE001  (what a bug raises is answered too)
        return refuse(call.number, error, call.method, call.path)
