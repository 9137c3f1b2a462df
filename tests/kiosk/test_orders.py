"""What the hall asks of a kiosk is done once, written down, and never more than a desk may do."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.orders import Orders
from kiosk.terms import Pressed, Raised
from sync import records
from sync.records import Transaction
from tests.kiosk.test_conductor import Stand

ASKED = {"project_no": "P1", "service_no": "1"}


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path / "journal")


@pytest.fixture
def orders(stand: Stand) -> Orders:
    return Orders(stand.conductor, stand.counter, lambda: stand.clock.skip(10**9))


def invite(id_: str = "a" * 32, **fields: Any) -> dict[str, Any]:
    return {"command": "invite", "id": id_, "transaction": ASKED, "language": None, **fields}


def test_invitation_from_the_hall_keeps_the_halls_id(stand: Stand, orders: Orders) -> None:
    orders.obey(invite(clerk_no="C1"))
    assert stand.page == "asking"
    entry = list(stand.journal.recent())[-1]
    assert isinstance(entry, records.Invitation)
    assert (entry.invitation, entry.clerk_no) == ("a" * 32, "C1")
    orders.obey(invite())
    assert stand.kinds().count("Invitation") == 1
    orders.obey({"command": "cancel", "id": "a" * 32})
    assert stand.page == "free"


def test_what_cannot_be_done_is_left_undone(stand: Stand, orders: Orders) -> None:
    before = stand.kinds()
    for command in (
        {"command": "dance", "id": "x"},
        {"command": "invite"},
        {"command": "cancel"},
        {"command": "cancel", "id": "b" * 32},
        {"command": "invite", "id": "not one of the hall's", "transaction": {"project_no": 7}},
        {},
    ):
        orders.obey(command)
    assert stand.kinds() == before


def ends(stand: Stand) -> list[tuple[str, str]]:
    """The outcomes of the journal, in order."""
    entries = [e for e in stand.journal.recent() if isinstance(e, records.Outcome)]
    return [(entry.invitation[0], entry.outcome) for entry in entries]


def test_an_invitation_that_cannot_be_made_is_answered_once(stand: Stand, orders: Orders) -> None:
    orders.obey(invite("c" * 32, transaction={"project_no": 7}))
    stand.counter.set_window("paused", None, None)
    for _ in range(2):
        orders.obey(invite("b" * 32))
    stand.counter.set_window("open", None, None)
    orders.obey(invite("b" * 32))  # it was answered: nobody is asked now
    stand.conductor.handle(Raised("panel_lost"))
    orders.obey(invite("d" * 32))
    assert ends(stand) == [("c", "cancelled"), ("b", "cancelled"), ("d", "interrupted")]
    assert "Invitation" not in stand.kinds()


@pytest.mark.parametrize("fields", [{"language": 7}, {"clerk_no": {}}, {"transaction": [1]}])
def test_fields_that_mean_nothing_ask_nobody(
    stand: Stand, orders: Orders, fields: dict[str, Any]
) -> None:
    orders.obey(invite("c" * 32, **fields))
    assert ends(stand) == [("c", "cancelled")]
    assert stand.page == "free"


def test_what_the_desk_asks_already_supersedes_the_halls(stand: Stand, orders: Orders) -> None:
    own, _, _ = stand.counter.invite(Transaction(project_no="P1", service_no="1"), None, None)
    orders.obey(invite())
    assert ends(stand) == [("a", "superseded")]
    assert stand.page == "asking"
    assert stand.counter.invitation(own) == "waiting"


def test_a_service_with_its_rating_is_not_asked_again(stand: Stand, orders: Orders) -> None:
    orders.obey(invite())
    stand.conductor.handle(Pressed("1", 5))
    stand.wait_deadline()
    orders.obey(invite("e" * 32))
    assert ends(stand) == [("a", "rated"), ("e", "cancelled")]


def test_a_window_with_a_fault_is_heard_more_often(stand: Stand, orders: Orders) -> None:
    stand.conductor.handle(Raised("panel_lost"))
    assert (orders.make_beat(25.0).wait_s, orders.make_beat(0.0).wait_s) == (5.0, 0.0)


def test_no_command_makes_a_rating(stand: Stand, orders: Orders) -> None:
    orders.obey(invite(level=5, key="1", rating=5))
    stand.wait_deadline()
    assert "Rating" not in stand.kinds()


def test_restart_is_asked_of_whoever_keeps_the_process(stand: Stand, orders: Orders) -> None:
    before = stand.clock.mono_ms()
    orders.obey({"command": "restart", "id": "r"})
    assert stand.clock.mono_ms() - before >= 10**9


def test_bulletin_is_written_once_also_over_a_restart(stand: Stand, orders: Orders) -> None:
    bulletin = {"bulletin": "f" * 64, "day": "2026-01-02"}
    orders.witness(bulletin)
    orders.witness(bulletin)
    orders.witness({"bulletin": 7})
    Orders(stand.conductor, stand.counter, lambda: None).witness(bulletin)
    assert stand.kinds().count("Witness") == 1


def test_revoked_stops_the_window_and_a_pardon_opens_it(stand: Stand, orders: Orders) -> None:
    orders.hear_refusal("device-revoked")
    orders.hear_refusal("device-revoked")
    assert (stand.page, stand.views[-1].fault_number) == ("fault", 31)
    stand.conductor.handle(Pressed("1", 5))
    assert "Rating" not in stand.kinds()
    orders.hear_refusal("slow-down")
    assert stand.page == "fault"
    orders.hear_refusal(None)
    assert stand.page == "free"


def test_heartbeat_says_how_the_kiosk_is(stand: Stand, orders: Orders) -> None:
    beat = orders.make_beat(25.0)
    assert beat.head == stand.journal.head
    assert beat.backlog == stand.journal.head.seq
    assert (beat.wait_s, beat.faults, beat.panel) == (25.0, [], "huiyin-3")
