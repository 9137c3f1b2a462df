"""Nothing is pruned before its receipt and 90 days; what has both goes, whole epochs at a time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from sync.journal import Journal
from sync.pruning import is_past
from sync.records import Stamp
from sync.wire import RECEIPT, Mark, Place, Receipt, mark_text
from tests.sync.kit import DEVICE, HALL_KEY, STAMP, Desk, lines_of, losses_of, rating

START = datetime(2026, 1, 1, tzinfo=UTC)


def moment(days: float) -> str:
    return (START + timedelta(days=days)).isoformat(timespec="milliseconds")


def receipt(place: Place, days: float) -> Receipt:
    mark = Mark(DEVICE, place.epoch, place.seq, place.hash, moment(days))
    return Receipt(mark, HALL_KEY.sign(mark_text(RECEIPT, mark)))


def stamp(days: float) -> Stamp:
    return Stamp(moment(days), "b" * 32, 1, "synced")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 3)
    return Desk()


def fill(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.append(STAMP, rating(number))
    journal.index()


def test_without_a_receipt_never(desk: Desk) -> None:
    journal = desk.open()
    fill(journal, 9)
    assert journal.prune(stamp(10_000)) == []


@pytest.mark.parametrize(
    ("hall_days", "kiosk_days", "gone"),
    [
        (89, 10_000, 0),
        (10_000, 89, 0),
        (90, 91, 0),
        (91, 91, 1),
        (-10_000, 91, 0),
        (91, -10_000, 0),
    ],
)
def test_both_clocks_must_agree(desk: Desk, hall_days: float, kiosk_days: float, gone: int) -> None:
    journal = desk.open()
    fill(journal, 9)
    first, second, third = journal.epochs()
    journal.receipts.add(receipt(first, 0))
    journal.receipts.add(receipt(second, hall_days))
    lines = lines_of(journal)
    assert journal.prune(stamp(kiosk_days)) == [first.epoch][:gone]
    assert lines_of(journal) == lines[3 * gone :]
    journal.close()
    again = desk.open()
    assert again.findings == []
    assert losses_of(again) == []
    assert lines_of(again) == lines[3 * gone :]
    assert again.epochs()[-1] == third


def test_a_receipt_that_went_back_keeps_the_epoch(desk: Desk) -> None:
    journal = desk.open()
    fill(journal, 9)
    first, second, _ = journal.epochs()
    journal.receipts.add(receipt(first, 0))
    journal.receipts.add(receipt(Place(first.epoch, 2, "0" * 64), 1))
    journal.receipts.add(receipt(second, 200))
    assert journal.prune(stamp(200)) == []


def test_a_hall_that_did_not_stand_by_its_receipt_since_this_start(desk: Desk) -> None:
    journal = desk.open()
    fill(journal, 9)
    first, second, _ = journal.epochs()
    journal.receipts.add(receipt(first, 0))
    journal.receipts.add(receipt(second, 200))
    journal.close()
    again = desk.open()
    assert again.prune(stamp(200)) == []
    again.receipts.confirm(first.epoch)
    again.receipts.doubt({first.epoch})
    assert again.backlog == 6
    assert again.prune(stamp(200)) == []
    again.close()
    third = desk.open()
    third.receipts.confirm(first.epoch)
    assert third.prune(stamp(200)) == [first.epoch]


def test_a_power_cut_while_pruning_leaves_a_journal_that_is_whole(desk: Desk) -> None:
    from tests.sync.simdisk import PowerCut

    journal = desk.open()
    fill(journal, 12)
    for place in journal.epochs()[:2]:
        journal.receipts.add(receipt(place, 0))
    journal.receipts.add(receipt(journal.epochs()[2], 100))
    lines = lines_of(journal)
    journal.close()
    for step in itertools.count(1):
        disk = desk.disk.copy()
        other = Desk(disk, itertools.count(50))
        opened = other.open()
        for place in opened.epochs():
            opened.receipts.confirm(place.epoch)
        disk.cut_at = disk.steps + step
        try:
            assert len(opened.prune(stamp(100))) == 2
            break
        except PowerCut:
            disk.cut_power()
        again = other.open()
        assert lines_of(again)[-6:] == lines[-6:]
        assert losses_of(again) == []
        again.close()


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01", "2026-13-01"])
def test_a_time_that_cannot_be_read_is_never_past(text: str) -> None:
    assert not is_past(text, moment(500))
    assert not is_past(moment(0), text)
