"""Bodies read from a stream of parts up to a limit, and a little on after a refusal so that the
answer arrives. Knows no framework.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from sync.hall.refusal import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]
"""As ASGI has it."""

SMALL_MAX = 64 * 1024
"""Bytes of any body that is not a batch's."""

READ_ON_MAX = 2 * 1024 * 1024
"""Bytes read on after an early refusal."""


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


async def read_on(stream: AsyncIterator[bytes]) -> None:
    """Read what still comes, up to a limit, and forget it."""
    size = 0
    async for part in stream:
        size += len(part)
        if size > READ_ON_MAX:
            break


async def read_parts(receive: Receive) -> AsyncIterator[bytes]:
    """A request's body as ASGI hands it over. Raises Refused where its sender is gone."""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Refused(500, "internal", "the kiosk is gone")  # nobody reads this answer
        yield event["body"]
        if not event.get("more_body", False):
            return
