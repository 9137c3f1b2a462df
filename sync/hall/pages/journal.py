"""`POST /v1/journal`, answered straight from the server: a framework's way to a handler and back
costs more than the batch of a live kiosk. Knows no other route.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import msgspec

from sync.hall.ledger import gate
from sync.hall.pages import problems
from sync.hall.pages.body import read_on, read_start
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused
from sync.wire import PROBLEM_TYPE, BatchAnswer

PATH = "/v1/journal"
JSON = "application/json"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
"""As ASGI has them."""

Headers = Iterable[tuple[bytes, bytes]]

_encode = msgspec.json.Encoder().encode


async def take(hall: Hall, headers: Headers, parts: AsyncIterator[bytes]) -> bytes:
    """Take a batch; the answer is a receipt once everything is durable. Raises Refused."""
    told = {"content-type": "", "content-encoding": "", "content-length": ""}
    for name, value in headers:
        if (key := name.decode("latin-1")) in told:
            told[key] += ", " * bool(told[key]) + value.decode("latin-1")
    media, encoding, length = told.values()
    body: bytes | None = None
    hall.intake.turn.stand_aside()
    try:
        gate.check_media(media, encoding)
        with hall.admit(length):
            body = await read_start(parts, gate.PACKED_MAX)
            batch = await hall.gatehouse.check(body, media, encoding, hall.intake.roster.find)
            answer = await hall.submit(batch)
    except Refused:
        if body is None:
            await read_on(parts)
        raise
    assert isinstance(answer, BatchAnswer)
    return _encode(msgspec.structs.replace(answer, next_after_ms=hall.next_after_ms()))


def put_before(app: App, hall: Hall) -> App:
    """The app, with this route answered before it is asked."""

    async def answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            await _answer(hall, scope["headers"], receive, send)
        else:
            await app(scope, receive, send)

    return answer


async def _answer(hall: Hall, headers: Headers, receive: Receive, send: Send) -> None:
    more: dict[str, str] = {}
    status, media = 200, JSON
    try:
        body = await take(hall, headers, _read(receive))
    except Exception as error:  # noqa: BLE001  (what a bug raises is answered too)
        refused = error if isinstance(error, Refused) else problems.report("POST", PATH, error)
        more, body = problems.describe(refused)
        status, media = refused.status, PROBLEM_TYPE
    more |= {"content-type": media, "content-length": str(len(body))}
    encoded = [(name.lower().encode(), value.encode()) for name, value in more.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _read(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(500, "internal", "the kiosk is gone")  # nobody reads this answer
        yield event["body"]
        if not event.get("more_body", False):
            return
