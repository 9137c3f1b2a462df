"""What the window does to a visit: its clerk, turns, faults. Pure: one function a row."""

from msgspec.structs import replace

from kiosk.pieces import (
    append,
    close,
    draft_fault,
    draft_not_asked,
    draft_reason,
    draft_service,
    draft_stray,
    end_asked,
    merge,
    resting_state,
    settle_down,
)
from kiosk.terms import (
    STORE_FAULT,
    Append,
    Cleared,
    Due,
    Effect,
    Failed,
    Noted,
    Opened,
    Paused,
    Pressed,
    Raised,
    Reopen,
    Resumed,
    Served,
    Signal,
    Step,
    Strayed,
    Turn,
    Visit,
)
from sync import records
from sync.records import Draft


def begin(visit: Visit, event: Resumed, now: int) -> Step:
    """Leave `starting`: to the window's resting state, or out of service if something is wrong."""
    notes = tuple(draft_fault(what, "raised", "") for what in sorted(visit.faults))
    visit, resting = settle_down(_resume(visit, event))
    return visit, (Append(notes), *resting) if notes else resting


def note_fault(visit: Visit, event: Raised, now: int) -> Step:
    """A fault before the journal is open: written down by `begin`."""
    return replace(visit, faults=visit.faults | {event.what}), ()


def forget_fault(visit: Visit, event: Cleared, now: int) -> Step:
    """A fault that was over before the journal was open."""
    return replace(visit, faults=visit.faults - {event.what}), ()


def stray_in_fault(visit: Visit, event: Pressed | Strayed, now: int) -> Step:
    """A press while out of service: kept if anything can be."""
    if STORE_FAULT in visit.faults:
        return visit, ()
    return visit, (append(draft_stray(visit, event)),)


# The window.


def serve(visit: Visit, event: Served, now: int) -> Step:
    """A turn begins or ends; the turn before, if never asked about, is said to be so."""
    if event.state == "begun":
        turn = Turn(event.id, event.transaction)
        drafts = (*draft_not_asked(visit), draft_service(turn, "begun", visit.clerk_no))
    else:
        if visit.turn is None or visit.turn.id != event.id or visit.turn.ended:
            return visit, ()
        turn = replace(visit.turn, ended=True)
        drafts = (draft_service(turn, "ended", visit.clerk_no),)
    visit = replace(visit, turn=turn)
    if visit.state in ("free", "serving"):
        visit = replace(visit, state=resting_state(visit))
    return visit, (Append(drafts),)


def open_window(visit: Visit, event: Opened, now: int) -> Step:
    """The window opens, or changes its clerk, where nobody is being asked."""
    return _set_window(visit, True, event.clerk_no, ())


def close_window(visit: Visit, event: Paused, now: int) -> Step:
    """The window pauses where nobody is being asked."""
    return _set_window(visit, False, event.clerk_no, ())


def window_while_asking(visit: Visit, event: Opened | Paused, now: int) -> Step:
    """A clerk's change or a break takes the open invitation back."""
    effects = end_asked(visit, "cancelled")
    return _set_window(close(visit), isinstance(event, Opened), event.clerk_no, effects)


def window_while_chosen(visit: Visit, event: Opened | Paused, now: int) -> Step:
    """A clerk's change or a break during `chosen`: the rating stands."""
    effects = end_asked(visit, "rated")
    return _set_window(close(visit), isinstance(event, Opened), event.clerk_no, effects)


def window_while_reason(visit: Visit, event: Opened | Paused, now: int) -> Step:
    """A clerk's change or a break during `reason`: what was picked stands."""
    effects = (Append(draft_reason(visit)),)
    return _set_window(close(visit), isinstance(event, Opened), event.clerk_no, effects)


def window_while_fault(visit: Visit, event: Opened | Paused, now: int) -> Step:
    """The wish is kept for when the fault is over."""
    if STORE_FAULT in visit.faults:
        return visit, ()
    return _set_window(visit, isinstance(event, Opened), event.clerk_no, ())


# Faults.


