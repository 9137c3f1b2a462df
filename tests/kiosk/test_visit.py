"""The visit: every event has a row in every state, and no path leads to thanks without a commit."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.picture import Facts, picture
from kiosk.resume import read_back
from kiosk.terms import (
    EVENTS,
    STATES,
    Append,
    Cancelled,
    Cleared,
    Due,
    Event,
    Failed,
    Invited,
    Noted,
    Opened,
    Paused,
    Pressed,
    Raised,
    Resumed,
    Rules,
    Served,
    Signal,
    Stored,
    Strayed,
    Turn,
    Visit,
)
from kiosk.visit import TABLE, step
from sync import records
from sync.records import Draft, Transaction

TAGS = {level: tuple(f"{level}{n:02}" for n in range(8)) for level in range(1, 6)}
RULES = Rules(tags=TAGS, hall="h", window="3")
KEYS = st.sampled_from(["1", "2", "3"])
LEVELS = {"1": 5, "2": 4, "3": 2}
NUMBERS = st.integers(0, 4)


def transaction(n: int) -> Transaction:
    return Transaction(project_no=f"P{n}", service_no="1")


EVENT = st.one_of(
    st.just(Resumed()),
    KEYS.map(lambda key: Pressed(key, LEVELS[key], fresh_id=f"w{key}")),
    st.tuples(KEYS, st.sampled_from(["ambiguous", "repeat"])).map(lambda t: Strayed(*t)),
    st.integers(0, 10**6).map(lambda n: Invited(f"i{n}", transaction(n))),
    st.just(Cancelled()),
    st.just(Due()),
    st.sampled_from(["panel_lost", "disk_low"]).map(Raised),
    st.sampled_from(["panel_lost", "disk_low"]).map(Cleared),
    st.tuples(st.sampled_from(["begun", "ended"]), NUMBERS).map(
        lambda t: Served(t[0], f"s{t[1]}", transaction(t[1]))  # type: ignore[arg-type]
    ),
    st.sampled_from(["C1", "C2", None]).map(Opened),
    st.sampled_from(["C1", None]).map(Paused),
    st.just(Noted("key_stuck", "raised")),
)
WALK = st.lists(st.tuples(EVENT, st.integers(0, 12_000), st.booleans()), max_size=60)


class Window:
    """Runs a visit as the conductor does, with a journal that is a list and may refuse to write."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.visit = Visit(rules)
        self.lines: list[Draft] = []
        self.now = 0

    def handle(self, event: Event, is_writable: bool = True) -> None:
        events = [event]
        while events:
            event = events.pop(0)
            row = TABLE[self.visit.state, type(event)]
            before = self.visit
            self.visit, effects = step(self.visit, event, self.now)
            assert self.visit.state in row.to, (before.state, event, self.visit.state)
            if self.visit.state == "chosen" and before.state != "chosen":
                assert before.state == "storing"
                assert type(event) is Stored
                assert self.lines[-1].kind is records.Rating
            for effect in effects:
                if isinstance(effect, Append):
                    if not is_writable:
                        events = [Failed()]
                        break
                    self.lines += effect.drafts
                    events.append(Stored())

    def entries(self) -> list[Any]:
        head = {"device": "d", "epoch": "e", "prev": "p", "at": "", "boot": "", "clock": ""}
        return [
            draft.kind(**head, seq=n, mono_ms=0, **draft.fields)  # type: ignore[call-arg]
            for n, draft in enumerate(self.lines, 1)
        ]

    def resume(self) -> None:
        standing = read_back(self.entries())
        self.lines += standing.drafts
        self.handle(standing.resumed)


def test_every_event_has_a_row_in_every_state() -> None:
    assert set(TABLE) == {(state, event) for state in STATES for event in EVENTS}


def test_only_stored_leads_from_storing_to_chosen() -> None:
    into_chosen = {
        (state, event)
        for (state, event), row in TABLE.items()
        if "chosen" in row.to and state != "chosen"
    }
    assert into_chosen <= {("storing", Stored)} | {
        key for key, row in TABLE.items() if row.move.__name__ == "ignore"
    }
    assert TABLE["storing", Failed].to == ("fault",)


