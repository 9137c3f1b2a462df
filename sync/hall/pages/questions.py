"""What the process in front has asked its hall and waits for, within bounds. Knows no requests."""

import asyncio
from collections.abc import Callable
from typing import Any

from sync.hall.pages.line import Line
from sync.hall.pages.messages import Answer, Asked, Found, Told
from sync.hall.refusal import slow_down

HELD_MAX = 16 * 1024 * 1024
"""Bytes of requests that the hall has not answered, batches left aside, which have a limit of their
own; and of messages that it has not taken, from which on nothing more is asked.
"""

ASKED_BYTES = 1024
"""What a question takes here besides."""


class Questions:
    """By their numbers."""

    def __init__(self, loop: asyncio.AbstractEventLoop, line: Line[Told]) -> None:
        self._loop = loop
        self._line = line
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._held = 0

    async def ask(self, size: int, kind: Callable[..., Asked], *fields: object) -> Any:
        """The answer. Raises Refused where too many wait; a size of 0 is bounded elsewhere."""
        held = size and size + ASKED_BYTES
        if held and (self._held + held > HELD_MAX or self._line.unsent() > HELD_MAX):
            raise slow_down("too many requests wait")
        self._number = number = self._number + 1
        self._waiting[number] = answer = self._loop.create_future()
        self._line.say(kind(number, *fields))
        self._held += held
        try:
            return await answer
        finally:
            self._held -= held
            self._waiting.pop(number, None)

    def settle(self, message: Answer | Found) -> None:
        """An answer, to a question or to one that nobody waits for any more."""
        waiting = self._waiting.pop(message.number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
