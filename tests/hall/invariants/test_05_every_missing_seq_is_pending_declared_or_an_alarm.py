"""Every missing seq is pending, declared lost with a cause, or an alarm within 24 hours."""

import pytest

from sync.hall.ledger import contact, fleet
from sync.hall.ledger.moment import DAY_MS
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.wire import Heartbeat, Place
from tests.hall.kit import START, Chain, TestHall, make_key

KEY = make_key(1)
HOUR_MS = DAY_MS // 24


def beat(hall: TestHall, chain: Chain) -> None:
    mark = chain.mark()
    told = Heartbeat(
        boot=chain.boot,
        mono_ms=1,
        at=mark.at,
        software="0",
        head=Place(mark.epoch, mark.seq, mark.hash),
    )
    known = hall.intake.roster.find(KEY.device)
    assert known is not None

    def note(connection: Connection, _tally: Tally) -> None:
        contact.note_contact(connection, known, told, hall.now)

    hall.intake.take([], hall.now, [note])


def look(hall: TestHall) -> fleet.Kiosk:
    with hall.store.read() as connection:
        (kiosk,) = fleet.list_kiosks(connection, hall.now)
    return kiosk


@pytest.fixture
def chain(hall: TestHall) -> Chain:
    hall.know(KEY)
    made = Chain(KEY).open()
    made.visit("P1")
    hall.accept(made.body())
    return made


def test_what_a_kiosk_tells_of_is_pending_then_an_alarm_within_a_day(
    hall: TestHall, chain: Chain
) -> None:
    chain.visit("P2")
    began = hall.now
    while hall.now - began < DAY_MS:
        beat(hall, chain)
        assert look(hall).missing == 3
        hall.now += HOUR_MS
    beat(hall, chain)
    assert any("3 entries are missing" in alarm for alarm in look(hall).alarms)
    hall.accept(chain.body())
    beat(hall, chain)
    assert (look(hall).missing, look(hall).alarms) == (0, [])


def test_falling_behind_again_begins_anew(hall: TestHall, chain: Chain) -> None:
    chain.visit("P2")
    beat(hall, chain)
    hall.accept(chain.body())
    beat(hall, chain)
    hall.now += 2 * DAY_MS
    chain.visit("P3")
    beat(hall, chain)
    assert look(hall).alarms == []


def test_a_kiosk_that_says_nothing_is_an_alarm_within_a_day(hall: TestHall, chain: Chain) -> None:
    hall.now += HOUR_MS
    assert look(hall).alarms == []
    hall.now += DAY_MS
    (alarm,) = look(hall).alarms
    assert alarm.startswith("silent since")


def test_one_that_was_enrolled_and_never_heard_is_an_alarm(hall: TestHall) -> None:
    hall.know(KEY)
    assert look(hall).alarms == []
    hall.now += DAY_MS
    assert "silent" in look(hall).alarms[0]


def test_an_unlinked_epoch_and_a_fork_are_alarms_at_once(hall: TestHall, chain: Chain) -> None:
    hall.accept(Chain(KEY, prev="ab" * 32).open().body())
    assert "continues nothing" in look(hall).alarms[0]
    other = Chain(KEY, chain.epoch).open("9")
    hall.refuse(other.body())
    assert "divides" in look(hall).alarms[1]


def test_a_revoked_kiosk_raises_none() -> None:
    assert fleet.find_alarms("revoked", 0, 9, 0, True, True, START) == []
