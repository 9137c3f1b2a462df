"""The turn: while the writer works on a transaction, the other thread of weight stands aside.

One interpreter runs one thread at a time, and the writer lets go of it at every statement: two busy
threads stop each other fifty times a commit. So the one that answers requests waits, not for long,
until the writer is at its flush, which needs no interpreter. Knows nothing of either.
"""

import threading
import time

MOST_S = 0.005
"""How long the other may wait, counted from the turn's beginning: what takes longer is shared as
the interpreter does it.
"""


class Turn:
    """Held by one thread (`with turn:`), waited for by another."""

    def __init__(self) -> None:
        self._held = threading.Lock()
        self._since = 0.0

    def __enter__(self) -> None:
        self._held.acquire()
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._held.release()

    def stand_aside(self) -> None:
        """Wait while the turn is held, at most MOST_S from its beginning."""
        if not self._held.locked():
            return
        left = self._since + MOST_S - time.monotonic()
        if left > 0 and self._held.acquire(timeout=left):
            self._held.release()
