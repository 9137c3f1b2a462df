"""What a visit does for whoever cannot see the screen: reads to them, and waits longer. Pure."""

from msgspec.structs import replace

from kiosk.terms import Guided, Step, Visit


def guide(visit: Visit, event: Guided, now: int) -> Step:
    """Whoever held a key is read to from now on, and has longer for everything."""
    if visit.guided:
        return visit, ()
    rules = visit.rules
    waits = {"chosen": rules.chosen_ms, "reason": rules.reason_ms, "thanking": rules.thanks_ms}
    visit = replace(visit, guided=True)
    wait_ms = visit.spare(waits.get(visit.state, rules.expires_ms))
    return replace(visit, until_ms=now + wait_ms), ()
