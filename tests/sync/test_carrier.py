"""The courier's steps: lines missing here are asked back, also when nothing is to be sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.carrier import MEND_MS, Carrier, Means
from sync.errors import HallUnreachable
from sync.journal import Journal
from sync.lines import ENDING
from sync.outbox import Wait
from tests.invariants.pair import Pair
from tests.sync.kit import (
    AT,
    DEVICE_KEY,
    FOLDER,
    HALL_KEY,
    STAMP,
    levels_of,
    lines_of,
    losses_of,
    rating,
    visit,
)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path / "hall")
    yield made
    made.hall.close()


def damage(pair: Pair) -> tuple[Journal, list[bytes]]:
    """A journal whose second line is neither in its file nor in the index, but at the hall."""
    journal = pair.desk.open()
    for drafts in visit(1):
        journal.append(STAMP, drafts)
    journal.index()
    pair.carry(journal)
    lines, epoch = lines_of(journal), journal.head.epoch
    journal.close()
    data = pair.desk.disk.files[str(FOLDER / (epoch + ENDING))].data
    data[:] = bytes(data).replace(lines[1], b"x" * len(lines[1]))
    del pair.desk.disk.rows[epoch, 2]
    damaged = pair.desk.open()
    assert damaged.holes == {epoch: [2]}
    return damaged, lines


def test_a_missing_line_comes_back_though_nothing_is_to_be_sent(pair: Pair) -> None:
    journal, lines = damage(pair)
    pair.carry(journal)
    assert journal.holes == {}
    assert lines_of(journal) == lines


def test_a_hall_that_is_away_is_asked_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, lines = damage(pair)
    means = Means(lambda: AT, lambda: pair.world.now_ms, lambda: 0.5)
    carrier = Carrier(journal, HALL_KEY.public, means, lambda call: call(STAMP))
    asked = 0

    def fail(*_: object) -> list[bytes]:
        nonlocal asked
        asked += 1
        raise HallUnreachable("away")

    with monkeypatch.context() as patch:
        patch.setattr(pair.line, "entries", fail)
        for _ in range(3):
            assert carrier.turn(pair.line, DEVICE_KEY) == Wait(pair.world.now_ms + MEND_MS)
            assert carrier.turn(pair.line, DEVICE_KEY) == Wait(pair.world.now_ms + MEND_MS)
            pair.world.now_ms += MEND_MS
        assert asked == 3
    carrier.turn(pair.line, DEVICE_KEY)
    assert carrier.turn(pair.line, DEVICE_KEY) == Wait(None)
    assert lines_of(journal) == lines


def test_who_may_not_change_the_journal_asks_for_nothing(pair: Pair) -> None:
    journal, _ = damage(pair)
    means = Means(lambda: AT, lambda: pair.world.now_ms, lambda: 0.5)
    carrier = Carrier(journal, HALL_KEY.public, means)
    assert carrier.turn(pair.line, DEVICE_KEY) == Wait(None)
    assert journal.holes


def test_a_fork_whose_lines_did_not_come_is_put_right_later(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older epoch parted; the ones after it go on, and nothing more is to be sent."""
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 5)
    journal = pair.desk.open()
    for number in range(5):
        if number == 3:
            pair.carry(journal)
            journal.close()
            card = pair.desk.disk.copy()
            journal = pair.desk.open()
        journal.append(STAMP, rating(number))
    pair.carry(journal)
    pair.desk.disk = card
    journal = pair.desk.open()
    for number in range(10, 14):
        journal.append(STAMP, rating(number))
    give, asked = pair.line.entries, 0

    def fail_twice(*place: Any) -> list[bytes]:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise HallUnreachable("away")
        return give(*place)

    monkeypatch.setattr(pair.line, "entries", fail_twice)
    pair.carry(journal)
    assert asked == 3
    assert [span[1:] for span in losses_of(journal)] == [(4, 5)]
    assert len(levels_of(journal)) == 9
    assert set(lines_of(journal)) <= set(pair.held())
