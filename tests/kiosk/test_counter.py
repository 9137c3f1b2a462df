"""The desk's hand on the window: nothing is said to be done that is not on disk; counts survive."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.counter import Counter
from kiosk.desk.bodies import window_body
from kiosk.desk.window import Refused
from kiosk.terms import Pressed, Raised
from sync.errors import StoreFailed
from sync.rated import is_rated
from sync.records import Transaction
from tests.kiosk.test_herald import Window

ONE = Transaction(project_no="P1", service_no="1")


@pytest.fixture
def window(tmp_path: Path) -> Window:
    return Window(tmp_path / "journal")


def recount(window: Window) -> tuple[int, int]:
    """Today's counts as a kiosk that starts now has them."""
    counter = Counter(window.conductor)
    counter.recall(window.journal.recent())
    status = counter.status()
    return status.asked, status.answered


def test_todays_counts_survive_a_restart(window: Window) -> None:
    for number, key in ((1, "1"), (2, "3"), (3, "")):
        window.ask(number)
        if key:
            window.conductor.handle(Pressed(key, 5 if key == "1" else 2))
        for _ in range(3):
            window.wait_deadline()
    status = window.counter.status()
    assert (status.asked, status.answered) == (3, 2) == recount(window)


def test_yesterdays_counts_are_yesterdays(window: Window) -> None:
    window.ask(1)
    window.conductor.handle(Pressed("1", 5))
    window.wait_deadline()
    plain = window.clock.wall
    window.clock.wall = lambda: plain() + timedelta(days=1)  # type: ignore[method-assign]
    assert recount(window) == (0, 0)
    status = window.counter.status()
    assert (status.asked, status.answered) == (0, 0)


def test_an_entry_whose_time_cannot_be_read_is_no_entry_of_today(window: Window) -> None:
    stamp = window.clock.stamp
    for number, at in enumerate(("yesterday", "0001-01-01T00:00:00.000Z")):
        window.clock.stamp = lambda at=at: type(stamp())(at, "b" * 32, 1, "synced")  # type: ignore
        window.ask(number)
        window.counter.cancel(f"{number:032x}")
    assert recount(window) == (0, 0)


def test_walk_ups_were_asked_by_nobody_and_are_not_counted(tmp_path: Path) -> None:
    window = Window(tmp_path / "journal", "walk_up")
    window.conductor.handle(Pressed("1", 5, fresh_id="f" * 32))
    window.wait_deadline()
    status = window.counter.status()
    assert window.counter.invitation("f" * 32) == "rated"
    assert (status.asked, status.answered) == (0, 0) == recount(window)


def test_an_invitation_while_a_walk_up_may_still_change_ends_it_as_rated(tmp_path: Path) -> None:
    window = Window(tmp_path / "journal", "walk_up")
    window.conductor.handle(Pressed("1", 5, fresh_id="f" * 32))
    assert window.ask(1) == f"{1:032x}"
    assert window.counter.invitation("f" * 32) == "rated"


def test_an_invitation_that_the_hall_named_is_opened_once(window: Window) -> None:
    window.ask(1)
    window.counter.cancel(f"{1:032x}")
    with pytest.raises(Refused, match="already-asked"):
        window.ask(1)
    assert window.counter.status().state == "free"


def test_a_paused_window_is_paused_while_its_panel_is_lost(window: Window) -> None:
    window.counter.set_window("paused", None, None)
    window.conductor.handle(Raised("panel_lost"))
    assert window.counter.status().state == "fault"
    assert window_body(window.counter.status()).state == "paused"
    window.counter.set_window("open", None, None)
    assert window_body(window.counter.status()).state == "open"


