"""The commands of huiyin-hall as real processes: what they print, their exit codes, beside a
running server.
"""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.hall.kit import Chain, make_key
from tests.hall.server import Server, run_hall, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def fill(server: Server, seed: int = 1, visits: int = 5) -> Chain:
    key = make_key(seed)
    assert server.enrol(key).status == 201
    chain = Chain(key).open()
    for number in range(visits):
        chain.visit(f"{seed}-{number}", level=4)
    assert server.send(chain.body()).status == 200
    return chain


def tamper(folder: Path, query: str) -> None:
    """Change the database behind the hall's back."""
    connection = sqlite3.connect(folder / "hall.db")
    with connection:
        connection.execute(query)
    connection.close()


def test_report_beside_a_server_has_every_field(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        name = chain.invite("X")
        chain.end(name, "not_rated")
        chain.leave_out("Y")
        chain.visit(None, 2, mode="walk_up")
        server.send(chain.body())
        report = server.report()
    assert report["by_level"] == {"5": 0, "4": 5, "3": 0, "2": 1, "1": 0}
    assert (report["invitations"], report["ratings"]) == (7, 6)
    assert (report["not_rated"], report["not_asked"], report["windows"]) == (1, 1, 1)
    assert report["rating_rate"] == pytest.approx(5 / 7)
    assert report["satisfaction_rate"] == pytest.approx(5 / 6)
    assert report["reasons"] == {}
    assert report["as_of"].endswith("Z")


def test_report_by_days_hall_and_window(folder: Path) -> None:
    with serving(folder) as server:
        fill(server)
    for more, ratings in (
        (["--from", "2026-03-02", "--to", "2026-03-02"], 5),
        (["--from", "2026-03-03"], 0),
        (["--to", "2026-03-01"], 0),
        (["--hall", "H", "--window", "3"], 5),
        (["--hall", "H", "--window", "4"], 0),
        (["--hall", "elsewhere"], 0),
    ):
        done = run_hall("report", "--data", folder, "--json", *more)
        report = json.loads(done.stdout)
        assert (done.returncode, report["ratings"], report["windows"]) == (0, ratings, ratings // 5)
        assert report["rating_rate"] == (1.0 if ratings else None)


def test_report_for_people_in_both_languages(folder: Path) -> None:
    with serving(folder) as server:
        fill(server)
    english = run_hall("report", "--data", folder)
    chinese = run_hall("report", "--data", folder, env={"LANG": "zh_CN.UTF-8"})
    assert "satisfaction" in english.stdout
    assert "满意率" in chinese.stdout
    assert "100.00 %" in chinese.stdout


def test_an_enrol_code_has_eight_plain_characters_and_an_end(folder: Path) -> None:
    with serving(folder):
        done = run_hall("enrol-code", "--data", folder, "--window", "3", "--json")
    told = json.loads(done.stdout)
    assert set(told["code"]) <= set("ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    assert len(told["code"]) == 8
    assert told["expires_at"].endswith("Z")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["report", "--data", "/nowhere/at/all"], 1, "no hall lives here"),
        (["enrol-code", "--data", "D"], 2, "--window"),
        (["enrol-code", "--data", "D", "--window", ""], 1, "--window"),
        (["enrol-code", "--data", "D", "--window", "3\n"], 1, "--window"),
        (["serve", "--data", "D", "--listen", "8700"], 1, "HOST:PORT"),
        (["serve", "--data", "D", "--listen", "127.0.0.1:99999"], 1, "HOST:PORT"),
        (["serve", "--data", "D", "--listen", "192.0.2.1:80"], 1, "cannot listen"),
        (["report", "--data", "D", "--from", "2026-13-01"], 1, "--from"),
        (["report", "--data", "D", "--from", "2026-03-02", "--to", "2026-03-01"], 1, "after"),
        (["report", "--data", "D", "--to", "20260302"], 1, "--to"),
        (["dance"], 2, "dance"),
        ([], 2, "COMMAND"),
        (["audit", "--data", "D"], 1, "no hall lives here"),
        (["restore", "--data", "D", "--from", "D"], 1, "no backup"),
        (["revoke", "--data", "D", "--device", "x", "--by", "L"], 1, "no hall lives here"),
        (["serve", "--data", "D", "--config", "missing.toml"], 1, "missing.toml"),
    ],
)
def test_bad_input_is_one_clear_line(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = run_hall(*arguments, cwd=tmp_path, env={"PYTHONPATH": str(Path(__file__).parents[2])})
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert code == 2 or len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_every_command_has_help_in_both_languages() -> None:
    from sync.hall.commands import COMMANDS
    from sync.hall.words import PHRASES

    for name in COMMANDS:
        assert all(PHRASES[name])
    done = run_hall("--help")
    assert all(name in done.stdout for name in COMMANDS)


def test_settings_are_checked_whole(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('hal = "x"\ntime_zone = "Mars"\nhall = 5\ntls_key = "k"\n')
    done = run_hall("serve", "--data", tmp_path / "d", "--config", file)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert all(str(file) in line for line in lines)
    for key in ("hal:", "time_zone:", "hall:", "tls_certificate"):
        assert key in done.stderr
    file.write_text("= nonsense")
    done = run_hall("serve", "--data", tmp_path / "d", "--config", file)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_a_hall_named_in_the_settings_is_the_default(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('hall = "锡林浩特"\n')
    with serving(folder, "--config", str(file)) as server:
        done = run_hall(
            *("enrol-code", "--data", folder, "--window", "3", "--json"),
            env={"HUIYIN_CONFIG": str(file)},
        )
        reply = server.enrol(make_key(1), json.loads(done.stdout)["code"])
    assert reply.json["hall"] == "锡林浩特"


def test_a_second_server_of_one_folder_is_refused(folder: Path) -> None:
    with serving(folder):
        done = run_hall("serve", "--data", folder, "--listen", "127.0.0.1:0")
        assert done.returncode == 1
        assert "running here" in done.stderr


def test_a_database_of_a_newer_hall_is_refused_untouched(folder: Path) -> None:
    with serving(folder):
        pass
    tamper(folder, "UPDATE meta SET value = '9'")
    for command in (["serve", "--listen", "127.0.0.1:0"], ["report"], ["audit"]):
        done = run_hall(*command, "--data", folder)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
        assert "newer hall" in done.stderr


def test_a_file_that_is_no_database_is_said(folder: Path) -> None:
    folder.mkdir()
    (folder / "hall.db").write_bytes(b"this is no database at all" * 100)
    done = run_hall("serve", "--data", folder, "--listen", "127.0.0.1:0")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "hall.db" in done.stderr
