"""What being asked and answering do to a visit: one function a row of the table.

Pure: what must be on disk is an effect.
"""

from msgspec.structs import replace

from kiosk.pieces import (
    append,
    close,
    draft_reason,
    draft_stray,
    end_asked,
    merge,
    settle_down,
)
from kiosk.terms import (
    Answer,
    Append,
    Asked,
    Cancelled,
    Due,
    Effect,
    Event,
    Invited,
    Picked,
    Pressed,
    Signal,
    Step,
    Stored,
    Strayed,
    Tell,
    Turn,
    Turned,
    Visit,
)
from sync import records
from sync.records import Draft, is_same

BAD = 2
"""Levels at and below this are bad ratings (domain.md, Levels)."""


def ignore(visit: Visit, event: Event, now: int) -> Step:
    """Nothing happens."""
    return visit, ()


def stray(visit: Visit, event: Pressed | Strayed, now: int) -> Step:
    """A press that nobody asked for, or that its own panel did not count: kept, not counted."""
    return visit, (append(draft_stray(visit, event)),)


# Being asked.


def invite(visit: Visit, event: Invited, now: int) -> Step:
    """Ask: the invitation is on disk before its page is painted."""
    asked, turn, draft = _ask(visit, event, now)
    visit = replace(close(visit), guided=visit.guided and visit.asked is None)
    visit = replace(
        visit,
        state="asking",
        asked=asked,
        turn=turn,
        until_ms=now + visit.spare(visit.rules.expires_ms),
    )
    return visit, (append(draft), Signal("invite"), Tell(asked.id, "waiting"))


def supersede(visit: Visit, event: Invited, now: int) -> Step:
    """Another transaction takes the open invitation's place."""
    return _then_invite(visit, "superseded", event, now)


def invite_after_rated(visit: Visit, event: Invited, now: int) -> Step:
    """Another transaction during `chosen` ends it at once as rated."""
    return _then_invite(visit, "rated", event, now)


def invite_after_reason(visit: Visit, event: Invited, now: int) -> Step:
    """Another transaction ends the reason page with what was picked."""
    drafts = draft_reason(visit)
    visit, effects = invite(visit, event, now)
    return visit, merge((Append(drafts), *effects))


def cancel(visit: Visit, event: Cancelled, now: int) -> Step:
    """The clerk takes the invitation back before any press."""
    return _end(visit, "cancelled")


def expire(visit: Visit, event: Due, now: int) -> Step:
    """Nobody pressed: not rated, never a default score."""
    return _end(visit, "not_rated")


# Answering.


def choose(visit: Visit, event: Pressed, now: int) -> Step:
    """The first press of an invitation: to disk before anything is thanked."""
    assert visit.asked is not None
    answer = Answer(event.level, event.key)
    return _store(visit, answer, event, now, ())


def walk_up(visit: Visit, event: Pressed, now: int) -> Step:
    """A press with nobody asking starts a visit where the window allows it, after an interval.

    Nobody has to wait for the thanks to the citizen before.
    """
    rules = visit.rules
    if rules.mode != "walk_up":
        return stray(visit, event, now)
    if now < visit.deaf_until_ms:
        return visit, (append(draft_stray(visit, Strayed(event.key, "repeat"))),)
    if visit.state == "thanking":
        visit = close(visit)
    asked = Asked(event.fresh_id, "walk_up", None, visit.spoken, now)
    draft = Draft(
        records.Invitation,
        {
            "invitation": asked.id,
            "mode": "walk_up",
            "clerk_no": visit.clerk_no,
            "language": asked.language,
            "expires_ms": rules.expires_ms,
        },
    )
    return _store(replace(visit, asked=asked), Answer(event.level, event.key), event, now, (draft,))


def thank(visit: Visit, event: Stored, now: int) -> Step:
    """The rating is on disk: only now is it said."""
    until_ms = now + visit.spare(visit.rules.chosen_ms)
    return replace(visit, state="chosen", until_ms=until_ms), (Signal("thanks"),)


def change(visit: Visit, event: Pressed, now: int) -> Step:
    """Another key while `chosen`: the rating again, a revision up. The same changes nothing."""
    assert visit.answer is not None
    if event.key == visit.answer.key:
        return visit, (append(draft_stray(visit, Strayed(event.key, "repeat"))),)
    if visit.answer.revision >= visit.rules.revisions_max:
        return visit, (append(draft_stray(visit, Strayed(event.key, "misuse"))),)
    answer = Answer(event.level, event.key, visit.answer.revision + 1)
    return _store(visit, answer, event, now, ())


def settle(visit: Visit, event: Due, now: int) -> Step:
    """The end of `chosen`: rated; then reasons, the same page for every level, or thanks."""
    effects = end_asked(visit, "rated")
    if not _asks_reasons(visit):
        return _to_thanks(visit, now, effects)
    visit = replace(
        visit,
        state="reason",
        picked=(),
        cursor=0,
        until_ms=now + visit.spare(visit.rules.reason_ms),
        deaf_until_ms=now + visit.rules.deaf_ms,
    )
    return visit, effects


# Reasons: the first key means this one, the second the next, the last none or done.


