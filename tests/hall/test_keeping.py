"""The commands of those who keep a hall, as real processes beside a running server."""

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
