"""The visit: every event has a row in every state, and no path leads to thanks without a commit."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

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
    Stored,
    Strayed,
    Turned,
)
from kiosk.visit import TABLE
from sync import records
from tests.kiosk.window import KEYS, LEVELS, NUMBERS, RULES, Window, transaction

EVENT = st.one_of(
    st.just(Resumed()),
    KEYS.map(lambda key: Pressed(key, LEVELS[key], fresh_id=f"w{key}")),
    st.tuples(KEYS, st.sampled_from(["ambiguous", "repeat"])).map(lambda t: Strayed(*t)),
    st.integers(0, 10**6).map(lambda n: Invited(f"i{n}", transaction(n))),
    st.just(Cancelled()),
    st.just(Guided()),
    st.just(Due()),
    st.sampled_from(["panel_lost", "disk_low"]).map(Raised),
    st.sampled_from(["panel_lost", "disk_low"]).map(Cleared),
    st.tuples(st.sampled_from(["begun", "ended"]), NUMBERS).map(
        lambda t: Served(t[0], f"s{t[1]}", transaction(t[1]))  # type: ignore[arg-type]
    ),
    st.sampled_from(["C1", "C2", None]).map(Opened),
    st.sampled_from(["C1", None]).map(Paused),
    st.just(Noted("key_stuck", "raised")),
    st.sampled_from(["200", "507", "x"]).map(Picked),
    st.sampled_from(["", "bo", "mn"]).map(Turned),
)
WALK = st.lists(st.tuples(EVENT, st.integers(0, 12_000), st.booleans()), max_size=60)


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
    rules = replace(RULES, mode=mode, ask_reasons=ask_reasons, languages=("zh", "bo"))
    window = Window(rules)
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
