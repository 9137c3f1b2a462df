"""The `keys` format: what the keyboard door tells of an evdev device, one `NAME value` a line.

Pure. Value 1 is down, 0 up, 2 auto-repeat (ignored); `! dropped` says that the kernel lost some.
"""

from __future__ import annotations

import re

from devices.formats.format import Decoder, Edge, Flaw, Format, Missed, Signal
from devices.formats.line import show_bytes
from devices.table import Table

LINE_MAX = 48  # bytes of one line with its \n
DROPPED = b"! dropped\n"

_EVENT = re.compile(rb"((?:KEY|BTN)_[A-Z0-9_]{1,32}) ([012])\n")


def frame_event(name: str, value: int) -> bytes:
    """The line for one key event."""
    return b"%s %d\n" % (name.encode("ascii"), value)


class KeysDecoder(Decoder):
    """Lines to edges; holds less than one line."""

    limit = LINE_MAX

    def __init__(self) -> None:
        super().__init__()
        self._waste = False

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        held = self._held + data
        found: list[Signal] = []
        at = 0
        while (end := held.find(b"\n", at)) >= 0:
            self._read(held[at : end + 1], found)
            at = end + 1
        self._held = held[at:]
        if len(self._held) >= LINE_MAX:  # no line of ours is so long: wait for its end
            self._held, self._waste = self._held[-1:], True
        return found

    def _read(self, line: bytes, found: list[Signal]) -> None:
        waste, self._waste = self._waste, False
        if waste or len(line) > LINE_MAX:
            found.append(Flaw("bad_frame", "line too long"))
        elif event := _EVENT.fullmatch(line):
            if event[2] != b"2":
                found.append(Edge(event[1].decode("ascii"), event[2] == b"1"))
        elif line == DROPPED:
            found.append(Missed(1))
        else:
            found.append(Flaw("bad_frame", show_bytes(line)))


def _check_key(text: str) -> str | None:
    return text if re.fullmatch(r"(KEY|BTN)_[A-Z0-9_]{1,32}", text) else None


def _read_settings(table: Table, send: Table) -> None:
    table.end("nothing: format keys has no settings of its own")
    send.end("nothing: a keyboard is told nothing")


FORMAT = Format(
    name="keys",
    one_shot=False,
    wire_key=_check_key,
    key_words='an evdev name like "KEY_1"',
    settings=_read_settings,
    beats=lambda settings: False,
    needs_quiet=lambda settings: False,
    count_false=lambda settings, keys: 0.0,  # the kernel's events, no bytes of a line
    decoder=lambda settings, opened_ms: KeysDecoder(),
    speak=lambda settings, signal: b"",
)
