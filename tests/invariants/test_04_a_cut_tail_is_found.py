"""A cut tail is found at start (file against index and receipts) or at the next sync."""

import pytest

from sync.chain import hash_line
from sync.hall.ledger.audit import audit
from sync.lines import ENDING
from sync.outbox import Outbox, Send
from sync.wire import Place
from tests.invariants.pair import Pair
from tests.sync.kit import (
    FOLDER,
    STAMP,
    Desk,
    invitation_id,
    levels_of,
    lines_of,
    losses_of,
    sign_receipt,
    visit,
)
from tests.sync.simdisk import SimDisk


def make() -> tuple[Desk, str, list[bytes]]:
    desk = Desk()
    journal = desk.open()
    for number in range(3):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
    journal.index()
    journal.receipts.add(sign_receipt(journal.head))
    lines = lines_of(journal)
    journal.close()
    return desk, journal.head.epoch, lines


def cut(disk: SimDisk, epoch: str, keep: int) -> None:
    file = disk.files[str(FOLDER / (epoch + ENDING))]
    file.data[:] = b"".join(bytes(file.data).splitlines(keepends=True)[:keep])
    file.synced = len(file.data)


def test_against_the_index() -> None:
    desk, epoch, lines = make()
    desk.disk.files.pop(str(FOLDER / "receipts.ndjson"))
    cut(desk.disk, epoch, 4)
    journal = desk.open(check=False)
    assert lines_of(journal) == lines
    assert [f.first for f in journal.findings if f.what == "restored"] == [5, 6, 7, 8, 9]


def test_against_the_receipt() -> None:
    desk, epoch, lines = make()
    desk.disk.rows.clear()
    cut(desk.disk, epoch, 4)
    journal = desk.open(check=False)
    assert journal.holes == {epoch: [5, 6, 7, 8, 9]}
    assert losses_of(journal) == [(epoch, 10, 9)]
    assert journal.fill(STAMP, epoch, dict(enumerate(lines[4:], start=5))) is False
    assert lines_of(journal)[:9] == lines


def test_lines_the_hall_gives_back_are_taken_only_if_they_are_the_missing_ones() -> None:
    desk, epoch, lines = make()
    desk.disk.rows.clear()
    cut(desk.disk, epoch, 4)
    journal = desk.open()
    assert journal.fill(STAMP, epoch, {5: lines[4].replace(b'"level":5', b'"level":1'), 99: b"{}"})
    assert journal.fill(STAMP, epoch, {9: lines[8]})
    assert journal.holes == {epoch: [5, 6, 7, 8]}


def test_a_whole_file_gone_and_all_but_the_receipt() -> None:
    desk, epoch, _ = make()
    desk.disk.rows.clear()
    desk.disk.files.pop(str(FOLDER / (epoch + ENDING)))
    journal = desk.open()
    assert losses_of(journal) == [(epoch, 10, 9)]
    assert journal.head.epoch != epoch
    journal.append(STAMP, visit(9)[0])
    journal.close()
    again = desk.open()
    assert losses_of(again) == [(epoch, 10, 9)]


def test_at_the_next_sync_when_nothing_here_remembers() -> None:
    """The hall's receipt states more than is here."""
    mind = Outbox("e", 4)
    sent = mind.due(0, [Place("e", 5, "h5")])
    assert isinstance(sent, Send)
    mind.on_receipt(0, sent, 5, Place("e", 9, "h9"), 0)
    assert mind.hall_ahead == Place("e", 9, "h9")


def put_back(pair: Pair, keep: int) -> tuple[list[bytes], str]:
    """A card as it was before its last lines: file, index and receipts all end at `keep`."""
    journal = pair.desk.open()
    for drafts in [drafts for number in range(3) for drafts in visit(number)]:
        if len(lines_of(journal)) == keep:
            pair.carry(journal)
            journal.close()
            old = pair.desk.disk.copy()
            journal = pair.desk.open()
        journal.append(STAMP, drafts)
        journal.index()
    pair.carry(journal)
    lines = lines_of(journal)
    journal.close()
    pair.desk.disk = old
    return lines, journal.head.epoch


@pytest.mark.parametrize("keep", range(1, 9))
def test_at_the_next_sync_when_file_and_index_are_as_old(pair: Pair, keep: int) -> None:
    lines, epoch = put_back(pair, keep)
    pair.desk.disk.files.pop(str(FOLDER / "receipts.ndjson"))
    journal = pair.desk.open()
    assert journal.findings == []
    assert pair.carry(journal).outbox.hall_ahead == Place(epoch, 9, hash_line(lines[-1]))
    journal.close()
    again = pair.desk.open()
    assert again.holes == {epoch: list(range(keep + 1, 10))}
    pair.carry(again)
    assert again.read(epoch, 1) == lines


@pytest.mark.parametrize("keep", range(1, 9))
def test_at_the_next_sync_when_it_went_on_before_it_asked(pair: Pair, keep: int) -> None:
    lines, epoch = put_back(pair, keep)
    journal = pair.desk.open()
    for drafts in visit(7):
        journal.append(STAMP, drafts)
    pair.carry(journal)
    assert journal.read(epoch, 1) == lines
    assert losses_of(journal) == [(epoch, keep + 1, keep + 3)]
    assert set(pair.held()) == set(lines_of(journal))
    assert levels_of(journal).keys() == {invitation_id(n) for n in (0, 1, 2, 7)}
    assert [(one.kind, one.seq) for one in audit(pair.hall.folder).findings if one.seq] == [
        ("fork", keep + 1),
        ("loss", 1),
    ]
