"""Every missing seq is pending, declared lost with a cause, or an alarm within 24 hours."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.hall.ledger import contact, fleet
from sync.hall.ledger.audit import audit
from sync.hall.ledger.moment import DAY_MS
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.lines import ENDING
from sync.records import Loss, decode_entry
from sync.wire import Heartbeat, Place, SignedMark
from tests.hall.kit import START, Chain, TestHall, make_key
from tests.invariants.pair import Pair
from tests.sync.kit import FOLDER, STAMP, rating, visit

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


def test_a_hall_that_went_back_says_so_until_it_holds_what_it_gave_a_receipt_for(
    hall: TestHall, chain: Chain, tmp_path: Path
) -> None:
    chain.visit("P2")
    given = hall.accept(chain.body())
    marks = {name: getattr(given.receipt, name) for name in given.receipt.__struct_fields__}
    brought = SignedMark(**marks, signature=given.signature)
    restored = TestHall(tmp_path / "restored", hall.key)
    restored.know(KEY)
    restored.accept(chain.body(1, 4))
    chain.visit("P3")
    restored.refuse(chain.body(9, None, brought))
    (alarm,) = look(restored).alarms
    assert "went back" in alarm
    restored.accept(chain.body(5))
    assert look(restored).alarms == []
    restored.close()


def test_a_revoked_kiosk_raises_none() -> None:
    assert fleet.find_alarms("revoked", 0, 9, 0, fleet.DOUBTS, START) == []


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_what_a_damaged_kiosk_cannot_give_is_declared_with_a_cause(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    pair = Pair(tmp_path_factory.mktemp("hall"))
    journal = pair.desk.open()
    for number in range(rng.randint(1, 5)):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
        journal.index()
        if rng.randrange(3) == 0:
            pair.carry(journal)
    epoch, said = journal.head.epoch, {name(entry): entry.seq for entry in journal.entries()}
    journal.close()
    hurt(pair, epoch, rng)
    again = pair.desk.open()
    again.append(STAMP, rating(9))
    pair.carry(again)
    entries = [decode_entry(line) for line in pair.held()]
    lost = [one for one in entries if isinstance(one, Loss) and one.lost_epoch == epoch]
    assert all(one.cause for one in lost)
    declared = {seq for one in lost for seq in range(one.first, one.last + 1)}
    held = {name(entry) for entry in entries}  # here, or carried on in a new epoch
    missing = {seq for named, seq in said.items() if named not in held}
    assert missing <= declared, (seed, missing, declared)
    findings = audit(pair.hall.folder).findings
    assert [one.kind for one in findings] == ["loss"] * len(lost)
    pair.hall.close()


def name(entry: Any) -> tuple[str, str]:
    return type(entry).__name__, getattr(entry, "invitation", "")


def hurt(pair: Pair, epoch: str, rng: random.Random) -> None:
    """Lines go to nothing in the file, in the index, or in both."""
    data = pair.desk.disk.files[str(FOLDER / (epoch + ENDING))].data
    lines = bytes(data).split(b"\n")
    for at in range(len(lines) - 1):
        fate = rng.randrange(6)
        if fate in (0, 1):
            lines[at] = b"x" * len(lines[at])
        if fate in (1, 2):
            del pair.desk.disk.rows[epoch, at + 1]
    data[:] = b"\n".join(lines)
