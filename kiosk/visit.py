"""The visit: a total table of what each event does in each state. Pure: `now` in, effects out.

No path leads to thanks but through `storing` and `Stored`; a test walks the whole table for it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from kiosk import breaks, care, moves
from kiosk.terms import (
    EVENTS,
    STATES,
    Cancelled,
    Cleared,
    Due,
    Event,
    Failed,
    Guided,
    Invited,
    Noted,
    Opened,
    Paused,
    Picked,
    Pressed,
    Raised,
    Resumed,
    Served,
    State,
    Step,
    Stored,
    Strayed,
    Turned,
    Visit,
)

Move = Callable[[Visit, Any, int], Step]


class Row(NamedTuple):
    """One row: the move, and every state it may lead to."""

    move: Move
    to: tuple[State, ...]


RESTING: tuple[State, ...] = ("free", "serving", "paused", "fault")


def _rows(event: type[Event], **rows: tuple[Move, str]) -> dict[tuple[State, type[Event]], Row]:
    """Rows of one event, by state; a state not named ignores it."""
    table: dict[tuple[State, type[Event]], Row] = {}
    for state in STATES:
        move, to = rows.get(state, (moves.ignore, state))
        targets = tuple(RESTING if to == "rest" else to.split())
        table[state, event] = Row(move, targets)  # type: ignore[arg-type]
    return table


def _same(move: Move, *states: str) -> dict[str, tuple[Move, str]]:
    return {state: (move, state) for state in states}


def _to(move: Move, target: str, *states: str) -> dict[str, tuple[Move, str]]:
    return dict.fromkeys(states, (move, target))


TABLE: dict[tuple[State, type[Event]], Row] = {
    **_rows(
        Resumed,
        starting=(breaks.begin, "rest"),
        fault=(breaks.resume, "rest"),
    ),
    **_rows(
        Pressed,
        **_to(moves.walk_up, "storing free", "free"),
        **_to(moves.walk_up, "storing serving", "serving"),
        **_to(moves.walk_up, "storing thanking", "thanking"),
        paused=(moves.stray, "paused"),
        asking=(moves.choose, "storing"),
        chosen=(moves.change, "storing chosen"),
        reason=(moves.pick, "reason thanking"),
        fault=(breaks.stray_in_fault, "fault"),
    ),
    **_rows(
        Strayed,
        **_same(moves.stray, "paused", "free", "serving", "asking", "chosen", "reason", "thanking"),
        fault=(breaks.stray_in_fault, "fault"),
    ),
    **_rows(
        Guided,
        **_same(care.guide, "free", "serving", "asking", "chosen", "reason", "thanking"),
    ),
    **_rows(Picked, reason=(moves.touch_tag, "reason")),
    **_rows(
        Turned,
        **_same(moves.turn, "free", "serving", "asking", "chosen", "reason", "thanking"),
    ),
    **_rows(
        Invited,
        **_to(moves.invite, "asking", "free", "serving", "thanking"),
        asking=(moves.supersede, "asking"),
        chosen=(moves.invite_after_rated, "asking"),
        reason=(moves.invite_after_reason, "asking"),
    ),
    **_rows(Cancelled, asking=(moves.cancel, "rest")),
    **_rows(Stored, storing=(moves.thank, "chosen")),
    **_rows(Failed, **_to(breaks.fail, "fault", *STATES)),
    **_rows(
        Due,
        **_same(moves.turn_back, "free", "serving"),
        asking=(moves.expire, "rest"),
        chosen=(moves.settle, "reason thanking"),
        reason=(moves.finish, "thanking"),
        thanking=(moves.rest, "rest"),
        fault=(breaks.retry, "fault"),
    ),
    **_rows(
        Raised,
        starting=(breaks.note_fault, "starting"),
        **_to(breaks.raise_fault, "fault", "paused", "free", "serving", "thanking"),
        asking=(breaks.raise_while_asking, "fault"),
        chosen=(breaks.raise_while_chosen, "fault"),
        reason=(breaks.raise_while_reason, "fault"),
        fault=(breaks.raise_another, "fault"),
    ),
    **_rows(
        Cleared,
        starting=(breaks.forget_fault, "starting"),
        fault=(breaks.clear, "rest"),
    ),
    **_rows(
        Noted,
        **_same(
            breaks.note,
            "paused",
            "free",
            "serving",
            "asking",
            "chosen",
            "reason",
            "thanking",
            "fault",
        ),
    ),
    **_rows(
        Served,
        **_to(breaks.serve, "free serving", "free", "serving"),
        **_same(breaks.serve, "paused", "asking", "chosen", "reason", "thanking"),
    ),
    **_rows(
        Opened,
        **_to(breaks.open_window, "free serving paused", "free", "serving", "paused"),
        thanking=(breaks.open_window, "free serving paused thanking"),
        asking=(breaks.window_while_asking, "rest"),
        chosen=(breaks.window_while_chosen, "rest"),
        reason=(breaks.window_while_reason, "rest"),
        fault=(breaks.window_while_fault, "fault"),
    ),
    **_rows(
        Paused,
        **_to(breaks.close_window, "free serving paused", "free", "serving", "paused"),
        thanking=(breaks.close_window, "free serving paused thanking"),
        asking=(breaks.window_while_asking, "rest"),
        chosen=(breaks.window_while_chosen, "rest"),
        reason=(breaks.window_while_reason, "rest"),
        fault=(breaks.window_while_fault, "fault"),
    ),
}
assert len(TABLE) == len(STATES) * len(EVENTS)


def step(visit: Visit, event: Event, now: int) -> Step:
    """Return the visit after `event` and the effects it asks for, in order.

    `now` is in milliseconds on the clock of `until_ms`. `Append` must be answered at once
    with `Stored` or `Failed`.
    """
    row = TABLE[visit.state, type(event)]
    return row.move(visit, event, now)
