"""The full recovery of a folder: epochs in their order, closed where a later one closed them."""

import itertools

import msgspec
import pytest

from sync import repair
from sync.errors import JournalBroken, JournalNewer
from sync.findings import Finding
from sync.journal import Journal
from sync.lines import ENDING
from sync.receipts import NAME as RECEIPTS
from sync.records import Loss
from sync.repair import QUARANTINE, set_aside
from sync.wire import Place
from tests.sync.kit import FOLDER, STAMP, Desk, lines_of, losses_of, make_key, rating, sign_receipt
from tests.sync.simdisk import File, SimDisk

NAMES = [f"{n:032x}" for n in (9, 3, 7, 1, 5)]


@pytest.fixture(autouse=True)
def small_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 4)


def make() -> tuple[Desk, list[bytes], list[Place]]:
    """Five epochs whose names say nothing of their order."""
    desk = Desk()
    journal = desk.open()
    journal.make_epoch = iter(NAMES).__next__
    for number in range(18):
        journal.append(STAMP, rating(number))
    lines, ends = lines_of(journal), journal.epochs()
    journal.close()
    desk.names = itertools.count(100)
    return desk, lines, ends


def path_of(epoch: str) -> str:
    return str(FOLDER / (epoch + ENDING))


def damage(disk: SimDisk, epoch: str, seq: int) -> bytes:
    """Make a line unreadable; returns the piece that is left of it."""
    file = disk.files[path_of(epoch)]
    lines = bytes(file.data).split(b"\n")
    lines[seq - 1] = lines[seq - 1].replace(b'"kind"', b'\x00kind"')
    file.data[:] = b"\n".join(lines)
    return lines[seq - 1]


def causes_of(journal: Journal) -> list[str]:
    return [entry.cause for entry in journal.entries() if isinstance(entry, Loss)]


def test_epochs_keep_their_order_whatever_their_names() -> None:
    for epoch in NAMES:
        desk, lines, ends = make()
        piece = damage(desk.disk, epoch, 2)
        journal = desk.open()
        assert journal.epochs() == ends
        assert lines_of(journal) == lines
        assert Finding("restored", epoch, 2, 2) in journal.findings
        (kept,) = desk.disk.list(FOLDER / QUARANTINE)
        assert desk.disk.read(FOLDER / QUARANTINE / kept) == piece
        assert kept.startswith(f"{epoch}-")
        journal.close()


@pytest.mark.parametrize("gone", NAMES[1:4])
def test_an_epoch_that_is_gone_leaves_the_newest_where_it_was(gone: str) -> None:
    desk, _, ends = make()
    desk.disk.rows.clear()
    del desk.disk.files[path_of(gone)]
    receipt = msgspec.json.encode(sign_receipt(ends[-1])) + b"\n"
    desk.disk.files[str(FOLDER / RECEIPTS)] = File(bytearray(receipt), len(receipt))
    journal = desk.open()
    assert journal.head == ends[-1]
    assert len(journal.epochs()) == 4
    journal.append(STAMP, rating(99))
    assert journal.head.epoch == ends[-1].epoch
    assert journal.backlog == 1


def test_a_file_that_only_the_index_has_is_written_again() -> None:
    desk, lines, ends = make()
    del desk.disk.files[path_of(NAMES[2])]
    journal = desk.open()
    assert (lines_of(journal), journal.epochs()) == (lines, ends)


def test_what_is_lost_is_declared_once_with_its_cause_and_the_rest_goes_on() -> None:
    """Of two lines the second has nobody who names it, once the first cannot be read."""
    desk, lines, _ = make()
    desk.disk.rows.clear()
    before = bytes(desk.disk.files[path_of(NAMES[4])].data)
    damage(desk.disk, NAMES[4], 1)
    hurt = bytes(desk.disk.files[path_of(NAMES[4])].data)
    journal = desk.open()
    assert losses_of(journal) == [(NAMES[4], 1, 2)]
    assert causes_of(journal) == ["damaged"]
    assert Finding("lost", NAMES[4], 1, 2) in journal.findings
    after = lines_of(journal)
    assert len(after) == len(lines) - 2 + 1
    journal.close()
    # The power went after the new epoch was written and before the old one was put right.
    desk.disk.files[path_of(NAMES[4])] = File(bytearray(hurt), len(hurt))
    again = desk.open()
    assert losses_of(again) == [(NAMES[4], 1, 2)]
    assert lines_of(again) == after
    assert before != hurt


def test_an_epoch_is_closed_where_the_next_one_follows_it() -> None:
    desk, lines, ends = make()
    desk.disk.rows.clear()
    damage(desk.disk, NAMES[4], 2)
    hurt = bytes(desk.disk.files[path_of(NAMES[4])].data)
    journal = desk.open()
    after, places = lines_of(journal), journal.epochs()
    assert [place.epoch for place in places[:-1]] == NAMES
    assert places[-2].seq == 1
    journal.close()
    desk.disk.files[path_of(NAMES[4])] = File(bytearray(hurt), len(hurt))
    desk.disk.rows.clear()
    again = desk.open()
    assert (lines_of(again), again.epochs()) == (after, places)
    again.close()
    assert desk.open().findings == []
    assert len(lines) == 18
    assert ends[-1].seq == 2


