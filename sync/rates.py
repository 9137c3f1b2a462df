"""How often something may happen: a bucket that refills. Pure; time comes in as an argument."""

from collections import OrderedDict


class Bucket:
    """Holds at most `burst` and refills `rate_per_s`; `now` is in seconds of any rising clock."""

    def __init__(self, rate_per_s: float, burst: int) -> None:
        self._rate = rate_per_s
        self._burst = burst
        self._level = float(burst)
        self._then: float | None = None

    def take(self, now: float) -> float:
        """Take one. Return 0.0, or the seconds until one is there (and take nothing)."""
        if self._then is not None:
            refilled = self._level + max(0.0, now - self._then) * self._rate
            self._level = min(float(self._burst), refilled)
        self._then = now
        if self._level >= 1.0:
            self._level -= 1.0
            return 0.0
        return (1.0 - self._level) / self._rate


class Tries:
    """Wrong tries by name: `tries_max` within `window_s`, then nothing until they are older."""

    def __init__(self, tries_max: int, window_s: float, names_max: int) -> None:
        self._tries_max = tries_max
        self._window_s = window_s
        self._names_max = names_max
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def wait_s(self, name: str, now: float) -> float:
        """Return the seconds until `name` may try again; 0.0 is now."""
        recent = self._recent(name, now)
        if len(recent) < self._tries_max:
            return 0.0
        return recent[0] + self._window_s - now

    def note_wrong(self, name: str, now: float) -> None:
        """Remember a wrong try; of too many names the one longest unseen is forgotten."""
        self._wrong[name] = [*self._recent(name, now), now][-self._tries_max :]
        self._wrong.move_to_end(name)
        while len(self._wrong) > self._names_max:
            self._wrong.popitem(last=False)

    def forget(self, name: str) -> None:
        """It was right after all."""
        self._wrong.pop(name, None)

    def _recent(self, name: str, now: float) -> list[float]:
        return [then for then in self._wrong.get(name, []) if now - then < self._window_s]
