"""The kiosk's commands: bad input is one clear line and a non-zero exit, and nothing is touched."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from sync.identity import Identity, save_identity
from sync.journal import open_journal
from sync.keys import load_or_make
from sync.records import Draft, Stamp, Stray
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT

STAMP = Stamp("2026-01-01T00:00:00.000Z", "b" * 32, 1, "synced")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KIOSK, *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CONFIG": ""},
    )


def check_one_line(done: subprocess.CompletedProcess[str], said: str, status: int = 1) -> None:
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def enrol(data: Path) -> str:
    device = load_or_make(data / "key").device
    save_identity(
        data,
        Identity(
            device=device,
            address="http://127.0.0.1:9",
            hall="h",
            window="3",
            hall_key="",
            echo_secret="",
        ),
    )
    return device


@pytest.fixture
def port() -> str:
    """A port that is there: the far end of a pseudo-terminal."""
    _, slave = os.openpty()
    return os.ttyname(slave)


def test_unknown_settings_key(tmp_path: Path, port: str) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[window]\ncolour = 1\n")
    done = run("run", "--data", str(tmp_path), "--config", str(config), "--panel", port)
    check_one_line(done, r"kiosk\.toml: window\.colour is not a setting; allowed: mode, ")


def test_profile_without_a_full_key_map(tmp_path: Path, port: str) -> None:
    profile = tmp_path / "mine.toml"
    text = (ROOT / "assets" / "panels" / "huiyin-3.toml").read_text("utf-8")
    profile.write_text(re.sub(r'(?m)^3 = "dissatisfied".*\n', "", text), "utf-8")
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[panel]\nprofile = "{profile}"\n')
    done = run("run", "--data", str(tmp_path), "--config", str(config), "--panel", port)
    check_one_line(done, r"mine\.toml: .*levels.*dissatisfied")


def test_panel_model_that_is_not_there(tmp_path: Path, port: str) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[panel]\nmodel = "nobody-9"\n')
    done = run("run", "--data", str(tmp_path), "--config", str(config), "--panel", port)
    check_one_line(done, r"nobody-9.*huiyin-3")


def test_theme_that_is_not_there(tmp_path: Path, port: str) -> None:
    """It was a traceback, at every start."""
    config = tmp_path / "kiosk.toml"
    config.write_text('[screen]\ntheme = "nobody"\n')
    done = run(
        "run", "--headless", "--data", str(tmp_path), "--config", str(config), "--panel", port
    )
    check_one_line(done, r"nobody/theme\.toml: .*No such file")


def test_port_that_is_not_there(tmp_path: Path) -> None:
    done = run("run", "--data", str(tmp_path), "--panel", "/dev/not-here")
    check_one_line(done, r"--panel /dev/not-here: no such port")
    done = run("demo", "--headless", "--data", str(tmp_path), "--panel", "/dev/not-here")
    assert done.returncode == 1
    assert "--panel /dev/not-here: no such port" in done.stderr.splitlines()[-1]


def test_no_port_at_all(tmp_path: Path) -> None:
    check_one_line(run("run", "--data", str(tmp_path)), r"no panel: name its port with --panel")


def test_desk_address_that_is_none(tmp_path: Path, port: str) -> None:
    done = run("run", "--data", str(tmp_path), "--panel", port, "--desk", "8710")
    check_one_line(done, r"--desk '8710': must be HOST:PORT")


def test_journal_from_a_newer_version_is_left_as_it_is(tmp_path: Path, port: str) -> None:
    device = enrol(tmp_path)
    folder = tmp_path / "journal"
    journal = open_journal(folder, device, STAMP)
    journal.append(STAMP, [Draft(Stray, {"key": "1", "why": "uninvited"})])
    journal.close()
    (file,) = folder.glob("*[0-9a-f].ndjson")
    newer = file.read_bytes().replace(b'"v":1', b'"v":2')
    file.write_bytes(newer)
    (folder / "index.db").unlink()
    done = run("run", "--data", str(tmp_path), "--panel", port, "--headless", "--desk", "[::1]:0")
    check_one_line(done, rf"{file.name}.*version 2 of the journal")
    assert file.read_bytes() == newer


@pytest.mark.parametrize("gone", [(), ("index.db",)])
def test_journal_whose_lines_all_claim_a_newer_version(
    tmp_path: Path, port: str, gone: tuple[str, ...]
) -> None:
    device = enrol(tmp_path)
    folder = tmp_path / "journal"
    journal = open_journal(folder, device, STAMP)
    for _ in range(3):
        journal.append(STAMP, [Draft(Stray, {"key": "1", "why": "uninvited"})])
    journal.close()
    (file,) = folder.glob("*[0-9a-f].ndjson")
    newer = file.read_bytes().replace(b'"v":1', b'"v":2')
    file.write_bytes(newer)
    for name in gone:
        (folder / name).unlink()
    done = run("run", "--data", str(tmp_path), "--panel", port, "--headless")
    check_one_line(done, rf"{file.name}.*version 2 of the journal")
    assert file.read_bytes() == newer


def test_journal_held_by_another_kiosk(tmp_path: Path, port: str) -> None:
    device = enrol(tmp_path)
    journal = open_journal(tmp_path / "journal", device, STAMP)
    done = run("run", "--data", str(tmp_path), "--panel", port, "--headless")
    check_one_line(done, r"held by another process")
    journal.close()


def test_identity_that_is_none(tmp_path: Path, port: str) -> None:
    (tmp_path / "identity.json").write_text("{}")
    done = run("run", "--data", str(tmp_path), "--panel", port, "--headless")
    check_one_line(done, r"identity\.json: not an identity")


def test_hall_that_does_not_answer(tmp_path: Path) -> None:
    words = ("enrol", "--data", str(tmp_path), "--hall", "http://127.0.0.1:9", "--code", "ABCDEFGH")
    check_one_line(run(*words), r"unreachable")


def test_journal_that_is_not_there(tmp_path: Path) -> None:
    check_one_line(run("journal", "verify", "--data", str(tmp_path)), r"no journal here")
    check_one_line(run("journal", "show", "--data", str(tmp_path)), r"no journal here")


@pytest.mark.parametrize(
    "words", [(), ("run", "--nonsense"), ("journal",), ("nothing",), ("enrol", "--hall", "x")]
)
def test_wrong_usage_is_exit_2(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [(), ("run",), ("demo",), ("enrol",), ("journal",)])
def test_every_command_has_help(words: tuple[str, ...]) -> None:
    done = run(*words, "--help")
    assert done.returncode == 0
    assert "usage: huiyin-kiosk" in done.stdout


def test_a_journal_is_exported_verbatim_and_healed(tmp_path: Path) -> None:
    device = enrol(tmp_path)
    folder = tmp_path / "journal"
    journal = open_journal(folder, device, STAMP)
    for _ in range(5):
        journal.append(STAMP, [Draft(Stray, {"key": "1", "why": "uninvited"})])
    journal.close()
    (file,) = folder.glob("*[0-9a-f].ndjson")
    whole = file.read_bytes()
    out = tmp_path / "out.ndjson"
    words = ("journal", "export", "--data", str(tmp_path), "--to", str(out))
    assert run(*words).returncode == 0
    assert out.read_bytes() == whole
    check_one_line(run(*words), "exists")
    file.write_bytes(whole.replace(b"uninvited", b"uninvitee", 1) + b'{"torn')
    assert run("journal", "verify", "--data", str(tmp_path)).returncode == 1
    assert run("journal", "heal", "--data", str(tmp_path)).returncode == 0
    assert file.read_bytes() == whole
    assert run("journal", "verify", "--data", str(tmp_path)).returncode == 0


def test_grants_that_are_none(tmp_path: Path) -> None:
    grant = tmp_path / "grant.json"
    for text in ("", "[]", "{}", "\xff"):
        grant.write_text(text)
        done = run("enrol", "--data", str(tmp_path), "--grant", str(grant))
        check_one_line(done, r"grant\.json: not a grant")
    words = ("enrol", "--data", str(tmp_path))
    check_one_line(run(*words, "--grant", str(tmp_path / "none")), "No such file")
    check_one_line(run(*words, "--code", "ABCDEFGH"), "--code needs --hall")
