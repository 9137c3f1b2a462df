"""The other end of each format: the bytes that a real panel would send, and what it hears.

Pure. For the virtual panel and the tests; knows no pseudo-terminal and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from devices.formats.keys import frame_event
from devices.formats.layout import Layout
from devices.formats.line import COUNTERS, frame_line
from devices.profile import Profile

if TYPE_CHECKING:  # pymodbus comes only with a modbus profile
    from devices.formats.modbus import Module

HEARD_MAX = 64  # bytes kept of what is not a whole word yet

_TOLD = re.compile(rb"\$S,([a-z]+)\*[0-9A-F]{4}\r\n")


class Mimic(Protocol):
    """A panel of one format. What `hear` returns is what the panel answers at once."""

    told: list[str]

    def down(self, key: str) -> bytes: ...

    def up(self, key: str) -> bytes: ...

    def push(self, key: str) -> bytes:
        """Down and up at once, said to nobody's asking."""
        return self.down(key) + self.up(key)

    def beat(self, uptime_ms: int) -> bytes: ...

    def hear(self, data: bytes) -> bytes: ...

    def spoil(self, noise: bytes) -> bytes:
        """Noise as it gets through to the reader."""
        return noise


class LineMimic(Mimic):
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
        self._heard = heard[end:][-HEARD_MAX:]
        return b""

    def _tell(self, key: str, edge: str) -> bytes:
        self._counter = (self._counter + 1) % COUNTERS
        return frame_line(f"K,{self._counter},{key},{edge}")


class FrameMimic(Mimic):
    """A commercial rater: sends a code for each push, and hears the words of [send]."""

    def __init__(self, profile: Profile) -> None:
        self.told: list[str] = []
        self._layout: Layout = profile.settings
        self._heard = b""

    def down(self, key: str) -> bytes:
        return self._layout.build(key)

    def up(self, key: str) -> bytes:
        return b""

    def beat(self, uptime_ms: int) -> bytes:
        return b""

    def hear(self, data: bytes) -> bytes:
        self._heard += data
        answer = b""
        while found := self._find():
            word, end = found
            self._heard = self._heard[end:]
            if word != "poll":
                self.told.append(word)
            elif self._layout.idle:
                answer += self._layout.build(min(self._layout.idle))
        self._heard = self._heard[-HEARD_MAX:]
        return answer

    def _find(self) -> tuple[str, int] | None:
        """The first word in what was heard, and where it ends."""
        places = [
            (self._heard.find(said), word, len(said)) for word, said in self._layout.said.items()
        ]
        hits = [(at, word, size) for at, word, size in places if at >= 0 and size]
        if not hits:
            return None
        at, word, size = min(hits)
        return word, at + size


class ModbusMimic(Mimic):
    """An eight-input module: says nothing until it is asked."""

    def __init__(self, profile: Profile) -> None:
        self.told: list[str] = []
        self._module: Module = profile.settings
        self._inputs = [False] * 8
        self._heard = b""

    def down(self, key: str) -> bytes:
        self._inputs[int(key)] = True
        return b""

    def up(self, key: str) -> bytes:
        self._inputs[int(key)] = False
        return b""

    def push(self, key: str) -> bytes:
        self.down(key)
        closed = self._answer()
        self.up(key)
        return closed + self._answer()

    def beat(self, uptime_ms: int) -> bytes:
        return b""

    def hear(self, data: bytes) -> bytes:
        heard = self._heard + data
        asked = heard.count(self._module.request)
        end = heard.rfind(self._module.request)
        if asked:
            heard = heard[end + len(self._module.request) :]
        self._heard = heard[-HEARD_MAX:]
        return self._answer() * asked

    def _answer(self) -> bytes:
        from devices.formats.modbus import build_answer

        return build_answer(self._module.address, self._inputs)


class KeysMimic(Mimic):
    """What the keyboard door tells of a keyboard; it hears nothing."""

    def __init__(self, profile: Profile) -> None:
        self.told: list[str] = []

    def down(self, key: str) -> bytes:
        return frame_event(key, 1)

    def up(self, key: str) -> bytes:
        return frame_event(key, 0)

    def beat(self, uptime_ms: int) -> bytes:
        return b""

    def hear(self, data: bytes) -> bytes:
        return b""

    def spoil(self, noise: bytes) -> bytes:
        return noise + b"\n"  # the kernel's events are whole: noise is never glued to one


MIMICS: dict[str, Callable[[Profile], Mimic]] = {
    "line": LineMimic,
    "frame": FrameMimic,
    "modbus": ModbusMimic,
    "keys": KeysMimic,
}


def make_mimic(profile: Profile) -> Mimic:
    """The virtual end of the profile's format."""
    return MIMICS[profile.format](profile)
