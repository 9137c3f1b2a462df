"""One place is never held with two contents silently: a fork is kept, both sides, and goes on."""

import itertools

import pytest

from sync.chain import hash_line
from sync.errors import StoreFailed
from sync.repair import QUARANTINE
from tests.sync.kit import FOLDER, STAMP, Desk, levels_of, lines_of, losses_of, rating
from tests.sync.simdisk import PowerCut


def part() -> tuple[Desk, list[bytes]]:
    """An old card put back: the hall holds 1-6, the card 1-3 and two others after them."""
    desk = Desk()
    journal = desk.open()
    for number in range(3):
        journal.append(STAMP, rating(number))
    journal.close()
    old = desk.disk.copy()
    journal = desk.open()
    for number in range(3, 6):
        journal.append(STAMP, rating(number))
    held = lines_of(journal)
    desk.disk = old
    journal = desk.open()
    for number in range(10, 12):
        journal.append(STAMP, rating(number, 2))
    journal.close()
    return desk, held


def test_an_old_card_put_back_goes_on_after_what_the_hall_holds() -> None:
    desk, held = part()
    journal = desk.open()
    epoch = journal.head.epoch
    assert journal.follow_hall(STAMP, epoch, held)
    assert journal.epochs()[0].hash == hash_line(held[-1])
    assert losses_of(journal) == [(epoch, 4, 5)]
    assert set(levels_of(journal)) == {f"{n:032x}" for n in (0, 1, 2, 3, 4, 5, 10, 11)}
    assert desk.disk.list(FOLDER / QUARANTINE)
    lines = lines_of(journal)
    journal.append(STAMP, rating(12))
    journal.close()
    again = desk.open()
    assert {finding.what for finding in again.findings} <= {"index_filled"}
    assert lines_of(again)[:-1] == lines


def test_the_hall_closed_the_epoch_where_we_went_on() -> None:
    desk, held = part()
    journal = desk.open()
    ours = lines_of(journal)
    assert journal.follow_hall(STAMP, journal.head.epoch, ours[:3])
    assert losses_of(journal) == [(journal.epochs()[0].epoch, 4, 5)]
    assert journal.epochs()[0].seq == 3
    assert len(levels_of(journal)) == 5
    assert held


def test_an_older_epoch_that_parted_takes_the_ones_after_it_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, held = part()
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 5)
    journal = desk.open()
    for number in range(12, 20):
        journal.append(STAMP, rating(number))
    parted = journal.epochs()[0].epoch
    assert len(journal.epochs()) == 3
    assert journal.follow_hall(STAMP, parted, held)
    assert [place.seq for place in journal.epochs()] == [6, 11]
    assert losses_of(journal) == [(parted, 4, 5)]
    assert len(levels_of(journal)) == 6 + 2 + 8
    while journal.check_next(STAMP):
        pass
    journal.close()
    assert desk.open().findings == []


def test_nothing_is_done_where_the_chains_agree_or_the_lines_are_no_chain() -> None:
    desk, held = part()
    journal = desk.open()
    ours = lines_of(journal)
    assert not journal.follow_hall(STAMP, journal.head.epoch, ours)
    assert not journal.follow_hall(STAMP, journal.head.epoch, held[1:])
    assert not journal.follow_hall(STAMP, "f" * 32, held)
    assert lines_of(journal) == ours


def test_a_disk_that_fails_while_parting_is_recovered_before_the_next_append() -> None:
    for step in itertools.count(1):
        desk, held = part()
        journal = desk.open()
        ratings = set(levels_of(journal))
        desk.disk.fail_at = desk.disk.steps + step
        try:
            journal.follow_hall(STAMP, journal.head.epoch, held)
            break
        except StoreFailed:
            pass
        desk.disk.fail_at = None
        with pytest.raises(StoreFailed):
            journal.append(STAMP, rating(13))
        journal.reopen()
        journal.append(STAMP, rating(13))
        assert ratings <= set(levels_of(journal)), step
        journal.close()
        assert set(levels_of(desk.open())) >= ratings, step


def test_a_power_cut_while_parting_loses_nothing() -> None:
    for step in itertools.count(1):
        desk, held = part()
        journal = desk.open()
        desk.disk.cut_at = desk.disk.steps + step
        try:
            journal.follow_hall(STAMP, journal.head.epoch, held)
            break
        except PowerCut:
            desk.disk.cut_power()
        again = desk.open()
        ratings = set(levels_of(again))
        assert {f"{n:032x}" for n in (0, 1, 2, 10, 11)} <= ratings, step
        again.append(STAMP, rating(13))
        again.close()
        assert set(levels_of(desk.open())) >= ratings