def fail(visit: Visit, event: Failed, now: int) -> Step:
    """Nothing can be written: no thanks. What is open is read from the journal when it is back."""
    visit = replace(
        close(visit),
        state="fault",
        faults=visit.faults | {STORE_FAULT},
        until_ms=now + visit.rules.retry_ms,
    )
    return visit, (Signal("fault"),)


def retry(visit: Visit, event: Due, now: int) -> Step:
    """Try the journal again."""
    return replace(visit, until_ms=now + visit.rules.retry_ms), (Reopen(),)


def resume(visit: Visit, event: Resumed, now: int) -> Step:
    """The journal can be written again."""
    if STORE_FAULT not in visit.faults:
        return visit, ()
    visit = replace(_resume(visit, event), faults=visit.faults - {STORE_FAULT})
    notes = (draft_fault(STORE_FAULT, "raised", ""), draft_fault(STORE_FAULT, "cleared", ""))
    visit, resting = settle_down(visit)
    return visit, (Append(notes), *resting)


def raise_fault(visit: Visit, event: Raised, now: int) -> Step:
    """Out of service where nobody is being asked."""
    return _out_of_service(visit, event, ())


def raise_while_asking(visit: Visit, event: Raised, now: int) -> Step:
    """Out of service: the open invitation ends as interrupted."""
    return _out_of_service(visit, event, end_asked(visit, "interrupted"))


def raise_while_chosen(visit: Visit, event: Raised, now: int) -> Step:
    """Out of service: the rating stands."""
    return _out_of_service(visit, event, end_asked(visit, "rated"))


def raise_while_reason(visit: Visit, event: Raised, now: int) -> Step:
    """Out of service: what was picked stands."""
    return _out_of_service(visit, event, (Append(draft_reason(visit)),))


def raise_another(visit: Visit, event: Raised, now: int) -> Step:
    """One more fault while out of service."""
    if event.what in visit.faults:
        return visit, ()
    faulty = replace(visit, faults=visit.faults | {event.what})
    if STORE_FAULT in visit.faults:
        return faulty, ()
    return faulty, (append(draft_fault(event.what, "raised", event.detail)),)


def note(visit: Visit, event: Noted, now: int) -> Step:
    """Written down where anything can be; the window goes on."""
    if STORE_FAULT in visit.faults:
        return visit, ()
    return visit, (append(draft_fault(event.what, event.state, event.detail)),)


def clear(visit: Visit, event: Cleared, now: int) -> Step:
    """A fault is over; with the last one gone the window serves again."""
    if event.what not in visit.faults:
        return visit, ()
    visit = replace(visit, faults=visit.faults - {event.what})
    if STORE_FAULT in visit.faults:
        return visit, ()
    note = append(draft_fault(event.what, "cleared", ""))
    if visit.faults:
        return visit, (note,)
    visit, resting = settle_down(visit)
    return visit, (note, *resting)


# Pieces.


def _resume(visit: Visit, event: Resumed) -> Visit:
    return replace(visit, open=event.open, clerk_no=event.clerk_no, turn=event.turn)


def _out_of_service(visit: Visit, event: Raised, before: tuple[Effect, ...]) -> Step:
    visit = replace(close(visit), state="fault", faults=visit.faults | {event.what})
    note = append(draft_fault(event.what, "raised", event.detail))
    return visit, (*before, note, Signal("fault"))


def _set_window(
    visit: Visit, is_open: bool, clerk_no: str | None, before: tuple[Effect, ...]
) -> Step:
    if (visit.open, visit.clerk_no) == (is_open, clerk_no) and not before:
        return visit, ()
    fields = {
        "hall": visit.rules.hall,
        "window": visit.rules.window,
        "state": "open" if is_open else "paused",
        "clerk_no": clerk_no,
    }
    drafts = (*draft_not_asked(visit), Draft(records.Window, fields))
    visit = replace(visit, open=is_open, clerk_no=clerk_no, turn=None)
    visit, resting = settle_down(visit)
    return visit, merge((*before, Append(drafts), *resting))
