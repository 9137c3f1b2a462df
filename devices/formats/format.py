"""What every format is: its signals, its decoder, its own settings. Knows no port and no clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from devices.table import Table

SIGNALS = ("invite", "thanks", "pause", "fault", "cancel")


class Edge(msgspec.Struct, frozen=True):
    """A key went down or up, as the wire says it: not debounced, perhaps not in the key map."""

    key: str
    down: bool


class Code(msgspec.Struct, frozen=True):
    """A one-shot panel sent a key's code."""

    key: str


class Beat(msgspec.Struct, frozen=True):
    """The panel is alive: a heartbeat (with the board's name) or an answered poll (without)."""

    board: str = ""
    version: str = ""
    uptime_s: int | None = None


class Flaw(msgspec.Struct, frozen=True):
    """Bytes that make no valid frame, or a valid frame that tells of something wrong."""

    what: str
    detail: str


class Missed(msgspec.Struct, frozen=True):
    """`n` messages of the panel were lost: what is down is no longer known."""

    n: int


class Restart(msgspec.Struct, frozen=True):
    """The board started again: what is down is no longer known."""


Signal = Edge | Code | Beat | Flaw | Missed | Restart


class Decoder:
    """Bytes to signals, at most `limit` bytes held. Pure: time comes in as an argument.

    A decoder lives from one opening of the port to the next: it remembers nothing older.
    """

    limit = 0

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes, now_ms: int) -> list[Signal]:
        """Takes all of `data`; any split of the same bytes gives the same signals."""
        raise NotImplementedError

    def tick(self, now_ms: int) -> list[Signal]:
        """Says that nothing more has arrived up to `now_ms`."""
        return []

    def poll(self, now_ms: int) -> bytes:
        """What has to be said to the panel now, or nothing."""
        return b""

    def pace(self, asking: bool) -> None:
        """Whether a citizen is being asked just now: a polled panel is then polled faster."""

    @property
    def deadline(self) -> int | None:
        """When `tick` or `poll` has something to do, in ms; None: never."""
        return None

    @property
    def held(self) -> int:
        """How many bytes wait for the rest of their frame."""
        return len(self._held)


class Format(msgspec.Struct, frozen=True):
    """One row of the table: what a profile may say, and how its bytes are read and written.

    `settings` reads the format's own table and [send]; `beats`: silence can be told from a loss;
    `needs_quiet`: nothing but the silence around a code tells it from noise; `count_false`: presses
    expected out of 10⁹ bytes of noise, for a number of keys; `decoder` is given when the port was
    opened, None for a capture without times.
    """

    name: str
    one_shot: bool
    wire_key: Callable[[str], str | None]
    key_words: str
    settings: Callable[[Table, Table], Any]
    beats: Callable[[Any], bool]
    needs_quiet: Callable[[Any], bool]
    count_false: Callable[[Any, int], float]
    decoder: Callable[[Any, int | None], Decoder]
    speak: Callable[[Any, str], bytes]
