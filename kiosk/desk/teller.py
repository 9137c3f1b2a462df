"""What the field's adapter protocol says: JSON messages and answers. Pure; knows no socket.

`type` 10 asks (TellerName, TellerNo, Timeout), 2 cancels; answers are `{type, ret, …}`.
`EvaluatorLevel` is always 0, which is no level: levels go from the hall to servers, never here.
"""

import json
from dataclasses import dataclass
from typing import Any

ASK, CANCEL = 10, 2
DONE, WRONG, TIMED_OUT, ENDED = 0, -1, -2, -9

RETURNS = {
    "rated": DONE,
    "not_rated": TIMED_OUT,
    "cancelled": ENDED,
    "superseded": ENDED,
    "interrupted": ENDED,
}

TELLER_MAX = 64
TIMEOUT_MAX_S = 600


@dataclass(frozen=True, slots=True)
class Wish:
    """What a business system asks of the adapter; `kind` 0 is what nobody understands."""

    kind: int
    clerk_no: str | None = None


def read_wish(text: bytes) -> Wish:
    """Return what a message asks for. Raises ValueError, with the type, if a field is wrong.

    `Timeout` is checked and not obeyed: how long a citizen has is the hall's setting, and a
    short one would be a way to be asked and not counted.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(0) from None
    if not isinstance(message, dict):
        raise ValueError(0)
    kind = message.get("type")
    if kind == CANCEL and not isinstance(kind, bool):
        return Wish(CANCEL)
    if kind != ASK:
        raise ValueError(kind if isinstance(kind, int) else 0)
    clerk_no = message.get("TellerNo")
    if isinstance(clerk_no, int) and not isinstance(clerk_no, bool):
        clerk_no = str(clerk_no)
    if not (_is_name(clerk_no) and _is_name(message.get("TellerName", "")) and _is_time(message)):
        raise ValueError(ASK)
    return Wish(ASK, str(clerk_no) if clerk_no else None)


def write_answer(kind: int, ret: int) -> bytes:
    """Return an answer; the same for everyone who was rated."""
    answer: dict[str, Any] = {"type": kind, "ret": ret}
    if kind == ASK:
        answer["EvaluatorLevel"] = 0
    return json.dumps(answer).encode()


def _is_name(value: object) -> bool:
    return value is None or (
        isinstance(value, str) and len(value) <= TELLER_MAX and (value == "" or value.isprintable())
    )


def _is_time(message: dict[str, Any]) -> bool:
    value = message.get("Timeout", 1)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:6])
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= TIMEOUT_MAX_S
