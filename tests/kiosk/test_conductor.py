"""The conductor over a real journal: what is shown is on disk; the desk is told no level."""

from pathlib import Path

import pytest

from kiosk.clock import SkippedClock
from kiosk.conductor import Conductor, Outlets
from kiosk.counter import Counter
from kiosk.desk.window import Refused
from kiosk.picture import Facts
from kiosk.screen.view import View
from kiosk.terms import Cleared, Pressed, Raised, Rules, Tell, Visit
from sync import records
from sync.errors import StoreFailed
from sync.journal import Journal, open_journal
from sync.records import Transaction

DEVICE = "d" * 32
KEYS = (("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied"))
RULES = Rules(hall="main", window="3", tags={5: ("510", "511"), 4: ("406",), 2: ("207", "208")})


class Stand:
    """A conductor with everything real but screen, lamps and network."""

    def __init__(
        self, folder: Path, journal: Journal | None = None, clock: SkippedClock | None = None
    ) -> None:
        self.clock = clock or SkippedClock()
        self.views: list[View] = []
        self.told: list[Tell] = []
        self.journal = journal or open_journal(folder, DEVICE, self.clock.stamp())
        self.journal.open_index(self.clock.stamp())
        outlets = Outlets(self.views.append, lambda _: None, self.told.append, lambda: None)
        facts = Facts(device=DEVICE, hall="main", window="3", keys=KEYS)
        self.conductor = Conductor(Visit(RULES), self.journal, self.clock, facts, outlets)
        self.conductor.start({"software": "0"})
        self.counter = Counter(self.conductor)

    def wait(self, wait_ms: int) -> None:
        self.clock.skip(wait_ms)
        self.conductor.tick()

    def wait_deadline(self) -> None:
        until_ms = self.conductor.visit.until_ms
        assert until_ms is not None
        self.wait(until_ms - self.clock.mono_ms())

    def kinds(self) -> list[str]:
        return [type(entry).__name__ for entry in self.journal.recent()]

    @property
    def page(self) -> str:
        return self.views[-1].page


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path / "journal")


def ask(stand: Stand, number: str = "P1") -> str:
    transaction = Transaction(project_no=number, service_no="1")
    return stand.counter.invite(transaction, None, "C01")[0]


def test_one_visit_from_invitation_to_free(stand: Stand) -> None:
    asked = ask(stand)
    assert stand.page == "asking"
    stand.conductor.handle(Pressed("3", 2))
    assert stand.page == "chosen"
    assert stand.counter.invitation(asked) == "waiting"
    stand.wait_deadline()
    assert stand.page == "reason"
    assert stand.counter.invitation(asked) == "rated"
    assert stand.counter.status().state == "free"
    stand.wait_deadline()
    stand.wait_deadline()
    assert stand.page == "free"
    assert stand.kinds() == ["Boot", "Window", "Invitation", "Rating", "Outcome", "Reason"]
    assert [(t.state) for t in stand.told] == ["waiting", "rated"]


def test_the_same_open_transaction_keeps_its_id_and_a_rated_one_is_refused(stand: Stand) -> None:
    asked = ask(stand)
    transaction = Transaction(project_no="P1", service_no="1")
    assert stand.counter.invite(transaction, None, None) == (asked, "waiting", False)
    stand.conductor.handle(Pressed("1", 5))
    assert stand.counter.invite(transaction, None, None) == (asked, "waiting", False)
    stand.wait_deadline()
    with pytest.raises(Refused, match="already-rated"):
        stand.counter.invite(transaction, None, None)


def test_cancel_only_before_the_first_press_and_twice_is_fine(stand: Stand) -> None:
    asked = ask(stand)
    assert stand.counter.cancel(asked) == "cancelled"
    assert stand.counter.cancel(asked) == "cancelled"
    asked = ask(stand, "P2")
    stand.conductor.handle(Pressed("1", 5))
    with pytest.raises(Refused, match="not-waiting"):
        stand.counter.cancel(asked)
    with pytest.raises(Refused, match="unknown"):
        stand.counter.invitation("0" * 32)


def test_join_adds_what_was_unknown_and_the_first_stands(stand: Stand) -> None:
    asked = stand.counter.invite(Transaction(ticket_no="A7"), None, None)[0]
    stand.counter.join(asked, Transaction(project_no="P9", service_no="1", ticket_no="B1"))
    joined = list(stand.journal.recent())[-1]
    assert isinstance(joined, records.Joined)
    assert joined.transaction == Transaction(project_no="P9", service_no="1", ticket_no="A7")


def test_services_and_clerks(stand: Stand) -> None:
    one = stand.counter.serve("begun", Transaction(project_no="P1", service_no="1"))
    assert stand.counter.status().state == "serving"
    assert stand.counter.serve("ended", Transaction(project_no="P1", service_no="1")) == one
    stand.counter.set_window("paused", None, None)
    assert stand.counter.status().state == "paused"
    with pytest.raises(Refused, match="paused"):
        ask(stand)
    stand.counter.set_window("open", "C07", None)
    assert stand.views[-1].clerk_no == "C07"
    states = [e.state for e in stand.journal.recent() if isinstance(e, records.Service)]
    assert states == ["begun", "ended", "not_asked"]


def test_panel_lost_refuses_invitations_with_a_time_to_come_back(stand: Stand) -> None:
    stand.conductor.handle(Raised("panel_lost"))
    assert stand.page == "fault"
    with pytest.raises(Refused) as caught:
        ask(stand)
    assert (caught.value.status, caught.value.retry_after_s) == (503, 5.0)
    stand.conductor.handle(Cleared("panel_lost"))
    assert stand.page == "free"


def test_store_failed_no_thanks_then_service_by_itself(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = ask(stand)
    real = stand.journal.append

    def fail(*_: object) -> None:
        raise StoreFailed("no space left")

    monkeypatch.setattr(stand.journal, "append", fail)
    stand.conductor.handle(Pressed("1", 5))
    assert stand.page == "fault"
    assert "chosen" not in [view.page for view in stand.views]
    stand.wait_deadline()
    assert stand.page == "fault"
    monkeypatch.setattr(stand.journal, "append", real)
    stand.wait_deadline()
    assert stand.page == "free"
    assert stand.counter.invitation(asked) == "interrupted"
    assert any("nothing can be written" in message for message in caplog.messages)


def test_restart_in_chosen_counts_the_rating_and_in_asking_interrupts(tmp_path: Path) -> None:
    stand = Stand(tmp_path / "journal")
    first = ask(stand)
    stand.conductor.handle(Pressed("1", 5))
    stand.journal.close()
    stand = Stand(tmp_path / "journal")
    assert stand.counter.invitation(first) == "rated"
    second = ask(stand, "P2")
    stand.journal.close()
    stand = Stand(tmp_path / "journal")
    assert stand.counter.invitation(second) == "interrupted"


def test_a_countdown_wakes_each_second_and_nothing_else_does(stand: Stand) -> None:
    assert stand.conductor.wake_at_ms is None
    ask(stand)
    count = len(stand.views)
    for _ in range(5):
        wake = stand.conductor.wake_at_ms
        assert wake is not None
        stand.wait(max(0, wake - stand.clock.mono_ms()))
    assert 4 <= len(stand.views) - count <= 5
