"""Bodies of the framework's requests and answers. Knows no messages."""

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from sync.hall.pages.reading import read_start
from sync.hall.refusal import Refused

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


async def read_body(request: AnyRequest, most: int) -> bytes:
    """The body. Raises Refused (413) where it has more than `most` bytes."""
    body = await read_start(request.stream(), most)
    if len(body) > most:
        raise Refused(413, "too-large", f"the body has more than {most} bytes")
    return body


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