def test_an_end_may_name_nothing_and_be_sent_again(window: Window) -> None:
    with pytest.raises(Refused, match="not-begun"):
        window.counter.serve("ended", Transaction())
    begun = window.counter.serve("begun", ONE)
    assert window.counter.serve("ended", Transaction()) == begun
    assert window.counter.serve("ended", ONE) == begun
    assert window.counter.serve("begun", ONE) != begun
    with pytest.raises(Refused, match="not-begun"):
        window.counter.serve("ended", Transaction(project_no="P2", service_no="1"))
    states = [e.state for e in window.journal.recent() if type(e).__name__ == "Service"]  # type: ignore
    assert states == ["begun", "ended", "not_asked", "begun"]


@pytest.mark.parametrize(
    "wish",
    [
        lambda counter: counter.invite(ONE, None, None),
        lambda counter: counter.serve("begun", ONE),
        lambda counter: counter.serve("ended", Transaction()),
        lambda counter: counter.set_window("paused", "C1", None),
        lambda counter: counter.cancel(f"{9:032x}"),
        lambda counter: counter.join(f"{9:032x}", Transaction(item_code="1")),
    ],
    ids=["invite", "begin", "end", "pause", "cancel", "join"],
)
def test_what_cannot_be_written_is_refused(
    window: Window, caplog: pytest.LogCaptureFixture, wish: Callable[[Counter], Any]
) -> None:
    window.counter.serve("begun", Transaction(project_no="P0", service_no="1"))
    window.ask(9)
    before = dict(window.conductor.transactions)

    def fail(*_: object) -> None:
        raise StoreFailed("no space left")

    window.journal.append = fail  # type: ignore
    with pytest.raises(Refused) as caught:
        wish(window.counter)
    assert (caught.value.word, caught.value.status) == ("not-in-service", 503)
    assert window.conductor.transactions == before
    assert "nothing can be written" in caplog.text


TICKET = Transaction(ticket_no="A012")


def services(window: Window) -> list[str]:
    return [e.state for e in window.journal.recent() if type(e).__name__ == "Service"]  # type: ignore


def test_a_turn_that_was_asked_about_by_its_ticket_is_not_called_not_asked(window: Window) -> None:
    window.counter.serve("begun", ONE)
    named, _, _ = window.counter.invite(TICKET, None, None)
    window.counter.join(named, ONE)
    window.counter.serve("begun", Transaction(project_no="P2", service_no="1"))
    assert services(window) == ["begun", "begun"]


def test_a_ticket_that_was_joined_to_another_service_leaves_the_turn_not_asked(
    window: Window,
) -> None:
    window.counter.serve("begun", ONE)
    named, _, _ = window.counter.invite(TICKET, None, None)
    window.counter.join(named, Transaction(project_no="P9", service_no="1"))
    window.counter.serve("begun", Transaction(project_no="P2", service_no="1"))
    assert services(window) == ["begun", "not_asked", "begun"]


def test_a_ticket_numbered_after_its_rating_is_rated_and_not_asked_again(window: Window) -> None:
    named, _, _ = window.counter.invite(TICKET, None, None)
    window.conductor.handle(Pressed("1", 5))
    window.wait_deadline()
    window.counter.join(named, ONE)
    assert is_rated(window.journal.recent(), "P1", "1")  # what answers where there is no index
    with pytest.raises(Refused, match="already-rated"):
        window.counter.invite(ONE, None, None)


def test_a_slip_scanned_while_a_ticket_is_asked_about_numbers_it(window: Window) -> None:
    window.counter.scan(TICKET)
    window.counter.scan(ONE)
    (named,) = window.conductor.states
    assert window.conductor.transactions[named].project_no == "P1"
    assert window.counter.status().asked == 1
    window.counter.scan(Transaction(project_no="P2", service_no="1"))
    assert window.counter.invitation(named) == "superseded"


def test_another_ticket_is_another_citizen(window: Window) -> None:
    window.counter.scan(TICKET)
    window.counter.scan(Transaction(ticket_no="A013"))
    assert sorted(window.conductor.states.values()) == ["superseded", "waiting"]
