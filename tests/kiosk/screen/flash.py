"""How much of a film flashes: the general flash rule of WCAG 2.3.1, counted from its pictures."""

from collections import deque
from collections.abc import Iterable
from itertools import count

from PIL import Image

STEP = 4  # px: every so many are looked at, across and down
CHANGE = 0.1  # of the greatest relative luminance; less is no part of a flash
BRIGHT = 0.8  # where the darker of two is at least so bright, there is none either
FLASHES = 3  # pairs of opposing changes that a second may have
SECOND_MS = 1_000
SHARE = 21_824 / (1024 * 768)  # of the screen that may flash more often: WCAG's own example
_FULL = 255
_LINEAR = [
    round(_FULL * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4))
    for c in (value / _FULL for value in range(256))
]


def read_light(picture: Image.Image) -> bytes:
    """Relative luminance, 0 to 255, of a picture's looked at pixels."""
    small = picture.convert("RGB").resize(
        (picture.width // STEP, picture.height // STEP), Image.Resampling.NEAREST
    )
    linear = small.point(_LINEAR * 3)
    return linear.convert("L", (0.2126, 0.7152, 0.0722, 0)).tobytes()


class Film:
    """Pictures in the order of their times, in ms; `worst` is the largest share that flashed."""

    def __init__(self) -> None:
        self.worst = 0.0
        self.changes = 0  # that could be half a flash
        self._last = b""
        self._peaks = bytearray()
        self._ways: bytearray = bytearray()  # 0 not known, 1 grew dark, 2 grew bright
        self._times: dict[int, deque[int]] = {}
        self._hot: dict[int, int] = {}

    def add(self, picture: Image.Image, now_ms: int) -> None:
        light = read_light(picture)
        if not self._last:
            self._last, self._peaks, self._ways = light, bytearray(light), bytearray(len(light))
        changed = (
            at for at, old, new in zip(count(), self._last, light, strict=False) if old != new
        )
        self._follow(changed, light, now_ms)
        self._last = light
        self._hot = {at: ms for at, ms in self._hot.items() if now_ms - ms < SECOND_MS}
        self.worst = max(self.worst, len(self._hot) / len(light))

    def _follow(self, changed: Iterable[int], light: bytes, now_ms: int) -> None:
        """Each turn of a pixel from darker to brighter or back, by at least CHANGE."""
        for at in changed:
            new, peak, way = light[at], self._peaks[at], self._ways[at]
            dark = new < peak
            if way == (1 if dark else 2):
                self._peaks[at] = new  # further the same way
            elif abs(new - peak) >= CHANGE * _FULL and min(new, peak) < BRIGHT * _FULL:
                self._peaks[at], self._ways[at] = new, 1 if dark else 2
                self._turn(at, now_ms)

    def _turn(self, at: int, now_ms: int) -> None:
        self.changes += 1
        times = self._times.setdefault(at, deque(maxlen=2 * FLASHES + 1))
        times.append(now_ms)
        if len(times) == times.maxlen and now_ms - times[0] < SECOND_MS:
            self._hot[at] = now_ms
