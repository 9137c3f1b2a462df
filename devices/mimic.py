"""The other end of each format: the bytes that a real panel would send, and what it hears.

Pure. For the virtual panel and the tests; knows no pseudo-terminal and no clock.
"""

from __future__ import annotations

import re
from typing import Protocol

from devices.formats.line import COUNTERS, LINE_MAX, frame_line
from devices.profile import Profile

_TOLD = re.compile(rb"\$S,([a-z]+)\*[0-9A-F]{4}\r\n")


class Mimic(Protocol):
    """A panel of one format. What `hear` returns is what the panel answers at once."""

    told: list[str]

    def down(self, key: str) -> bytes: ...

    def up(self, key: str) -> bytes: ...

    def beat(self, uptime_ms: int) -> bytes: ...

    def hear(self, data: bytes) -> bytes: ...


class LineMimic:
    """Our own board: counts its messages, tells its uptime, hears the lamps' words."""

    def __init__(self, profile: Profile) -> None:
        self.told: list[str] = []
        self._board = profile.board or profile.model
        self._counter = 0
        self._heard = b""

    def down(self, key: str) -> bytes:
        return self._tell(key, "D")

    def up(self, key: str) -> bytes:
        return self._tell(key, "U")

    def beat(self, uptime_ms: int) -> bytes:
        return frame_line(f"H,{uptime_ms // 1_000},{self._board},1")

    def hear(self, data: bytes) -> bytes:
        heard = self._heard + data
        end = 0
        for match in _TOLD.finditer(heard):
            self.told.append(match[1].decode("ascii"))
            end = match.end()
        self._heard = heard[end:][-LINE_MAX:]
        return b""

    def _tell(self, key: str, edge: str) -> bytes:
        self._counter = (self._counter + 1) % COUNTERS
        return frame_line(f"K,{self._counter},{key},{edge}")


_MIMICS: dict[str, type[LineMimic]] = {"line": LineMimic}


def make_mimic(profile: Profile) -> Mimic:
    """The virtual end of the profile's format."""
    return _MIMICS[profile.format](profile)
