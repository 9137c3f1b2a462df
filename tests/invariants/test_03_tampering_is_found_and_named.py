"""Any entry altered, dropped, reordered or added, on the kiosk or in the hall's database, is found
by `verify` or `audit`, and named; who has the hall's key too is exposed by any other kiosk's
journal.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import hash_line
from sync.hall.ledger.audit import audit
from sync.journal import open_journal
from sync.lines import ENDING
from sync.receipts import NAME as RECEIPTS
from sync.verify import Report, show, verify
from tests.hall.kit import Chain, TestHall, sha
from tests.hall.tampering import (
    KEYS,
    add_marks,
    change,
    delete_kiosk,
    delete_tail,
    find,
    rewrite,
    set_line,
    sign_bulletins_anew,
    tell,
)
from tests.sync.kit import DEVICE, HALL_KEY, STAMP, Desk, sign_receipt, visit
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


# On the kiosk.


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


# In the hall.


def test_an_honest_hall_has_no_findings(hall: TestHall, chains: list[Chain]) -> None:
    result = audit(hall.folder)
    assert (result.findings, result.notes) == ([], [])
    assert (result.entries, result.epochs) == (3 * 62, 3)


@pytest.mark.parametrize("seq", [1, 2, 30, 31, 45, 61, 62])
@pytest.mark.parametrize("as_text", [False, True])
def test_an_altered_entry_is_named(
    hall: TestHall, chains: list[Chain], seq: int, as_text: bool
) -> None:
    line = chains[1].lines[seq - 1].replace(b'"clock":"synced"', b'"clock":"Synced"')
    set_line(hall, 2, seq, line.decode() if as_text else line)
    assert tell(find(hall)) == {("altered", KEYS[1].device, seq)}


def test_two_altered_neighbours_are_both_named(hall: TestHall, chains: list[Chain]) -> None:
    for seq in (40, 41):
        line = chains[0].lines[seq - 1].replace(b"synced", b"Synced")
        set_line(hall, 1, seq, line)
    found = find(hall)
    assert {(one.kind, one.seq) for one in found} == {("altered", 40), ("altered", 41)}


@pytest.mark.parametrize("seq", [1, 2, 40, 61])
def test_a_dropped_entry_is_named(hall: TestHall, chains: list[Chain], seq: int) -> None:
    change(hall, "DELETE FROM entries WHERE stream = 1 AND seq = ?", seq)
    assert tell(find(hall)) == {("dropped", KEYS[0].device, seq)}


def test_reordered_entries_are_named(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, chains[0].lines[40])
    set_line(hall, 1, 41, chains[0].lines[39])
    assert {("reordered", KEYS[0].device, 40), ("reordered", KEYS[0].device, 41)} <= tell(
        find(hall)
    )


def test_an_entry_put_in_between_is_named(hall: TestHall, chains: list[Chain]) -> None:
    change(hall, "UPDATE entries SET seq = seq + 1000 WHERE stream = 1 AND seq > 40")
    change(hall, "UPDATE entries SET seq = seq - 999 WHERE stream = 1 AND seq > 1000")
    change(hall, "INSERT INTO entries VALUES (1, 41, ?)", chains[0].lines[39])
    assert ("reordered", KEYS[0].device, 41) in tell(find(hall))


def test_an_entry_added_at_the_end_is_named(hall: TestHall, chains: list[Chain]) -> None:
    chains[0].visit("EXTRA")
    change(hall, "INSERT INTO entries VALUES (1, 63, ?)", chains[0].lines[62])
    assert tell(find(hall)) == {("added", KEYS[0].device, 63)}


@pytest.mark.parametrize("with_marks", [False, True])
def test_a_chain_that_was_made_anew_is_named(
    hall: TestHall, chains: list[Chain], with_marks: bool
) -> None:
    lines = rewrite(chains[0], 45)
    for seq, line in enumerate(lines, start=1):
        set_line(hall, 1, seq, line)
    if with_marks:  # without the device's key its checkpoint cannot be signed again
        change(
            hall, "UPDATE checkpoints SET hash = ? WHERE stream = 1 AND seq = 62", sha(lines[-1])
        )
        change(hall, "UPDATE streams SET hash = ? WHERE id = 1", sha(lines[-1]))
    found = find(hall)
    assert {one.device for one in found} == {KEYS[0].device}
    assert all(one.seq > 45 for one in found)
    assert any("chained again" in one.detail or "not signed" in one.detail for one in found)


def test_an_entry_of_another_kiosk_is_named(hall: TestHall, chains: list[Chain]) -> None:
    set_line(hall, 1, 40, chains[1].lines[39])
    assert ("added", KEYS[0].device, 40) in tell(find(hall))


def test_entries_of_no_epoch_and_epochs_of_no_device_are_named(
    hall: TestHall, chains: list[Chain]
) -> None:
    change(hall, "INSERT INTO entries VALUES (77, 1, ?)", b"{}")
    assert [one.detail for one in find(hall)] == ["entries of no known epoch"]


def test_fifty_newest_entries_deleted_with_database_and_key_are_exposed_by_any_other_kiosk(
    hall: TestHall, chains: list[Chain]
) -> None:
    add_marks(hall, chains[0], 1)
    delete_tail(hall, chains[0], 1, 50)
    assert ("dropped", KEYS[0].device, 13) in tell(find(hall))
    sign_bulletins_anew(hall)  # one that hides it: the other kiosks witnessed another one
    assert tell(find(hall)) == {("contradicted", key.device, 62) for key in KEYS[1:]}
    delete_tail(hall, chains[1], 2, 1)
    sign_bulletins_anew(hall)  # nor is it enough to cut what one of them witnessed
    assert ("contradicted", KEYS[2].device, 62) in tell(find(hall))


def test_a_whole_kiosk_deleted_with_database_and_key_is_exposed_by_any_other(
    hall: TestHall, chains: list[Chain]
) -> None:
    delete_kiosk(hall, 1)
    found = find(hall)
    assert [(one.kind, one.device, one.epoch) for one in found] == [
        ("dropped", KEYS[0].device, chains[0].epoch)
    ]
    sign_bulletins_anew(hall)
    assert tell(find(hall)) == {("contradicted", key.device, 62) for key in KEYS[1:]}
