"""Full disk, read-only disk, I/O error: no thanks, a fault on the screen, nothing earlier lost,
service by itself when room is back.
"""

import errno

import pytest

from kiosk.terms import Pressed
from sync import ballast
from sync.errors import StoreFailed
from tests.kiosk.test_conductor import Stand, ask
from tests.sync.kit import FOLDER, STAMP, Desk, levels_of, lines_of, rating, visit
from tests.sync.simdisk import SimDisk


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", [1, 2])
def test_an_append_that_fails_is_never_thanked_and_leaves_nothing(code: int, step: int) -> None:
    disk = SimDisk(code)
    journal = Desk(disk).open()
    for drafts in visit(1):
        journal.append(STAMP, drafts)
    before = lines_of(journal)
    disk.fail_at, disk.fail_with = disk.steps + step, code
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(2))
    assert journal.failed
    with pytest.raises(StoreFailed, match="not opened again"):
        journal.append(STAMP, rating(2))
    journal.reopen()
    assert lines_of(journal) == before
    journal.append(STAMP, rating(3))
    journal.close()
    again = Desk(disk).open()
    assert [finding.what for finding in again.findings] in ([], ["index_filled"])
    assert len(lines_of(again)) == len(before) + 1


def test_reopen_stays_failed_while_the_disk_does() -> None:
    disk = SimDisk()
    journal = Desk(disk).open()
    journal.append(STAMP, rating(1))
    disk.fail_at = disk.steps + 1
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(2))
    disk.fail_at = disk.steps + 1
    with pytest.raises(StoreFailed):
        journal.reopen()
    assert journal.failed
    journal.reopen()
    journal.append(STAMP, rating(2))


def test_reopen_refuses_a_tail_that_is_not_what_was_written() -> None:
    disk = SimDisk()
    journal = Desk(disk).open()
    journal.append(STAMP, rating(1))
    disk.fail_at = disk.steps + 1
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(2))
    (path,) = [path for path in disk.files if path.endswith("1.ndjson")]
    disk.files[path].data[40] ^= 1
    with pytest.raises(StoreFailed, match="not what was written"):
        journal.reopen()


def test_a_new_epoch_that_fails_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.store.EPOCH_ENTRIES", 1)
    disk = SimDisk()
    journal = Desk(disk).open()
    journal.append(STAMP, rating(1))
    disk.fail_at = disk.steps + 2
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(2))
    journal.reopen()
    assert len([path for path in disk.files if path.endswith(".ndjson")]) == 1
    journal.append(STAMP, rating(3))
    assert [place.seq for place in journal.epochs()] == [1, 1]


def test_a_full_disk_frees_the_ballast_then_refuses_then_serves_again() -> None:
    disk = SimDisk()
    journal = Desk(disk).open()
    assert journal.lay_ballast()
    journal.append(STAMP, rating(1))
    disk.room = disk.used() + 100
    journal.append(STAMP, rating(2))
    assert "ballast_freed" in {finding.what for finding in journal.findings}
    assert disk.size(FOLDER / ballast.NAME) == 0
    assert not journal.lay_ballast()
    disk.room = disk.used() + 100
    kept = lines_of(journal)
    with pytest.raises(StoreFailed, match="No space left"):
        journal.append(STAMP, rating(3))
    journal.reopen()
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(3))
    disk.room = None
    journal.reopen()
    journal.append(STAMP, rating(3))
    assert lines_of(journal)[: len(kept)] == kept
    assert journal.lay_ballast()


def test_a_full_disk_at_start_is_one_clear_line_and_a_later_start_works() -> None:
    disk = SimDisk()
    journal = Desk(disk).open()
    journal.append(STAMP, rating(1))
    journal.close()
    (path,) = [path for path in disk.files if path.endswith("1.ndjson")]
    disk.files[path].data += b'{"kind":"rat'
    disk.room = disk.used()
    with pytest.raises(StoreFailed, match="No space left"):
        Desk(disk).open()
    disk.room = None
    assert len(lines_of(Desk(disk).open())) == 1


def test_an_index_that_cannot_be_written_stops_nothing() -> None:
    disk = SimDisk()
    journal = Desk(disk).open()
    disk.room = disk.used() + 100_000
    journal.append(STAMP, rating(1))
    disk.room = 1
    journal.index()
    disk.room = None
    journal.append(STAMP, rating(2))
    journal.index()
    assert len(disk.rows) == 2


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.ENOSPC])
def test_at_the_window(
    code: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No thanks, a fault on the screen, and service by itself once the disk is good again."""
    disk = SimDisk()
    stand = Stand(FOLDER, Desk(disk).open())
    asked = ask(stand)
    kept = lines_of(stand.journal)

    def fail() -> None:
        raise OSError(code, "planned")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "step", fail)
        stand.conductor.handle(Pressed("1", 5))
        for _ in range(3):
            assert stand.page == "fault"
            stand.wait_deadline()
    assert not {"chosen", "reason", "thanking"} & {view.page for view in stand.views}
    stand.wait_deadline()
    assert stand.page == "free"
    assert stand.counter.invitation(asked) == "interrupted"
    assert lines_of(stand.journal)[: len(kept)] == kept
    assert levels_of(stand.journal) == {}
    again = ask(stand, "P2")
    stand.conductor.handle(Pressed("3", 2))
    assert stand.page == "chosen"
    assert levels_of(stand.journal) == {again: 2}
