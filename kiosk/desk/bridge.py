"""A Bridge over anything that can run a callable on the main thread. Knows neither Qt nor HTTP."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from kiosk.desk.window import Counter, EventName, Listener, Refused

T = TypeVar("T")

CALLS_MAX = 64
"""Calls that may wait for the main thread, as many as lines; more are told to slow down."""

CALL_WAIT_S = 5.0
"""How long the desk waits for the main thread before it says so."""

LISTENERS_MAX = 4

log = logging.getLogger("huiyin.desk")


class MainThreadBridge:
    """Hands the desk's calls to `post`, which must run them on the main thread, in order."""

    def __init__(self, counter: Counter, post: Callable[[Callable[[], None]], None]) -> None:
        self._counter = counter
        self._post = post
        self._waiting = 0
        self._listeners: list[Listener] = []

    async def call(self, fn: Callable[[Counter], T]) -> T:
        """Run `fn` on the main thread. Raises Refused, also when that thread is too busy."""
        if self._waiting >= CALLS_MAX:
            raise Refused("slow-down", "too many requests wait for the window", 503, 1.0)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting += 1
        try:
            self._post(lambda: self._run(fn, loop, future))
            return await asyncio.wait_for(future, CALL_WAIT_S)
        except TimeoutError:
            raise Refused("slow-down", "the window does not answer", 503, 2.0) from None
        finally:
            self._waiting -= 1

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` told every event from now on."""
        if len(self._listeners) >= LISTENERS_MAX:
            raise RuntimeError(f"more than {LISTENERS_MAX} listeners")
        self._listeners.append(listener)

    def tell(self, name: EventName, body: dict[str, Any]) -> None:
        """On the main thread: pass an event on to whoever listens."""
        for listener in self._listeners:
            listener(name, body)

    def _run(
        self,
        fn: Callable[[Counter], T],
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[T],
    ) -> None:
        """On the main thread. A desk that has died meanwhile is no reason to stop the screen."""
        if future.cancelled():
            return
        try:
            value, error = fn(self._counter), None
        except Exception as wrong:  # noqa: BLE001 - it is raised again where it was asked for
            value, error = None, wrong
        try:
            loop.call_soon_threadsafe(_settle, future, value, error)
        except RuntimeError:
            log.info("the desk went away before its answer came")


def _settle(future: asyncio.Future[Any], value: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
