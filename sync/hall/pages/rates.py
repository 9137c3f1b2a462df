"""How often systems may ask: a bucket for each, and one for everybody without a token."""

from sync.rates import Bucket

KNOWN_RATE_S, KNOWN_BURST = 200.0, 400
"""Requests of one system, which may look after a hundred windows."""

STRANGER_RATE_S, STRANGER_BURST = 10.0, 60
"""Requests without a token that is known; they cannot starve the others."""


class Callers:
    """A bucket a system; there are no more systems than the hall knows."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._strangers = Bucket(STRANGER_RATE_S, STRANGER_BURST)

    def take(self, system: str | None, now: float) -> float:
        """Take one of a system's, or a stranger's. Return 0.0, or the seconds to wait."""
        if system is None:
            return self._strangers.take(now)
        if system not in self._buckets:
            self._buckets[system] = Bucket(KNOWN_RATE_S, KNOWN_BURST)
        return self._buckets[system].take(now)
