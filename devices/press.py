"""What a panel tells the rest of the house: frozen events, each with the monotonic time of it.

Knows no bytes and no ports. `at_ms` is always the `now_ms` that was passed in by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StrayWhy = Literal["ambiguous", "repeat"]
FaultState = Literal["raised", "cleared"]


@dataclass(frozen=True, slots=True)
class Press:
    """One counted press; `level` is the level word of the profile (`very_satisfied` …)."""

    key: str
    level: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Down:
    """A key of an edge panel went down: the screen may light it. Not a press yet."""

    key: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Up:
    """The key is no longer down, or no longer known to be."""

    key: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Held:
    """The key was held for `hold_s`: the spoken guide, never a press."""

    key: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Stray:
    """A push that does not count: two keys at once, or a repeat of the same press."""

    key: str
    why: StrayWhy
    at_ms: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the panel; `n` says how often since it was raised.

    `what`: key_stuck, unknown_code, missed_presses, bad_frame, no_silence. The loss of the panel
    as a whole is `Lost` and `Back`, never a Fault.
    """

    what: str
    state: FaultState
    detail: str
    at_ms: int
    n: int = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """A heartbeat: the board's own name and version, shown and never compared."""

    board: str
    version: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The panel as a whole is lost; `why`: absent, busy, denied, hangup, silent, or the error."""

    why: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Back:
    """The panel is counting (again); also said once after the first successful open."""

    at_ms: int


Event = Press | Down | Up | Held | Stray | Fault | Heard | Lost | Back
