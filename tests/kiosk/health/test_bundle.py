"""The archive for support holds what is of the box, and no secret, no answer, nobody's name."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from kiosk.health.bundle import redact
from kiosk.kept import load_pin, load_token
from sync.records import Draft, Invitation, Rating, Transaction
from tests.kiosk.health.kit import Box


def make(box: Box, target: Path) -> subprocess.CompletedProcess[str]:
    box.case()
    command = [sys.executable, "-m", "kiosk", "bundle", "--data", str(box.data)]
    command += ["--config", str(box.config), "--to", str(target), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(target: Path) -> dict[str, str]:
    with tarfile.open(target) as archive:
        return {
            member.name: file.read().decode()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box(tmp_path, "/dev/null")
    asked = Transaction(project_no="PROJECT-NO", service_no="1", item_name="ITEM-NAME")
    fields = {"invitation": "a1" * 16, "mode": "invited", "transaction": asked}
    box.write([Draft(Invitation, {**fields, "clerk_no": "CLERK-NO", "expires_ms": 1})])
    box.write([Draft(Rating, {
        "invitation": "a1" * 16, "level": 2, "scale": "three", "key": "3", "panel": "huiyin-3",
        "source": "panel", "revision": 0, "language": "zh", "after_ms": 1,
    })])  # fmt: skip
    box.settings += '[clerks."7"]\nname = "CLERK-NAME"\n[window]\nmode = "walk_up"\n'
    return box


def test_a_bundle_tells_of_the_box_and_of_nobody(box: Box, tmp_path: Path) -> None:
    secrets = [load_token(box.data), load_pin(box.data), box.identity.echo_secret]
    done = make(box, tmp_path / "one.tar.gz")
    assert done.returncode == 0, done.stderr
    parts = read(tmp_path / "one.tar.gz")
    assert set(parts) == {
        "doctor.json", "machine.json", "kiosk.toml", "journal.ndjson", "files.txt",
    }  # fmt: skip
    everything = "".join(parts.values())
    hidden = [*secrets, "PROJECT-NO", "ITEM-NAME", "CLERK-NO", "CLERK-NAME", '"level"', '"key":']
    assert [word for word in hidden if word in everything] == []
    assert box.identity.device in parts["machine.json"]
    assert 'mode = "walk_up"' in parts["kiosk.toml"]
    assert '"kind": "rating"' in parts["journal.ndjson"]


def test_no_hash_goes_from_which_a_level_could_be_guessed(box: Box, tmp_path: Path) -> None:
    box.raise_fault("bad_frame")  # the line after the rating carries the rating's hash
    make(box, tmp_path / "one.tar.gz")
    journal = read(tmp_path / "one.tar.gz")["journal.ndjson"]
    assert "bad_frame" in journal
    assert "prev" not in journal


def test_a_bundle_is_never_written_over_a_file(box: Box, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("kept")
    done = make(box, target)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert target.read_text() == "kept"


def test_a_bundle_of_no_folder_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk", "bundle", "--data", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_whatever_opens_something_is_hidden() -> None:
    text = '[a]\npin = "1234"\ndesk-token="x"\nport = "p" # no pin = here\n[clerks.1]\nname = "n"\n'
    told = redact(text)
    assert "1234" not in told
    assert '"x"' not in told
    assert 'port = "p"' in told
    assert '"n"' not in told


CLERKS = [
    '[clerks.7]\nname = "NAME"\n',
    '[ clerks . "7" ]\nname = "NAME"\n',
    'clerks.7.name = "NAME"\n',
    'clerks = { 7 = { name = "NAME" } }\n',
]
SECRETS = [
    '[desk]\ntoken = """\nNAME\n"""\n',
    '[desk]\n"token" = "NAME"\n',
    '[desk]\nsecrets = [{ pin = "NAME" }]\n',
    "# NAME works here on Mondays\n",
]


@pytest.mark.parametrize("style", [*CLERKS, *SECRETS, *(f"{style}= no TOML\n" for style in CLERKS)])
def test_names_and_secrets_stay_here_however_they_are_written(style: str) -> None:
    told = redact(f'{style}[window]\nmode = "walk_up"\n')
    assert "NAME" not in told
    assert 'mode = "walk_up"' in told
