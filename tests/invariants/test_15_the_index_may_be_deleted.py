"""The index may be deleted at any moment: it is filled again from the files, answers as before."""

from pathlib import Path

import pytest

from sync.index import FILES, NAME, Index
from sync.journal import Journal, open_journal
from tests.sync.kit import DEVICE, STAMP, lines_of, rating, visit


def open_real(folder: Path) -> Journal:
    journal = open_journal(folder, DEVICE, STAMP)
    journal.open_index(STAMP)
    while journal.check_next(STAMP):
        pass
    return journal


def fill(journal: Journal, numbers: range) -> None:
    for number in numbers:
        for drafts in visit(number):
            journal.append(STAMP, drafts)
        journal.index()


def test_while_nobody_runs(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(20))
    lines = lines_of(journal)
    journal.close()
    for name in FILES:
        (tmp_path / name).unlink(missing_ok=True)
    again = open_real(tmp_path)
    assert [(f.what, f.detail) for f in again.findings] == [("index_filled", "60")]
    assert lines_of(again) == lines
    assert again.is_rated("P7", "1")
    assert not again.is_rated("P7", "2")
    again.close()


def test_under_a_running_kiosk(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(5))
    for name in FILES:
        (tmp_path / name).unlink(missing_ok=True)
    fill(journal, range(5, 10))
    lines = lines_of(journal)
    journal.close()
    again = open_real(tmp_path)
    assert lines_of(again) == lines
    assert again.is_rated("P9", "1")
    again.close()


@pytest.mark.parametrize(
    "damage", [b"not a database at all" * 100, b"", b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_replaced_by_something_else(tmp_path: Path, damage: bytes) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(5))
    journal.close()
    (tmp_path / NAME).write_bytes(damage)
    again = open_real(tmp_path)
    assert again.is_rated("P4", "1")
    assert len(lines_of(again)) == 15
    again.close()


def test_before_the_index_is_open_the_lines_answer(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(3))
    journal.close()
    (tmp_path / NAME).unlink()
    again = open_journal(tmp_path, DEVICE, STAMP)
    assert again.is_rated("P2", "1")
    again.close()


@pytest.mark.slow
def test_every_page_of_it_overwritten_loses_nothing(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(10))
    lines = lines_of(journal)
    journal.close()
    whole = (tmp_path / NAME).read_bytes()
    for start in range(0, len(whole), 512):
        (tmp_path / NAME).write_bytes(whole[:start] + b"\xa5" * 512 + whole[start + 512 :])
        again = open_real(tmp_path)
        assert lines_of(again) == lines, start
        assert again.is_rated("P9", "1"), start
        again.close()


def test_a_row_whose_line_was_changed_is_not_believed(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    fill(journal, range(2))
    epoch = journal.head.epoch
    journal.close()
    index = Index(tmp_path / NAME)
    assert index._link is not None
    index._link.execute("update entry set line = replace(line, 'P1', 'P8') where seq = 4")
    index._link.commit()
    assert 4 not in index.rows(epoch)
    index.close(clean=True)


def test_a_clean_stop_is_told_from_a_kill(tmp_path: Path) -> None:
    journal = open_real(tmp_path)
    assert not journal.was_clean
    journal.append(STAMP, rating(1))
    journal.index()
    journal.close(clean=True)
    second = open_real(tmp_path)
    assert second.was_clean
    second.append(STAMP, rating(2))
    second.index()
    second.close(clean=False)
    third = open_real(tmp_path)
    assert not third.was_clean
    third.close()