def pick(visit: Visit, event: Pressed, now: int) -> Step:
    """A key on the reason page means what the screen shows beside it."""
    keys = visit.rules.keys
    if now < visit.deaf_until_ms or event.key not in keys:
        return visit, ()
    place = keys.index(event.key)
    if place == len(keys) - 1:
        return finish(visit, Due(), now)
    visit = replace(visit, until_ms=now + visit.spare(visit.rules.reason_ms))
    if place == 1:
        return replace(visit, cursor=(visit.cursor + 1) % max(1, len(visit.tags))), ()
    return (_toggle(visit), ()) if place == 0 and visit.tags else (visit, ())


def touch_tag(visit: Visit, event: Picked, now: int) -> Step:
    """A finger picks a tag, or takes it back; the cursor follows it."""
    if now < visit.deaf_until_ms or event.code not in visit.tags:
        return visit, ()
    until_ms = now + visit.spare(visit.rules.reason_ms)
    return _toggle(replace(visit, cursor=visit.tags.index(event.code), until_ms=until_ms)), ()


def finish(visit: Visit, event: Due, now: int) -> Step:
    """Done, none, or time out: what was picked is kept."""
    return _to_thanks(visit, now, (Append(draft_reason(visit)),))


def rest(visit: Visit, event: Due, now: int) -> Step:
    """Thanks are over; a walk-up window hears nothing for its interval."""
    return settle_down(replace(visit, deaf_until_ms=now + visit.rules.interval_ms))


# Languages.


def turn(visit: Visit, event: Turned, now: int) -> Step:
    """Another language, for this citizen only. Who reads anew has the whole wait to do so."""
    rules = visit.rules
    offered = rules.languages or (rules.language,)
    at = offered.index(visit.spoken) if visit.spoken in offered else -1
    language = event.language or offered[(at + 1) % len(offered)]
    if language not in offered or language == visit.spoken:
        return visit, ()
    if visit.asked is None:
        return replace(visit, language=language, until_ms=now + visit.spare(rules.expires_ms)), ()
    visit = replace(visit, asked=replace(visit.asked, language=language))
    waits = {"asking": rules.expires_ms, "reason": rules.reason_ms}
    if visit.state in waits:
        visit = replace(visit, until_ms=now + visit.spare(waits[visit.state]))
    return visit, ()


def turn_back(visit: Visit, event: Due, now: int) -> Step:
    """Whoever chose a language or was read to at rest has gone: back to the hall's, and silence."""
    return replace(visit, language="", guided=False, until_ms=None), ()


# Pieces.


def _ask(visit: Visit, event: Invited, now: int) -> tuple[Asked, Turn | None, Draft]:
    language = event.language or visit.language or visit.rules.language
    asked = Asked(event.id, event.mode, event.transaction, language, now)
    turn = visit.turn
    if turn is not None and is_same(turn.transaction, event.transaction):
        turn = replace(turn, asked=True)
    fields = {
        "invitation": event.id,
        "mode": event.mode,
        "transaction": event.transaction,
        "clerk_no": event.clerk_no or visit.clerk_no,
        "language": language,
        "expires_ms": visit.rules.expires_ms,
    }
    return asked, turn, Draft(records.Invitation, fields)


def _then_invite(visit: Visit, outcome: str, event: Invited, now: int) -> Step:
    before = end_asked(visit, outcome)
    visit, after = invite(visit, event, now)
    return visit, merge((*before, *after))


def _store(
    visit: Visit, answer: Answer, event: Pressed, now: int, before: tuple[Draft, ...]
) -> Step:
    assert visit.asked is not None
    fields = {
        "invitation": visit.asked.id,
        "level": answer.level,
        "scale": visit.rules.scale,
        "key": answer.key,
        "panel": visit.rules.panel,
        "source": event.source,
        "revision": answer.revision,
        "language": visit.asked.language,
        "after_ms": max(0, now - visit.asked.since_ms),
    }
    visit = replace(visit, state="storing", answer=answer, until_ms=None)
    return visit, (Append((*before, Draft(records.Rating, fields))),)


def _end(visit: Visit, outcome: str) -> Step:
    effects = end_asked(visit, outcome)
    visit, resting = settle_down(visit)
    return visit, (*effects, *resting)


def _to_thanks(visit: Visit, now: int, effects: tuple[Effect, ...]) -> Step:
    """Thanks, for as long as a phone needs where there is a code to scan."""
    rules = visit.rules
    until_ms = now + visit.spare(rules.echo_ms if rules.offers_echo else rules.thanks_ms)
    deaf_until_ms = now + rules.interval_ms
    visit = replace(visit, state="thanking", until_ms=until_ms, deaf_until_ms=deaf_until_ms)
    return visit, effects


def _asks_reasons(visit: Visit) -> bool:
    assert visit.answer is not None
    wish = visit.rules.ask_reasons
    return bool(visit.tags) and (wish == "all" or (wish == "bad" and visit.answer.level <= BAD))


def _toggle(visit: Visit) -> Visit:
    tag = visit.tags[visit.cursor]
    if tag in visit.picked:
        return replace(visit, picked=tuple(p for p in visit.picked if p != tag))
    cursor = (visit.cursor + 1) % len(visit.tags)
    return replace(visit, picked=(*visit.picked, tag), cursor=cursor)
