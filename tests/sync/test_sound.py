"""The check that the watchdog asks for: is what was written still there?"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.errors import StoreFailed
from sync.journal import Journal, open_journal
from tests.sync.kit import DEVICE, STAMP, rating


def open_here(folder: Path) -> Journal:
    return open_journal(folder, DEVICE, STAMP)


def grow(file: Path) -> None:
    with file.open("ab") as tail:
        tail.write(b"x")


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda file: file.write_bytes(b""), grow], ids=["gone", "cut", "grown"]
)
def test_a_file_that_is_not_as_it_was_written_is_noticed(
    tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    journal = open_here(tmp_path / "journal")
    assert journal.is_sound(), "nothing written, nothing missing"
    journal.append(STAMP, rating(1))
    assert journal.is_sound()
    harm(tmp_path / "journal" / f"{journal.head.epoch}.ndjson")
    assert not journal.is_sound()
    journal.close()


def test_a_failure_that_is_known_and_shown_is_no_reason_to_start_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_here(tmp_path / "journal")
    journal.append(STAMP, rating(1))
    monkeypatch.setattr(os, "fdatasync", lambda _: os.fstat(-1))
    with pytest.raises(StoreFailed):
        journal.append(STAMP, rating(2))
    assert journal.failed
    assert journal.is_sound()
    journal.close()
