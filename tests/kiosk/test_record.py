"""`huiyin-kiosk journal verify` and `show`: what is said of a journal, to people and machines."""

import json
from pathlib import Path

import pytest

from sync.journal import open_journal
from sync.lines import ENDING
from tests.kiosk.test_commands import check_one_line, enrol, run
from tests.sync.kit import STAMP, visit


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The line file of a journal of one visit."""
    journal = open_journal(tmp_path / "journal", enrol(tmp_path), STAMP)
    for drafts in visit(7):
        journal.append(STAMP, drafts)
    journal.index()
    journal.close()
    return tmp_path / "journal" / (journal.head.epoch + ENDING)


def test_show_prints_every_entry_and_with_json_the_lines_as_they_stand(
    tmp_path: Path, file: Path
) -> None:
    done = run("journal", "show", "--data", str(tmp_path), "--json")
    assert (done.returncode, done.stdout.encode()) == (0, file.read_bytes())
    done = run("journal", "show", "--data", str(tmp_path))
    assert [line.split()[3] for line in done.stdout.splitlines()] == [
        "invitation",
        "rating",
        "outcome",
    ]
    assert '"level": 5' in done.stdout


def test_show_prints_a_line_that_is_none_as_it_stands(tmp_path: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"not JSON\n")
    done = run("journal", "show", "--data", str(tmp_path))
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith("not JSON")


def test_show_of_no_journal_is_one_clear_line(tmp_path: Path) -> None:
    check_one_line(run("journal", "show", "--data", str(tmp_path)), "no journal here")


def test_verify_names_file_and_line(tmp_path: Path, file: Path) -> None:
    words = ("journal", "verify", "--data", str(tmp_path))
    assert run(*words).returncode == 0
    file.write_bytes(file.read_bytes().replace(b'"level":5', b'"level":1'))
    done = run(*words)
    assert done.returncode == 1
    assert any(f"{file.name} line 2" in line for line in done.stdout.splitlines()), done.stdout
    told = json.loads(run(*words, "--json").stdout)
    assert (told["whole"], told["epochs"], told["entries"]) == (False, 1, 3)
    assert {(one["what"], one["first"]) for one in told["findings"]} == {
        ("altered", 2),
        ("differs", 2),
    }
