"""Being asked and answering, one move at a time."""

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.picture import Facts, picture
from kiosk.resume import read_back
from kiosk.terms import (
    Cleared,
    Due,
    Invited,
    Opened,
    Paused,
    Pressed,
    Raised,
    Served,
    Signal,
    Turn,
)
from kiosk.visit import step
from sync import records
from tests.kiosk.window import ASK, BAD, GOOD, MIDDLE, RULES, TAGS, drive, kinds, transaction


def test_one_press_is_one_rating_and_one_outcome() -> None:
    window = drive(ASK, GOOD, Due(), Due(), Due())
    assert kinds(window) == ["Invitation", "Rating", "Outcome", "Reason"]
    assert window.lines[2].fields["outcome"] == "rated"
    assert window.visit.state == "free"


def test_changed_mind_counts_up_and_the_same_key_again_does_not() -> None:
    window = drive(ASK, GOOD, BAD, BAD)
    ratings = [d.fields for d in window.lines if d.kind is records.Rating]
    assert [(r["level"], r["revision"]) for r in ratings] == [(5, 0), (2, 1)]
    assert kinds(window)[-1] == "Stray"


def test_silence_is_not_rated() -> None:
    window = drive(ASK, Due())
    assert window.lines[-1].fields["outcome"] == "not_rated"


def test_press_uninvited_is_kept_and_not_counted() -> None:
    window = drive(GOOD)
    assert kinds(window) == ["Stray"]
    assert window.lines[0].fields["why"] == "uninvited"


def test_walk_up_press_starts_a_visit_and_keeps_its_interval() -> None:
    rules = replace(RULES, mode="walk_up")
    window = drive(replace(GOOD, fresh_id="w1"), Due(), Due(), Due(), GOOD, rules=rules)
    assert kinds(window) == ["Invitation", "Rating", "Outcome", "Reason", "Stray"]
    assert window.lines[0].fields["mode"] == "walk_up"


def test_a_walk_up_window_at_rest_shows_its_keys_and_no_countdown() -> None:
    window = drive(rules=replace(RULES, mode="walk_up"))
    view = picture(window.visit, Facts(), None, window.now)
    assert (view.page, view.seconds_left) == ("asking", None)


def test_another_transaction_supersedes() -> None:
    window = drive(ASK, Invited("i2", transaction(2)))
    assert kinds(window) == ["Invitation", "Outcome", "Invitation"]
    assert window.lines[1].fields["outcome"] == "superseded"
    assert window.visit.asked is not None
    assert window.visit.asked.id == "i2"


def test_another_transaction_during_chosen_ends_it_as_rated() -> None:
    window = drive(ASK, GOOD, Invited("i2", transaction(2)))
    assert window.lines[2].fields["outcome"] == "rated"
    assert window.visit.state == "asking"


@pytest.mark.parametrize("press", [GOOD, MIDDLE, BAD])
def test_reasons_this_next_done(press: Pressed) -> None:
    window = drive(ASK, press, Due())
    assert window.visit.state == "reason"
    window.handle(GOOD)
    assert window.visit.picked == (), "deaf for the first 500 ms"
    window.now += 500
    for key in (GOOD, MIDDLE, GOOD, BAD):
        window.handle(key)
    assert window.visit.state == "thanking"
    tags = TAGS[press.level]
    assert window.lines[-1].fields["reasons"] == [tags[0], tags[2]]
    assert window.lines[-1].fields["skipped"] is False


def test_no_reason_is_one_key() -> None:
    window = drive(ASK, BAD, Due())
    window.now += 500
    window.handle(BAD)
    assert window.lines[-1].fields == {"invitation": "i1", "reasons": [], "skipped": True}


def test_panel_lost_while_asking_interrupts_and_back_serves() -> None:
    window = drive(ASK, Raised("panel_lost"))
    assert window.lines[1].fields["outcome"] == "interrupted"
    assert window.visit.state == "fault"
    window.handle(Cleared("panel_lost"))
    assert window.visit.state == "free"


def test_panel_lost_after_a_press_lets_the_rating_stand() -> None:
    window = drive(ASK, BAD, Raised("panel_lost"))
    assert window.lines[2].fields["outcome"] == "rated"


def test_store_failed_shows_no_thanks_and_asks_the_journal_again() -> None:
    window = drive(ASK)
    window.handle(GOOD, is_writable=False)
    assert window.visit.state == "fault"
    window.now = window.visit.until_ms or 0
    window.resume()
    assert window.visit.state == "free"
    outcome = [d.fields["outcome"] for d in window.lines if d.kind is records.Outcome]
    assert outcome == ["interrupted"]


def test_a_turn_never_asked_about_says_so() -> None:
    one, two = Served("begun", "s1", transaction(1)), Served("begun", "s2", transaction(2))
    window = drive(one, two, Invited("i", transaction(2)), Due(), Paused(None))
    states = [d.fields["state"] for d in window.lines if d.kind is records.Service]
    assert states == ["begun", "not_asked", "begun"]


def test_a_clerk_change_while_asking_cancels() -> None:
    window = drive(ASK, Opened("C9"))
    assert kinds(window) == ["Invitation", "Outcome", "Window"]
    assert window.lines[1].fields["outcome"] == "cancelled"


def test_nothing_sensed_after_a_press_depends_on_the_level() -> None:
    seen = []
    for press in (GOOD, MIDDLE, BAD):
        window = drive(ASK, press)
        keys = (("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied"))
        facts = Facts(keys=keys, touch=True, edges=True, echo=lambda invitation: invitation)
        trace: list[Any] = []
        for _ in range(3):
            view = picture(window.visit, facts, None, window.now)
            assert [tag.picked for tag in view.tags] == [False] * len(view.tags)
            trace.append((replace(view, tags=()), len(view.tags), window.visit.until_ms))
            window.now = window.visit.until_ms or window.now
            visit, effects = step(window.visit, Due(), window.now)
            trace.append([e for e in effects if isinstance(e, Signal)])
            window.handle(Due())
            assert visit == window.visit
        seen.append(trace)
    assert seen[0] == seen[1] == seen[2]


def test_resume_keeps_an_unasked_turn() -> None:
    window = drive(Served("begun", "s1", transaction(1)))
    assert read_back(window.entries()).resumed.turn == Turn("s1", transaction(1))
