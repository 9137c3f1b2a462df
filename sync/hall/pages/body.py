"""Bodies: read up to a limit, and a little on after a refusal so that the answer arrives.

Knows no messages.
"""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from sync.hall.refusal import Refused

SMALL_MAX = 64 * 1024
"""Bytes of any other body."""

READ_ON_MAX = 2 * 1024 * 1024
"""Bytes read on after an early refusal."""

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


async def read_start(stream: AsyncIterator[bytes], most: int) -> bytes:
    """The body; of one that has more than `most` bytes the first of them, and one more."""
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        parts.append(part[: max(0, most + 1 - size)])
        size += len(part)
        if size > most + READ_ON_MAX:
            break
    return b"".join(parts)


async def read_body(request: AnyRequest, most: int) -> bytes:
    """The body. Raises Refused (413) where it has more than `most` bytes."""
    body = await read_start(request.stream(), most)
    if len(body) > most:
        raise Refused(413, "too-large", f"the body has more than {most} bytes")
    return body


async def read_on(stream: AsyncIterator[bytes]) -> None:
    """Read what still comes, up to a limit, and forget it."""
    size = 0
    async for part in stream:
        size += len(part)
        if size > READ_ON_MAX:
            break


def decode(body: bytes, kind: type[T]) -> T:
    """A JSON body as a record. Raises Refused (422)."""
    try:
        body.decode()
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(422, "malformed", f"the body: {error}") from None


def answer_json(body: object, status: int = 200) -> Response[bytes]:
    """A good answer."""
    return Response(_encode(body), status_code=status, media_type="application/json")
