"""Reading a journal's files: epochs in their order, and one clear line where there are none."""

from pathlib import Path

import pytest

from sync.errors import JournalBroken
from sync.verify import show, verify
from tests.sync.kit import FOLDER, STAMP, Desk, lines_of, visit


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
