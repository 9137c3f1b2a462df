"""Hears one line as every model that fits might mean it: a panel shows which one it is.

Only models whose frames are checked take part, read at the same speed: noise makes no guess.
"""

from devices.drive import Tap, read_clock
from devices.panel import Panel
from devices.port import Link
from devices.press import Press
from devices.profile import Profile
from devices.reader import open_port
from kiosk.setup.find import read_profile


class Ears:
    """`guess` is a model under which more keys were pressed than `profile` understood."""

    def __init__(self, profile: Profile, fits: tuple[str, ...]) -> None:
        others = [read_profile(model) for model in fits if model != profile.model]
        self._own = Panel(profile)
        self._others = [Panel(other) for other in others if _is_alike(profile, other)]
        self._heard = dict.fromkeys((one.profile.model for one in self._others), 0)
        self._understood = 0

    def open(self, profile: Profile, port: str) -> Link:
        """Opens a reader's port so that all of it is heard here, too."""
        now_ms = read_clock()
        for panel in (self._own, *self._others):
            panel.open(now_ms)
        return Tap(open_port(profile, port), self.hear)

    def hear(self, data: bytes) -> None:
        """Some bytes from the line."""
        now_ms = read_clock()
        self._understood += _count(self._own, data, now_ms)
        for panel in self._others:
            self._heard[panel.profile.model] += _count(panel, data, now_ms)

    @property
    def guess(self) -> str:
        """The model that understood most; empty while the own one understands as much."""
        best = max(self._heard, key=lambda model: self._heard[model], default="")
        return best if self._heard.get(best, 0) > self._understood else ""


def _is_alike(profile: Profile, other: Profile) -> bool:
    """Whether both can be heard at once, and the other one is never heard in noise."""
    ours, theirs = profile.wire, other.wire
    is_checked = other.rules.count_false(other.settings, len(other.keys)) < 1.0
    same = (ours.baud, ours.bytesize, ours.parity, ours.stopbits)
    return same == (theirs.baud, theirs.bytesize, theirs.parity, theirs.stopbits) and is_checked


def _count(panel: Panel, data: bytes, now_ms: int) -> int:
    return sum(isinstance(event, Press) for event in panel.feed(data, now_ms))