@given(WALK, st.sampled_from(["invited", "walk_up"]), st.sampled_from(["all", "none", "bad"]))
def test_any_walk_stays_in_the_table_and_leaves_nothing_open(
    walk: list[tuple[Event, int, bool]], mode: Any, ask_reasons: Any
) -> None:
    window = Window(replace(RULES, mode=mode, ask_reasons=ask_reasons))
    window.resume()
    for number, (event, wait_ms, is_writable) in enumerate(walk):
        window.now += wait_ms
        if isinstance(event, Invited):
            event = replace(event, id=f"i{number}")
        elif isinstance(event, Pressed):
            event = replace(event, fresh_id=f"w{number}")
        if isinstance(event, Due):
            window.now = max(window.now, window.visit.until_ms or window.now)
        if isinstance(event, Resumed) and window.visit.state != "fault":
            continue
        if isinstance(event, Resumed):
            window.resume()
        else:
            window.handle(event, is_writable)
    window.resume()
    asked = [d.fields["invitation"] for d in window.lines if d.kind is records.Invitation]
    ended = {
        d.fields["invitation"]: d.fields["outcome"]
        for d in window.lines
        if d.kind is records.Outcome
    }
    rated = {d.fields["invitation"] for d in window.lines if d.kind is records.Rating}
    assert len([d for d in window.lines if d.kind is records.Outcome]) == len(ended)
    open_ids = {window.visit.asked.id} if window.visit.asked else set()
    assert set(ended) == set(asked) - (open_ids - set(ended))
    assert {one for one, outcome in ended.items() if outcome == "rated"} == rated - (
        open_ids - set(ended)
    )


def drive(*events: Event, rules: Rules = RULES) -> Window:
    window = Window(rules)
    window.handle(Resumed())
    for event in events:
        if isinstance(event, Due):
            window.now = window.visit.until_ms or window.now
        window.handle(event)
    return window


def kinds(window: Window) -> list[str]:
    return [draft.kind.__name__ for draft in window.lines]


ASK = Invited("i1", transaction(1))
GOOD, MIDDLE, BAD = Pressed("1", 5), Pressed("2", 4), Pressed("3", 2)


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
        facts = Facts(keys=(("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied")))
        trace: list[Any] = []
        for _ in range(3):
            view = picture(window.visit, facts, None, window.now)
            trace.append((view.page, view.keys, len(view.tags), view.cursor, window.visit.until_ms))
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


# What rarely happens, one by one.


def test_faults_before_the_journal_is_open_are_written_at_its_start() -> None:
    window = Window()
    for event in (Raised("panel_lost"), Raised("disk_low"), Cleared("disk_low")):
        window.handle(event)
    window.handle(Resumed())
    assert [d.fields["what"] for d in window.lines] == ["panel_lost"]
    assert window.visit.state == "fault"


def test_out_of_service_keeps_strays_notes_and_wishes() -> None:
    window = drive(Raised("panel_lost"), Raised("panel_lost"), GOOD, Paused("C2"))
    assert kinds(window) == ["Fault", "Stray", "Window"]
    window.handle(Raised("disk_low"))
    window.handle(Cleared("panel_lost"))
    assert window.visit.state == "fault"
    window.handle(Cleared("disk_low"))
    assert window.visit.state == "paused"


def test_nothing_is_written_where_nothing_can_be() -> None:
    window = drive(ASK)
    window.handle(GOOD, is_writable=False)
    count = len(window.lines)
    for event in (
        GOOD,
        Noted("key_stuck", "raised"),
        Raised("panel_lost"),
        Paused(None),
        Cleared("panel_lost"),
        Cleared("panel_lost"),
    ):
        window.handle(event)
    assert len(window.lines) == count
    window.resume()
    assert window.visit.state == "free"
    window.handle(Raised("panel_lost"))
    window.resume()
    assert window.visit.state == "fault", "only a store failure is mended by the journal"


def test_a_break_lets_what_was_given_stand() -> None:
    window = drive(ASK, BAD, Paused("C1"))
    assert kinds(window)[2:] == ["Outcome", "Window"]
    assert window.lines[2].fields["outcome"] == "rated"
    window = drive(ASK, BAD, Due(), Paused("C1"))
    assert kinds(window)[3:] == ["Reason", "Window"]
    window = drive(Opened(None))
    assert window.lines == [], "nothing has changed"


