"""Where other threads meet the main thread: calls are posted, and run when it next looks.

Knows no Qt: the app watches `fileno()` and calls `drain()`.
"""

import os
import threading
from collections import deque
from collections.abc import Callable

POSTED_MAX = 10_000
"""Calls that may wait for the main thread; a desk that floods is refused long before."""


class Mailbox:
    """Calls for the main thread, in the order they were posted."""

    def __init__(self) -> None:
        self._posted: deque[Callable[[], object]] = deque(maxlen=POSTED_MAX)
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._closed = False

    def fileno(self) -> int:
        """Readable when calls wait."""
        return self._event

    def post(self, call: Callable[[], object]) -> None:
        """Have the main thread run `call` soon. After `close` it is dropped."""
        with self._lock:
            if not self._closed:
                self._posted.append(call)
                os.eventfd_write(self._event, 1)

    def drain(self) -> None:
        """Run what was posted. Main thread only."""
        try:
            os.eventfd_read(self._event)
        except BlockingIOError:
            return
        while self._posted:
            self._posted.popleft()()

    def close(self) -> None:
        """Nothing more is taken."""
        with self._lock:
            self._closed = True
            os.close(self._event)
