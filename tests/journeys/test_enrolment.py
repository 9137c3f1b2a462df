"""Ways to become known: a grant while no hall is in reach, a hall under its own authority, a new
card in the place of a broken one.
"""

import json
import subprocess
from pathlib import Path

import pytest

from sync.identity import load_identity
from tests.hall.server import LIVENESS_S, Server, run_hall, serving
from tests.journeys.posts import Post, audit
from tests.journeys.stand import HALL, ROOT, wait_until


def save_grant(hall: Path, place: Path, address: str, window: str) -> Path:
    done = run_hall("grant", "--data", hall, "--window", window, "--address", address)
    assert done.returncode == 0, done.stderr
    place.write_text(done.stdout)
    return place


@pytest.mark.slow
def test_a_grant_lets_a_kiosk_serve_before_it_ever_met_its_hall(tmp_path: Path) -> None:
    with serving(hall := tmp_path / "hall") as server:
        port, address = server.port, server.address
    stick = save_grant(hall, tmp_path / "grant.json", address, "7")
    post = Post(tmp_path / "kiosk")
    told = json.loads(post.command("enrol", "--grant", str(stick), "--json"))
    assert (told["window"], told["hall"]) == ("7", "大厅")
    assert post.identity.grant is not None
    with post.running() as kiosk:
        kiosk.rate()  # nobody but the stick said that it may
        server = Server(hall, port)
        wait_until(lambda: server.report("--window", "7")["ratings"] == 1, "it is counted")
        kiosk.wait_receipted()
    known = post.identity
    assert known.grant is None
    assert known.echo_secret
    assert server.stop() == 0
    assert audit(hall) == (0, [])


@pytest.mark.slow
def test_a_grant_that_another_box_used_puts_the_window_out_of_service(tmp_path: Path) -> None:
    with serving(hall := tmp_path / "hall") as server:
        stick = save_grant(hall, tmp_path / "grant.json", server.address, "7")
        Post(tmp_path / "first").command("enrol", "--grant", str(stick))
        port = server.port
    second = Post(tmp_path / "second")
    second.command("enrol", "--grant", str(stick))
    server = Server(hall, port)
    with second.running() as kiosk:
        wait_until(lambda: kiosk.state() == "fault", "it says that it is not known")
    assert server.report()["ratings"] == 0
    assert server.stop() == 0


@pytest.mark.slow
def test_a_forged_grant_is_refused_with_no_hall_in_reach(tmp_path: Path) -> None:
    with serving(hall := tmp_path / "hall") as server:
        address = server.address
    stick = save_grant(hall, tmp_path / "grant.json", address, "7")
    stick.write_text(stick.read_text().replace('"window": "7"', '"window": "8"'))
    post = Post(tmp_path / "kiosk")
    post.command("enrol", "--grant", str(stick), status=1)
    assert load_identity(post.data) is None


@pytest.mark.slow
def test_a_kiosk_reaches_a_hall_under_its_own_authority(tmp_path: Path) -> None:
    hall, file = tmp_path / "hall", tmp_path / "hall.toml"
    done = run_hall("tls", "init", "--data", hall, "--name", "127.0.0.1", "--json")
    made = json.loads(done.stdout)
    file.write_text(f"tls_certificate = '{made['certificate']}'\ntls_key = '{made['key']}'\n")
    command = [*HALL, "serve", "--data", str(hall), "--json", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*command, "--config", str(file)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["hall"]
        assert address.startswith("https://")
        code = json.loads(run_hall("enrol-code", "--data", hall, "--window", "1", "--json").stdout)
        post = Post(tmp_path / "kiosk")
        asked = ("enrol", "--hall", address, "--code", code["code"])
        post.command(*asked, status=1)  # nobody it trusts signed that certificate
        post.command(*asked, "--ca", made["ca"])
        with post.running() as kiosk:
            kiosk.rate()
            kiosk.wait_receipted()
    finally:
        process.terminate()
        process.communicate(timeout=LIVENESS_S)
    assert process.returncode == 0
    assert audit(hall) == (0, [])


@pytest.mark.slow
def test_a_new_card_is_enrolled_again_beside_the_old_one_which_is_revoked(
    tmp_path: Path,
) -> None:
    with serving(hall := tmp_path / "hall") as server:
        post = Post(tmp_path / "kiosk")
        post.enrol(server, "1")
        with post.running() as kiosk:
            kiosk.rate()
            kiosk.wait_receipted()
            old = post.identity.device
            run_hall("revoke", "--data", hall, "--device", old, "--by", "Li Hua", "--note", "card")
            kiosk.rate()  # nobody told the window yet: the hall refuses what comes
            wait_until(lambda: kiosk.state() == "fault", "it says that it is revoked")
        post.lose_card()
        post.enrol(server, "1")
        assert post.identity.device != old
        with post.running() as kiosk:
            kiosk.rate()
            kiosk.wait_receipted()
        assert server.report("--window", "1")["ratings"] == 2
    assert audit(hall) == (0, [])
