"""Any entry altered, dropped, reordered or added on the kiosk is found by `verify`, and named."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import hash_line
from sync.errors import JournalBroken
from sync.journal import open_journal
from sync.lines import ENDING
from sync.receipts import NAME as RECEIPTS
from sync.verify import Report, show, verify
from tests.sync.kit import DEVICE, HALL_KEY, STAMP, Desk, lines_of, sign_receipt, visit
from tests.sync.simdisk import File, SimDisk

FOLDER = Path("/k/journal")
VISITS = 4
N = VISITS * 3


def make() -> tuple[SimDisk, str]:
    """A journal with a receipt to its end and no index, so that the files alone must tell."""
    desk = Desk()
    journal = desk.open()
    for number in range(VISITS):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
    journal.receipts.add(sign_receipt(journal.head))
    epoch = journal.head.epoch
    journal.close()
    desk.disk.rows.clear()
    return desk.disk, epoch


DISK, EPOCH = make()
LINES = bytes(DISK.files[str(FOLDER / (EPOCH + ENDING))].data).splitlines()


def check(lines: list[bytes]) -> Report:
    disk = DISK.copy()
    data = bytearray(b"".join([line + b"\n" for line in lines]))
    disk.files[str(FOLDER / (EPOCH + ENDING))] = File(data, len(data))
    return verify(FOLDER, HALL_KEY.public, disk)


def named(report: Report) -> set[tuple[str, int]]:
    return {(finding.what, finding.first) for finding in report.findings}


def test_a_whole_journal_is_whole() -> None:
    report = check(LINES)
    assert report.whole
    assert (report.epochs, report.entries, report.unproven) == (1, N, 0)


@given(st.integers(0, N - 1))
def test_dropped(at: int) -> None:
    report = check(LINES[:at] + LINES[at + 1 :])
    assert named(report) & {("misplaced", at + 1), ("cut", N)}


@given(st.integers(0, N - 2))
def test_reordered(at: int) -> None:
    swapped = [*LINES[:at], LINES[at + 1], LINES[at], *LINES[at + 2 :]]
    assert ("misplaced", at + 1) in named(check(swapped))


@given(st.integers(0, N))
def test_added(at: int) -> None:
    report = check([*LINES[:at], LINES[0], *LINES[at:]])
    assert not report.whole


@given(st.integers(0, N - 1), st.sampled_from([b'"at":"2026', b'"boot":"b', b'"clock":"s']))
def test_altered(at: int, what: bytes) -> None:
    changed = LINES[at].replace(what, what[:-1] + b"x")
    assert changed != LINES[at]
    report = check([*LINES[:at], changed, *LINES[at + 1 :]])
    assert named(report) & {("altered", at + 1), ("contradicted", N)}


def test_rewritten_with_every_link_right_contradicts_the_receipt() -> None:
    """Whoever forges the rest of the chain too is contradicted by what the hall signed."""
    forged: list[bytes] = []
    for line in LINES:
        fields = msgspec.json.decode(line)
        if fields["kind"] == "rating":
            fields["level"] = 1
        if forged:
            fields["prev"] = hash_line(forged[-1])
        forged.append(msgspec.json.encode(fields))
    assert named(check(forged)) == {("contradicted", N)}


def test_a_forged_receipt_is_found() -> None:
    disk = DISK.copy()
    data = disk.files[str(FOLDER / RECEIPTS)].data
    at = data.index(b'"hash":"') + 8
    data[at : at + 4] = b"beef" if data[at : at + 4] != b"beef" else b"dead"
    assert named(verify(FOLDER, HALL_KEY.public, disk)) == {("receipt_bad", 0)}


def damage_nothing(folder: Path, epoch: str) -> None: ...


def cut_a_line(folder: Path, epoch: str) -> None:
    path = folder / (epoch + ENDING)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def change_the_last_line(folder: Path, epoch: str) -> None:
    path = folder / (epoch + ENDING)
    path.write_bytes(path.read_bytes().replace(b'"outcome":"rated"', b'"outcome":"voted"'))


@pytest.mark.parametrize(
    ("damage", "what"),
    [(damage_nothing, set()), (cut_a_line, {"missing"}), (change_the_last_line, {"differs"})],
)
def test_behind_the_receipt_the_index_tells(
    tmp_path: Path, damage: Callable[[Path, str], None], what: set[str]
) -> None:
    journal = open_journal(tmp_path, DEVICE, STAMP)
    for drafts in visit(1):
        journal.append(STAMP, drafts)
    journal.index()
    epoch = journal.head.epoch
    journal.close()
    damage(tmp_path, epoch)
    report = verify(tmp_path)
    assert {finding.what for finding in report.findings} == what
    assert report.indexed
    assert report.unproven == 0


def test_beside_a_running_kiosk_lines_behind_the_receipt_are_unproven(tmp_path: Path) -> None:
    journal = open_journal(tmp_path, DEVICE, STAMP)
    journal.append(STAMP, visit(1)[0])
    journal.receipts.add(sign_receipt(journal.head))
    for drafts in visit(1)[1:]:
        journal.append(STAMP, drafts)
    report = verify(tmp_path, HALL_KEY.public)
    assert report.whole
    assert (report.entries, report.unproven, report.indexed) == (3, 2, False)
    journal.close()
    assert [entry for _, entry, _ in show(tmp_path)] == [*journal.entries()]


def test_where_there_is_no_journal_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalBroken, match="no journal here"):
        verify(tmp_path / "nothing")


def test_show_gives_epochs_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 2)
    desk = Desk()
    names = [f"{n:032x}" for n in (7, 3, 9, 1)]
    journal = desk.open()
    journal.make_epoch = iter(names).__next__
    for number in range(2):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
    assert [place.epoch for place in journal.epochs()] == names[:3]
    assert [line for _, _, line in show(FOLDER, desk.disk)] == lines_of(journal)
    assert verify(FOLDER, None, desk.disk).whole
