"""The gate before the desk's routes: origin, rate, token, media type and size, in this order.

Wraps an ASGI app. A body is read whole here, so no route can be held by one that never ends.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from kiosk.desk.access import Access
from kiosk.desk.problems import encode_problem, problem_headers
from kiosk.desk.window import Refused
from sync.rates import Bucket

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

BODY_MAX = 16 * 1024
"""Bytes of a request's body."""

DRAIN_MAX = 2 * 1024 * 1024
"""Bytes read on after an early refusal, so that the answer arrives before the line closes."""

KNOWN_RATE_S, KNOWN_BURST = 40.0, 120
"""Requests with a token, all clients together."""

STRANGER_RATE_S, STRANGER_BURST = 10.0, 60
"""Requests without one; a bucket of their own, so that they cannot starve the others."""

OPEN_PATHS = frozenset({"/", "/healthz", "/schema/openapi.json", "/session"})
OPEN_PREFIX = "/console/"

ALWAYS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
)
CORS = (
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type"),
    (b"access-control-expose-headers", b"Location, Retry-After"),
    (b"access-control-max-age", b"600"),
)


class Gate:
    """One request at a time through here; what is refused never reaches a route."""

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access
        self._known = Bucket(KNOWN_RATE_S, KNOWN_BURST)
        self._strangers = Bucket(STRANGER_RATE_S, STRANGER_BURST)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        send = _add_headers(send, _answer_headers(origin, origin in self._access.origins))
        body = Body(receive)
        try:
            self._check_origin(headers, origin)
            if origin and _is_preflight(scope, headers):
                await _answer(send, 204, b"", ())
                return
            self._check_caller(scope, headers)
            await _read_body(headers, body)
        except Refused as refused:
            await body.drain()
            await _refuse(send, refused)
        except ConnectionError:
            return
        else:
            await self._app(scope, body.replay, send)

    def _check_origin(self, headers: dict[bytes, bytes], origin: str) -> None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if origin and not self._access.admits_origin(origin, host):
            raise Refused("origin", "pages of this origin may not ask here", 403)

    def _check_caller(self, scope: Any, headers: dict[bytes, bytes]) -> None:
        known = self._access.admits(headers.get(b"authorization"), headers.get(b"cookie"))
        bucket = self._known if known else self._strangers
        if wait_s := bucket.take(asyncio.get_running_loop().time()):
            raise Refused("slow-down", "too many requests", 429, wait_s)
        path = scope["path"]
        if not known and path not in OPEN_PATHS and not path.startswith(OPEN_PREFIX):
            raise Refused("token", "send Authorization: Bearer with the desk's token", 401)


class Body:
    """A request's body: read here once, given again to the route."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True
        self._given = False
        self.content = bytearray()

    async def read(self, bytes_max: int) -> None:
        """Read to the end or past `bytes_max`. Raises ConnectionError if the line is cut."""
        while self._more and len(self.content) <= bytes_max:
            self.content += await self._next()

    async def drain(self) -> None:
        """Read on after a refusal, and forget it."""
        size = 0
        with suppress(ConnectionError):
            while self._more and size < DRAIN_MAX:
                size += len(await self._next())

    async def replay(self) -> Message:
        """Give the body to the route in one message, and after it what the line says."""
        if self._given:
            return await self._receive()
        self._given = True
        return {"type": "http.request", "body": bytes(self.content), "more_body": False}

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._more = False
            raise ConnectionError
        self._more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk


async def _read_body(headers: dict[bytes, bytes], body: Body) -> None:
    """Raises Refused if the body is too long or not said to be JSON, ConnectionError if cut."""
    if int(headers.get(b"content-length", b"0")) <= BODY_MAX:
        await body.read(BODY_MAX)
        if len(body.content) <= BODY_MAX:
            media = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            if body.content and media != b"application/json":
                raise Refused("media-type", "send Content-Type: application/json", 415)
            return
    raise Refused("too-large", f"a body has at most {BODY_MAX} bytes", 413)


def _is_preflight(scope: Any, headers: dict[bytes, bytes]) -> bool:
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in headers


def _answer_headers(origin: str, named: bool) -> list[tuple[bytes, bytes]]:
    headers = list(ALWAYS)
    if origin:
        headers.append((b"vary", b"Origin"))
    if named:
        headers += [(b"access-control-allow-origin", origin.encode("latin-1")), *CORS]
    return headers


def _add_headers(send: Send, extra: Iterable[tuple[bytes, bytes]]) -> Send:
    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return send_more


async def _refuse(send: Send, refused: Refused) -> None:
    headers = [(k.encode(), v.encode()) for k, v in problem_headers(refused).items()]
    headers.append((b"content-type", b"application/problem+json"))
    await _answer(send, refused.status, encode_problem(refused), headers)


async def _answer(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
