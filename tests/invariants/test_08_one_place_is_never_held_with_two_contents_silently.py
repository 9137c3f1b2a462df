"""One (device, epoch, seq) is never held with two contents silently: cloned cards, old cards put
back.
"""

import itertools

import pytest

from sync.chain import hash_line
from sync.errors import StoreFailed
from sync.hall.ledger.audit import audit
from sync.repair import QUARANTINE
from tests.hall.kit import Chain, TestHall, make_key, sha
from tests.sync.kit import FOLDER, STAMP, Desk, levels_of, lines_of, losses_of, rating
from tests.sync.simdisk import PowerCut

KEY = make_key(1)


@pytest.fixture
def kept(hall: TestHall) -> TestHall:
    hall.know(KEY)
    return hall


def copy(chain: Chain, lines: int) -> Chain:
    """The card as it was after so many lines, in another machine."""
    other = Chain(KEY, chain.epoch)
    other.lines = chain.lines[:lines]
    return other


def test_a_cloned_card(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    chain.visit("P1")
    kept.accept(chain.body())
    clone = copy(chain, 4)
    chain.visit("P2")
    clone.visit("P3")
    kept.accept(chain.body())
    assert kept.refuse(clone.body()).word == "fork"
    held = [row[0] for row in kept.rows("SELECT line FROM entries ORDER BY seq")]
    beside = [row[0] for row in kept.rows("SELECT line FROM forks ORDER BY seq")]
    assert (held, beside) == (chain.lines, clone.lines[4:])
    assert [one.kind for one in audit(kept.folder).findings] == ["fork"]
    assert kept.counts()["level:5:three"] == 2


def test_an_old_card_put_back_that_begins_a_new_epoch(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    chain.visit("P1")
    old = sha(chain.lines[-1])
    chain.visit("P2")
    kept.accept(chain.body())
    again = Chain(KEY, prev=old).open()
    again.visit("P3")
    kept.accept(again.body())
    assert kept.counts()["level:5:three"] == 3  # all three citizens pressed
    (found,) = audit(kept.folder).findings
    assert (found.kind, found.seq) == ("fork", 4)


def test_two_epochs_that_continue_one(kept: TestHall) -> None:
    chain = Chain(KEY).open()
    kept.accept(chain.body())
    for project in ("P1", "P2"):
        again = Chain(KEY, prev=sha(chain.lines[-1])).open()
        again.visit(project)
        kept.accept(again.body())
    (found,) = audit(kept.folder).findings
    assert (found.kind, "2 epochs continue it" in found.detail) == ("fork", True)


def test_an_epoch_out_of_nowhere(kept: TestHall) -> None:
    kept.accept(Chain(KEY).open().body())
    lost = Chain(KEY, prev="cd" * 32).open()
    lost.visit("P1")
    kept.accept(lost.body())
    assert kept.counts() == {}
    assert [one.kind for one in audit(kept.folder).findings] == ["unlinked"]


# On the kiosk whose chain parted from the hall's.


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