def test_panel_lost_on_the_reason_page_keeps_what_was_picked() -> None:
    window = drive(ASK, BAD, Due(), Raised("panel_lost"))
    assert kinds(window)[3:] == ["Reason", "Fault"]


def test_another_transaction_on_the_reason_page_keeps_what_was_picked() -> None:
    window = drive(ASK, BAD, Due(), Invited("i2", transaction(2)))
    assert kinds(window)[3:] == ["Reason", "Invitation"]


def test_turns_end_only_if_they_began_here() -> None:
    served = Served("begun", "s1", transaction(1))
    window = drive(Served("ended", "s0", transaction(0)))
    assert window.lines == []
    window = drive(served, Served("ended", "s1", transaction(1)))
    assert window.visit.state == "free"
    window.handle(Served("ended", "s1", transaction(1)))
    assert kinds(window) == ["Service", "Service"]
    window = drive(ASK, served)
    assert window.visit.state == "asking"


def test_children_mashing_is_misuse_in_the_end() -> None:
    window = drive(ASK, GOOD)
    for number in range(12):
        window.handle((BAD, GOOD)[number % 2])
    assert window.lines[-1].fields["why"] == "misuse"
    assert len([d for d in window.lines if d.kind is records.Rating]) == RULES.revisions_max + 1


def test_reasons_can_be_left_out_or_asked_only_after_bad_ratings() -> None:
    none = replace(RULES, ask_reasons="none")
    assert drive(ASK, BAD, Due(), rules=none).visit.state == "thanking"
    bad = replace(RULES, ask_reasons="bad")
    assert drive(ASK, GOOD, Due(), rules=bad).visit.state == "thanking"
    assert drive(ASK, BAD, Due(), rules=bad).visit.state == "reason"


def test_a_picked_reason_can_be_put_back_and_other_keys_mean_nothing() -> None:
    rules = replace(RULES, keys=("1", "2", "3", "4", "5"))
    window = drive(ASK, BAD, Due(), rules=rules)
    window.now += rules.deaf_ms
    window.handle(GOOD)
    for _ in range(7):
        window.handle(MIDDLE)
    assert window.visit.cursor == 0
    window.handle(GOOD)
    assert window.visit.picked == ()
    before = window.visit
    for key in ("3", "9"):
        window.handle(Pressed(key, 3))
    assert window.visit.picked == before.picked
    assert window.visit.state == "reason"


def test_tickets_are_one_service_before_the_number_is_known() -> None:
    ticket, other = Transaction(ticket_no="A1"), Transaction(ticket_no="A2")
    asked = drive(Served("begun", "s", ticket), Invited("i", ticket)).visit.turn
    assert asked is not None
    assert asked.asked
    unasked = drive(Served("begun", "s", ticket), Invited("i", other)).visit.turn
    assert unasked is not None
    assert not unasked.asked


def test_pictures_of_a_reason_page_and_of_a_fault() -> None:
    window = drive(ASK, BAD, Due())
    names = {code: (code, f"名{code}", f"name {code}") for code in TAGS[2]}
    facts = Facts(tags=names, show_item=True)
    view = picture(window.visit, facts, None, 0)
    assert [tag.name for tag in view.tags][:2] == ["名200", "名201"]
    english = replace(window.visit, asked=replace(window.visit.asked, language="en"))  # type: ignore[type-var]
    assert picture(english, facts, None, 0).tags[0].name == "name 200"
    view = picture(drive(Raised("odd")).visit, facts, None, 0)
    assert (view.page, view.fault_number, view.fault_what) == ("fault", 99, "odd")
    asking = drive(ASK)
    view = picture(asking.visit, facts, "1", 500)
    assert view.seconds_left == 30


def test_the_clerk_may_take_an_invitation_back_before_the_first_press() -> None:
    window = drive(ASK, Cancelled())
    assert window.lines[-1].fields["outcome"] == "cancelled"
    assert window.visit.state == "free"
