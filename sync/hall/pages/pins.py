"""The PINs of echo pages: tried a few times each, hashed beside the event loop. Knows no pages."""

import asyncio
import math
from collections.abc import Callable
from typing import TypeVar

from sync.hall.refusal import Refused
from sync.rates import Tries

HASHES_MAX = 2
"""PINs hashed at a time: 19 MiB each."""

WAITING_MAX = 64
"""PINs that may wait to be hashed; more are told to come back."""

TRIES_MAX, TRIES_WINDOW_S, NAMES_MAX = 5, 15 * 60.0, 10_000
RETRY_S = 5

T = TypeVar("T")


class WrongPin(Exception):
    """What the page says in place of the steps: a phrase and what fills it in."""

    def __init__(self, phrase: str, status: int, *values: object) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.status = status
        self.values = values


class Pins:
    """The tries of all pages, and how many wait. One a hall, in its event loop."""

    def __init__(self) -> None:
        self._tries = Tries(TRIES_MAX, TRIES_WINDOW_S, NAMES_MAX)
        self._room = asyncio.Semaphore(HASHES_MAX)
        self._waiting = 0

    async def check(self, name: str, now: float, is_right: Callable[[], bool]) -> None:
        """Try a PIN. Raises WrongPin, also while too many before it were wrong.

        A try counts before it is judged, so that many at once are no more than a few.
        """
        if wait_s := self._tries.wait_s(name, now):
            raise WrongPin("pin.wait", 429, math.ceil(wait_s / 60))
        self._tries.note_wrong(name, now)
        if not await self.hash(is_right):
            raise WrongPin("pin.wrong", 403)
        self._tries.forget(name)

    async def hash(self, call: Callable[[], T]) -> T:
        """Run a call that hashes in another thread. Raises Refused where too many wait."""
        if self._waiting >= WAITING_MAX:
            raise Refused(503, "slow-down", "too many at once", retry_after_s=RETRY_S)
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(call)
        finally:
            self._waiting -= 1
