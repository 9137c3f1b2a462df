"""What the journal says of the window, read back at start."""

from typing import Any

import pytest

from kiosk.resume import join, read_back
from kiosk.terms import Turn
from sync import records
from sync.records import Transaction

HEAD = {"device": "d", "epoch": "e", "seq": 1, "prev": "p", "at": "", "boot": "", "mono_ms": 0}
ONE = Transaction(project_no="P1", service_no="1")


def make(kind: Any, **fields: Any) -> Any:
    return kind(**HEAD, clock="synced", **fields)


def invite(id_: str, transaction: Transaction | None = ONE) -> Any:
    return make(records.Invitation, invitation=id_, mode="invited", transaction=transaction)


def rate(id_: str) -> Any:
    return make(records.Rating, invitation=id_, level=5, scale="three", key="1")


def end(id_: str, outcome: str) -> Any:
    return make(records.Outcome, invitation=id_, outcome=outcome)


def serve(state: str, id_: str = "s") -> Any:
    return make(records.Service, service=id_, state=state, transaction=ONE)


def window(state: str, clerk_no: str | None = None) -> Any:
    return make(records.Window, hall="h", window="3", state=state, clerk_no=clerk_no)


def test_nothing_yet_is_an_open_window() -> None:
    standing = read_back([])
    assert standing.resumed.open
    assert standing.drafts == ()


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [
        ([invite("i")], "interrupted"),
        ([invite("i"), rate("i")], "rated"),
        ([invite("i"), rate("other")], "interrupted"),
        ([invite("i"), rate("i"), end("other", "rated")], "rated"),
    ],
)
def test_an_open_invitation_gets_its_one_outcome(entries: list[Any], outcome: str) -> None:
    standing = read_back(entries)
    assert [draft.fields for draft in standing.drafts] == [{"invitation": "i", "outcome": outcome}]
    assert standing.states["i"] == outcome


def test_an_ended_one_gets_none_and_unread_lines_are_passed_over() -> None:
    standing = read_back([None, invite("i"), rate("i"), end("i", "rated")])
    assert standing.drafts == ()
    assert standing.states == {"i": "rated"}


def test_turns_and_clerks() -> None:
    asked = [serve("begun"), invite("i"), end("i", "not_rated")]
    assert read_back(asked).resumed.turn == Turn("s", ONE, asked=True)
    assert read_back([serve("begun"), serve("ended")]).resumed.turn == Turn("s", ONE, ended=True)
    assert read_back([serve("begun"), serve("not_asked")]).resumed.turn is None
    assert read_back([serve("ended")]).resumed.turn is None
    other = Transaction(project_no="P2", service_no="1")
    unasked = [serve("begun"), invite("i", other), invite("w", None)]
    assert read_back(unasked).resumed.turn == Turn("s", ONE)
    same = [window("open"), serve("begun"), window("open")]
    assert read_back(same).resumed.turn == Turn("s", ONE), "a restart ends no turn"
    changed = read_back([serve("begun"), window("paused", "C1")])
    assert (changed.resumed.open, changed.resumed.clerk_no, changed.resumed.turn) == (
        False,
        "C1",
        None,
    )
    assert (changed.hall, changed.window) == ("h", "3")


def test_fields_joined_later_fill_and_never_replace() -> None:
    ticket = Transaction(ticket_no="A1")
    later = Transaction(project_no="P1", ticket_no="B9")
    joined = make(records.Joined, invitation="i", transaction=later)
    unknown = make(records.Joined, invitation="x", transaction=later)
    standing = read_back([invite("i", ticket), joined, unknown])
    assert standing.transactions == {"i": Transaction(project_no="P1", ticket_no="A1")}
    assert join(ticket, later) == standing.transactions["i"]


def test_a_turn_asked_about_by_a_ticket_joined_later_was_asked() -> None:
    served = Transaction(project_no="P1", service_no="1")
    begun = make(records.Service, service="s", state="begun", transaction=served, clerk_no=None)
    entries = [begun, invite("i", Transaction(ticket_no="A1"))]
    turn = read_back(entries).resumed.turn
    assert turn is not None
    assert not turn.asked
    joined = make(records.Joined, invitation="i", transaction=served)
    turn = read_back([*entries, joined]).resumed.turn
    assert turn is not None
    assert turn.asked
