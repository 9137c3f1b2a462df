"""One row for each format: what the contract suite, the fuzz and the port tests run over.

`oracle` finds valid frames by another way than the decoder's: every place, plainly.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devices.decode import decode_bytes
from devices.formats.crc import crc16_modbus
from devices.mimic import make_mimic
from devices.profile import Profile, find_profile

MODELS = (
    "huiyin-3",
    "huiyin-5",
    "pattern-4123",
    "pattern-123",
    "pattern-3210",
    "pattern-five",
    "modbus-8",
    "keyboard-3",
)


@dataclass(frozen=True)
class WireRow:
    """A model whose captures need no times, and how many presses any bytes could hold at most."""

    model: str
    oracle: Callable[[Profile, bytes], int]

    @property
    def profile(self) -> Profile:
        return find_profile(self.model)

    def capture(self, keys: str | list[str]) -> list[bytes]:
        """The messages of a panel on which these keys are pressed, one after another."""
        return list(record(self.profile, keys))

    def presses(self, data: bytes) -> list[str]:
        return [str(f["key"]) for f in self.found(data) if f["event"] == "press"]

    def found(self, data: bytes) -> list[dict[str, str | int]]:
        return list(decode_bytes(self.profile, [data]))


def record(profile: Profile, keys: str | list[str]) -> Iterator[bytes]:
    mimic = make_mimic(profile)
    asks = profile.decoder().poll(0) if profile.format == "modbus" else b""
    if asks:
        yield mimic.hear(asks)
    for key in keys:
        for act in (mimic.down, mimic.up):
            if message := act(key) or mimic.hear(asks):
                yield message


def count_lines(profile: Profile, data: bytes) -> int:
    found = 0
    for match in re.finditer(rb"\$(K,\d+,([^,*$]+),D)\*([0-9A-F]{4})\r\n", data):
        good = int(match[3], 16) == crc16_modbus(match[1])
        found += good and match[2].decode("latin-1") in profile.levels
    return found


def places(data: bytes, head: bytes) -> Iterator[int]:
    at = data.find(head)
    while at >= 0:
        yield at
        at = data.find(head, at + 1)


def count_frames(profile: Profile, data: bytes) -> int:
    layout = profile.settings
    return sum(
        at + layout.length <= len(data)
        and layout.is_valid(data[at : at + layout.length])
        and f"{data[at + layout.code_at]:02X}" in profile.levels
        for at in places(data, layout.header)
    )


def count_answers(profile: Profile, data: bytes) -> int:
    head = bytes([profile.settings.address, 2, 1])
    valid = [
        data[at + 3]
        for at in places(data[:-2], head)
        if crc16_modbus(data[at : at + 4]).to_bytes(2, "little") == data[at + 4 : at + 6]
    ]
    return sum((now & ~before).bit_count() for before, now in itertools.pairwise(valid))


def count_events(profile: Profile, data: bytes) -> int:
    found = re.findall(rb"(?:^|\n)((?:KEY|BTN)_[A-Z0-9_]+) 1(?=\n)", data)
    return sum(name.decode("ascii") in profile.levels for name in found)


ORACLES = {
    "line": count_lines,
    "frame": count_frames,
    "modbus": count_answers,
    "keys": count_events,
}
ROWS = [WireRow(model, ORACLES[find_profile(model).format]) for model in MODELS]
