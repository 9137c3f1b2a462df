"""The commands of huiyin-hall as real processes: what they print, their exit codes, beside a
running server.
"""

import json
import sqlite3
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sync.wire import enrolment_text
from tests.hall.kit import Chain, make_key
from tests.hall.server import LIVENESS_S, START_AT, Server, run_hall, serving


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


def test_audit_beside_a_server_then_of_an_altered_one(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        done = run_hall("audit", "--data", folder, "--counts")
        assert (done.returncode, "Whole: 16" in done.stdout) == (0, True), done.stdout
    tamper(
        folder,
        """UPDATE entries SET line = replace(line, '"level":4', '"level":5')
        WHERE seq = 3""",
    )
    tamper(folder, "UPDATE rollups SET n = n + 1")
    done = run_hall("audit", "--data", folder, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(one["kind"], one["device"], one["epoch"], one["seq"]) for one in told["findings"]] == [
        ("altered", chain.key.device, chain.epoch, 3)
    ]
    done = run_hall("audit", "--data", folder, "--counts")
    assert done.returncode == 1
    assert "miscounted" in done.stdout


def test_accepting_a_finding_needs_a_name(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        other = Chain(chain.key, chain.epoch).open("9")
        assert server.send(other.body()).status == 409
        finding = json.loads(run_hall("audit", "--data", folder, "--json").stdout)["findings"][0]
        assert finding["kind"] == "fork"
        assert run_hall("accept", "--data", folder, "--finding", finding["id"]).returncode == 2
        wrong = run_hall("accept", "--data", folder, "--finding", "feed", "--by", "Li Hua")
        assert wrong.returncode == 1
        done = run_hall("accept", "--data", folder, "--finding", finding["id"], "--by", "Li Hua")
        assert done.returncode == 0
        assert run_hall("audit", "--data", folder).returncode == 0


def test_a_revoked_device_is_refused_at_once(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        done = run_hall(
            *("revoke", "--data", folder, "--device", chain.key.device, "--by", "Li Hua")
        )
        assert done.returncode == 0
        chain.visit("AFTER")
        reply = server.send(chain.body())
        assert (reply.status, reply.word) == (403, "device-revoked")
        reply = server.beat(chain.key)
        assert (reply.status, reply.word) == (403, "device-revoked")
        assert server.report()["ratings"] == 5


def test_an_epoch_that_was_confirmed_counts_beside_a_server(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        lost = Chain(chain.key, prev="ab" * 32).open()
        lost.visit("LOST")
        server.send(lost.body())
        assert server.report()["ratings"] == 5
        done = run_hall(
            *("confirm", "--data", folder, "--device", chain.key.device),
            *("--epoch", lost.epoch, "--by", "Li Hua"),
        )
        assert done.returncode == 0, done.stderr
        assert server.report()["ratings"] == 6
        lost.visit("MORE")
        server.send(lost.body())
        assert server.report()["ratings"] == 7
        assert run_hall("audit", "--data", folder, "--counts").returncode == 0


def test_a_backup_beside_a_server_restored_gets_the_rest_back(tmp_path: Path, folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        done = run_hall("backup", "--data", folder, "--to", tmp_path / "b", "--json")
        assert json.loads(done.stdout)["entries"] == 16
        assert run_hall("backup", "--data", folder, "--to", tmp_path / "b").returncode == 1
        chain.visit("LATER", level=2)
        server.send(chain.body())
        whole = server.report()
        done = run_hall("restore", "--data", folder, "--from", tmp_path / "b")
        assert (done.returncode, "running here" in done.stderr) == (1, True)
    done = run_hall("restore", "--data", folder, "--from", tmp_path / "b")
    assert done.returncode == 0, done.stderr
    with serving(folder) as server:
        assert server.report()["ratings"] == 5
        chain.visit("NEXT")
        reply = server.send(chain.body(20))
        assert (reply.status, reply.word) == (409, "gap")
        head = reply.json["head"]["seq"]
        assert server.send(chain.body(head + 1)).json["accepted"] == 6
        report = server.report()
        assert report["ratings"] == whole["ratings"] + 1
        assert run_hall("audit", "--data", folder).returncode == 0


def test_a_grant_enrols_a_kiosk_once(folder: Path) -> None:
    with serving(folder) as server:
        done = run_hall(*("grant", "--data", folder, "--window", "5", "--address", server.address))
        grant = json.loads(done.stdout)
        key = make_key(6)
        signature = key.sign(enrolment_text(grant["grant"], key.public, START_AT))
        body = {"grant": grant, "public_key": key.public, "at": START_AT, "signature": signature}
        first = server.ask("POST", "/v1/enrolments", json.dumps(body).encode())
        assert (first.status, first.json["window"]) == (201, "5")
        again = server.ask("POST", "/v1/enrolments", json.dumps(body).encode())
        assert (again.status, again.json) == (201, first.json)
        forged = body | {"grant": grant | {"window": "6"}}
        reply = server.ask("POST", "/v1/enrolments", json.dumps(forged).encode())
        assert (reply.status, reply.word) == (401, "signature")
        other = make_key(7)
        signature = other.sign(enrolment_text(grant["grant"], other.public, START_AT))
        taken = body | {"public_key": other.public, "signature": signature}
        reply = server.ask("POST", "/v1/enrolments", json.dumps(taken).encode())
        assert (reply.status, reply.word) == (410, "code-expired")


def test_fleet_shows_every_kiosk(folder: Path) -> None:
    with serving(folder) as server:
        chain = fill(server)
        head = {"epoch": chain.epoch, "seq": 20, "hash": "0" * 64}
        server.beat(chain.key, head=head)
        done = run_hall("fleet", "--data", folder, "--json")
    (kiosk,) = json.loads(done.stdout)["kiosks"]
    assert (kiosk["device"], kiosk["missing"], kiosk["alarms"]) == (chain.key.device, 4, [])


def test_a_hall_serves_under_its_own_authority(tmp_path: Path, folder: Path) -> None:
    done = run_hall("tls", "init", "--data", folder, "--name", "127.0.0.1", "--json")
    made = json.loads(done.stdout)
    file = tmp_path / "hall.toml"
    file.write_text(f"tls_certificate = '{made['certificate']}'\ntls_key = '{made['key']}'\n")
    assert oct(Path(made["key"]).stat().st_mode & 0o777) == "0o600"
    command = [sys.executable, "-m", "sync.hall", "serve", "--data", str(folder), "--json"]
    command += ["--listen", "127.0.0.1:0", "--config", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["hall"]
        assert address.startswith("https://")
        context = ssl.create_default_context(cafile=made["ca"])
        with urllib.request.urlopen(f"{address}/healthz", context=context) as answer:
            assert answer.status == 200
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{address}/healthz")
    finally:
        process.terminate()
        process.communicate(timeout=LIVENESS_S)
    again = run_hall("tls", "init", "--data", folder, "--name", "hall.example", "--json")
    assert json.loads(again.stdout)["ca"] == made["ca"]
    bad = run_hall("tls", "init", "--data", folder, "--name", "no\u4e2d")
    assert (bad.returncode, len(bad.stderr.splitlines())) == (1, 1)
