"""One journal of each release is kept, and every later version verifies and reads it."""

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from sync.journal import open_journal
from sync.portable import export
from sync.records import Rating
from sync.verify import verify
from tests.sync.kit import STAMP, lines_of

GOLDEN = Path(__file__).parent / "golden"
RELEASES = sorted(path.name for path in GOLDEN.iterdir())
CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


class About(msgspec.Struct):
    """What a golden journal is known to hold."""

    device: str
    hall_key: str
    epochs: int
    entries: int
    ratings: int
    backlog: int


def about(release: str) -> About:
    return msgspec.json.decode((GOLDEN / release / "about.json").read_bytes(), type=About)


def test_each_version_has_one() -> None:
    versions = re.findall(r"^## (\d[\w.]*)", CHANGELOG.read_text("utf-8"), re.M)
    assert versions
    assert sorted(versions) == RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_it_is_whole(release: str) -> None:
    told = about(release)
    report = verify(GOLDEN / release / "journal", told.hall_key)
    assert report.findings == []
    assert (report.epochs, report.entries) == (told.epochs, told.entries)


@pytest.mark.parametrize("release", RELEASES)
def test_it_opens_and_goes_on(release: str, tmp_path: Path) -> None:
    told = about(release)
    folder = tmp_path / "journal"
    shutil.copytree(GOLDEN / release / "journal", folder)
    journal = open_journal(folder, told.device, STAMP, hall_key=told.hall_key)
    journal.open_index(STAMP)
    while journal.check_next(STAMP):
        pass
    assert {finding.what for finding in journal.findings} <= {"index_filled"}
    assert journal.backlog == told.backlog
    assert sum(isinstance(entry, Rating) for entry in journal.entries()) == told.ratings
    assert journal.is_rated("P3", "1")
    lines = lines_of(journal)
    journal.close()
    assert b"".join(export(folder)).startswith(b"".join([line + b"\n" for line in lines]))
