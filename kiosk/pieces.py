"""What the moves of a visit are made of: drafts of its entries, and the way back to rest. Pure."""

from msgspec.structs import replace

from kiosk.terms import Append, Effect, Pressed, Signal, State, Step, Strayed, Tell, Turn, Visit
from sync import records
from sync.records import Draft


def append(draft: Draft) -> Append:
    return Append((draft,))


def resting_state(visit: Visit) -> State:
    if not visit.open:
        return "paused"
    return "serving" if visit.turn is not None and not visit.turn.ended else "free"


def close(visit: Visit) -> Visit:
    """Nobody is being asked, and the next who comes reads the hall's language, alone."""
    visit = replace(visit, asked=None, answer=None, until_ms=None)
    return replace(visit, picked=(), cursor=0, language="", guided=False)


def settle_down(visit: Visit) -> Step:
    if visit.faults:
        return replace(close(visit), state="fault"), (Signal("fault"),)
    return replace(close(visit), state=resting_state(visit)), (Signal("pause"),)


def merge(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """One write for what ends and what begins."""
    drafts = tuple(d for effect in effects if isinstance(effect, Append) for d in effect.drafts)
    return (Append(drafts), *(e for e in effects if not isinstance(e, Append)))


def end_asked(visit: Visit, outcome: str) -> tuple[Effect, ...]:
    assert visit.asked is not None
    fields = {"invitation": visit.asked.id, "outcome": outcome}
    return (append(Draft(records.Outcome, fields)), Tell(visit.asked.id, outcome))


def draft_reason(visit: Visit) -> tuple[Draft, ...]:
    assert visit.asked is not None
    picked = [tag for tag in visit.tags if tag in visit.picked]
    fields = {"invitation": visit.asked.id, "reasons": picked, "skipped": not picked}
    return (Draft(records.Reason, fields),)


def draft_stray(visit: Visit, event: Pressed | Strayed) -> Draft:
    why = event.why if isinstance(event, Strayed) else "uninvited"
    return Draft(records.Stray, {"key": event.key, "panel": visit.rules.panel, "why": why})


def draft_fault(what: str, state: str, detail: str) -> Draft:
    return Draft(records.Fault, {"what": what, "state": state, "detail": detail})


def draft_service(turn: Turn, state: str, clerk_no: str | None) -> Draft:
    fields = {
        "service": turn.id,
        "state": state,
        "transaction": turn.transaction,
        "clerk_no": clerk_no,
    }
    return Draft(records.Service, fields)


def draft_not_asked(visit: Visit) -> tuple[Draft, ...]:
    """A turn that was never asked about says so, so that asking only the happy ones shows."""
    if visit.turn is None or visit.turn.asked:
        return ()
    return (draft_service(visit.turn, "not_asked", visit.clerk_no),)