def test_an_older_epoch_that_is_damaged_is_declared_at_the_end_of_the_chain() -> None:
    desk, _, _ = make()
    desk.disk.rows.clear()
    damage(desk.disk, NAMES[1], 3)
    journal = desk.open()
    assert losses_of(journal) == [(NAMES[1], 3, 3)]
    assert [place.epoch for place in journal.epochs()[:-1]] == NAMES
    assert len(lines_of(journal)) == 18 - 1 + 1
    journal.close()
    again = desk.open()
    assert losses_of(again) == [(NAMES[1], 3, 3)]
    assert len(again.epochs()) == 6


def test_everything_gone_but_a_receipt_is_missing_not_damaged() -> None:
    desk, _, ends = make()
    desk.disk.rows.clear()
    desk.disk.files.clear()
    receipt = msgspec.json.encode(sign_receipt(ends[2])) + b"\n"
    desk.disk.files[str(FOLDER / RECEIPTS)] = File(bytearray(receipt), len(receipt))
    journal = desk.open()
    assert causes_of(journal) == ["missing"]
    assert losses_of(journal) == [(ends[2].epoch, 5, 4)]
    (entry,) = [entry for entry in journal.entries() if isinstance(entry, Loss)]
    assert entry.prev == ends[2].hash


def test_a_receipt_that_the_hall_did_not_sign_is_put_aside_not_believed() -> None:
    desk, lines, ends = make()
    ahead = Place(ends[-1].epoch, 9, "a" * 64)
    receipt = msgspec.json.encode(sign_receipt(ahead, key=make_key(66))) + b"\n"
    desk.disk.files[str(FOLDER / RECEIPTS)] = File(bytearray(receipt), len(receipt))
    journal = desk.open()
    assert Finding("receipt_bad", ends[-1].epoch) in journal.findings
    assert (lines_of(journal), losses_of(journal)) == (lines, [])
    assert journal.receipts.newest is None


def test_a_later_version_is_refused_untouched() -> None:
    desk, _, _ = make()
    desk.disk.rows.clear()
    file = desk.disk.files[path_of(NAMES[4])]
    file.data[:] = bytes(file.data).splitlines()[0].replace(b'"v":1', b'"v":2') + b"\n"
    before = {path: bytes(file.data) for path, file in desk.disk.files.items()}
    place = path_of(NAMES[4])
    words = (
        "written in version 2 of the journal; this software reads version 1. Nothing was changed"
    )
    with pytest.raises(JournalNewer) as told:
        desk.open()
    assert str(told.value) == f"{place}: {words}"
    assert before == {path: bytes(file.data) for path, file in desk.disk.files.items()}


def test_another_devices_journal_is_refused_untouched() -> None:
    desk, _, _ = make()
    desk.disk.rows.clear()
    other = "f" * 32
    for path, file in desk.disk.files.items():
        if path.endswith("1.ndjson"):
            lines = [msgspec.json.decode(line) for line in bytes(file.data).splitlines()]
            data = [msgspec.json.encode({**line, "device": other}) + b"\n" for line in lines]
            file.data[:] = b"".join(data)
    with pytest.raises(JournalBroken) as told:
        desk.open()
    assert str(told.value).startswith(
        f"{path_of(NAMES[3])}: belongs to device {other}, but the key"
    )
    assert str(told.value).endswith("Nothing was changed")


def test_quarantine_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair, "QUARANTINE_MAX", 2)
    disk = SimDisk()
    for number in range(4):
        set_aside(disk, FOLDER, "e", [b"a%d" % number, b"b"])
    names = disk.list(FOLDER / QUARANTINE)
    assert len(names) == 2
    kept = {disk.read(FOLDER / QUARANTINE / name) for name in names}
    assert kept == {b"a0\nb", b"a1\nb"}
    assert {len(name) for name in names} == {len("e-") + 12}
    assert str(FOLDER / QUARANTINE) in disk.folders


def test_a_torn_end_is_found_and_kept() -> None:
    desk, lines, _ = make()
    desk.disk.files[path_of(NAMES[4])].data += b'{"kind":"rat'
    journal = desk.open()
    assert journal.findings[0] == Finding("torn", NAMES[4], 3, 0)
    assert lines_of(journal) == lines
    (kept,) = desk.disk.list(FOLDER / QUARANTINE)
    assert desk.disk.read(FOLDER / QUARANTINE / kept) == b'{"kind":"rat'


def test_what_the_hall_holds_is_asked_back() -> None:
    desk, _, ends = make()
    desk.disk.rows.clear()
    receipt = msgspec.json.encode(sign_receipt(ends[-1])) + b"\n"
    desk.disk.files[str(FOLDER / RECEIPTS)] = File(bytearray(receipt), len(receipt))
    damage(desk.disk, NAMES[4], 1)
    journal = desk.open()
    assert Finding("asked_back", NAMES[4], 1, 1) in journal.findings
    assert journal.holes == {NAMES[4]: [1]}
