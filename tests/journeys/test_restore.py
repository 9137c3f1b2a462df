"""A hall restored from an older backup gets back by itself what it lost, from kiosks that wait."""

from pathlib import Path

import pytest

from tests.hall.server import Server, run_hall
from tests.journeys.posts import Post, audit
from tests.journeys.stand import wait_until


@pytest.mark.slow
def test_nobody_presses_and_all_of_it_comes_back(tmp_path: Path) -> None:
    hall, backup = tmp_path / "hall", tmp_path / "backup"
    post = Post(tmp_path / "kiosk")
    server = Server(hall)
    post.enrol(server, "1")
    with post.running() as kiosk:
        kiosk.rate(2)
        kiosk.wait_receipted()
        assert run_hall("backup", "--data", hall, "--to", backup).returncode == 0
        kiosk.rate(2, key="3")
        kiosk.wait_receipted()
        before = server.report()
        assert server.stop() == 0
        done = run_hall("restore", "--data", hall, "--from", backup)
        assert done.returncode == 0, done.stderr
        server = Server(hall, server.port)
        wait_until(lambda: server.report()["ratings"] == 4, "what was lost is back")
        kiosk.wait_receipted()
    after = server.report()
    assert after | {"as_of": ""} == before | {"as_of": ""}
    assert server.stop() == 0
    assert audit(hall) == (0, [])
    post.command("journal", "verify")
