"""What a panel tells the rest of the house: frozen events, each with the monotonic time of it.

Knows no bytes and no ports. `at_ms` is always the `now_ms` that was passed in by the caller.
"""

from __future__ import annotations

from typing import Literal

import msgspec

StrayWhy = Literal["ambiguous", "repeat"]
FaultState = Literal["raised", "cleared"]


class Press(msgspec.Struct, frozen=True):
    """One counted press; `level` is the level word of the profile (`very_satisfied` …)."""

    key: str
    level: str
    at_ms: int


class Down(msgspec.Struct, frozen=True):
    """A key of an edge panel went down: the screen may light it. Not a press yet."""

    key: str
    at_ms: int


class Up(msgspec.Struct, frozen=True):
    """The key is no longer down, or no longer known to be."""

    key: str
    at_ms: int


class Held(msgspec.Struct, frozen=True):
    """The key was held for `hold_s`: the spoken guide, never a press."""

    key: str
    at_ms: int


class Stray(msgspec.Struct, frozen=True):
    """A push that does not count: two keys at once, or a repeat of the same press."""

    key: str
    why: StrayWhy
    at_ms: int


class Fault(msgspec.Struct, frozen=True):
    """Something wrong with the panel; `n` says how often since it was raised.

    `what`: key_stuck, unknown_code, missed_presses, bad_frame, no_silence. The loss of the panel
    as a whole is `Lost` and `Back`, never a Fault.
    """

    what: str
    state: FaultState
    detail: str
    at_ms: int
    n: int = 1


class Heard(msgspec.Struct, frozen=True):
    """A heartbeat: the board's own name and version, shown and never compared."""

    board: str
    version: str
    at_ms: int


class Lost(msgspec.Struct, frozen=True):
    """The panel as a whole is lost; `why`: absent, busy, denied, hangup, silent, or the error."""

    why: str
    at_ms: int


class Back(msgspec.Struct, frozen=True):
    """The panel is counting (again); also said once after the first successful open."""

    at_ms: int


Event = Press | Down | Up | Held | Stray | Fault | Heard | Lost | Back
