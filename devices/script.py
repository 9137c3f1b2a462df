"""What is done to a virtual panel: lines of a script or of a terminal, checked, one step each.

Pure. Lines: `after_ms key [hold_ms]`, `[after_ms] noise N | unplug MS | flip | flood N`, and
comments after #.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.profile import Profile

WAIT_MAX_MS = 3_600_000  # the longest wait of one step
COUNT_MAX = 1_000_000  # bytes of noise, presses of a flood
HOLD_MS = 120  # how long a finger stays on a key unless said

_FAULTS = {"noise": COUNT_MAX, "flood": COUNT_MAX, "unplug": WAIT_MAX_MS, "flip": 0}
ALLOWED = "after_ms key [hold_ms], or [after_ms] noise N | unplug MS | flip | flood N"


class ScriptError(Exception):
    """A line that cannot be done: one line of text with what is allowed."""


@dataclass(frozen=True, slots=True)
class Step:
    """Wait `after_ms`, then do `act` (a key's name with `press`) with `amount`."""

    after_ms: int
    act: str
    key: str
    amount: int


def parse_script(text: str, profile: Profile, file: str) -> list[Step]:
    """Every line of a script; ScriptError names file and line."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in _FAULTS:
            words.insert(0, "0")  # a fault without a time comes at once
        after = _read_number(words[0], WAIT_MAX_MS)
        step = None if after is None else parse_act(words[1:], profile, after)
        if step is None:
            keys = ", ".join(key for key, _ in profile.keys)
            raise ScriptError(
                f"{file}: line {number}: {line.strip()!r}; allowed: {ALLOWED}; keys: {keys}"
            )
        steps.append(step)
    return steps


def parse_act(words: list[str], profile: Profile, after_ms: int = 0) -> Step | None:
    """One act in words; None if it is not one."""
    if not words or len(words) > 2:
        return None
    name, given = words[0], words[1:]
    if name in profile.levels:
        hold = _read_number(given[0], WAIT_MAX_MS) if given else HOLD_MS
        return None if hold is None else Step(after_ms, "press", name, hold)
    if name not in _FAULTS or bool(given) != (name != "flip"):
        return None
    amount = _read_number(given[0], _FAULTS[name]) if given else 0
    return None if amount is None else Step(after_ms, name, "", amount)


def _read_number(text: str, most: int) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < 10 and int(text) <= most else None
