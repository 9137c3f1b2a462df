"""Hall to desk: a list of clerks comes by heartbeat, and signs them on when the hall is gone."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from kiosk.demo.hall import HallProcess
from sync.identity import enrol_by_code
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.journeys.test_desk import call, find_port
from tests.journeys.test_five import is_up

SETTINGS = '[panel]\nmodel = "pattern-3210"\ntest = "waived"\n'


@pytest.mark.slow
def test_clerks_sign_on_by_the_halls_list_without_the_hall(tmp_path: Path) -> None:
    data, desk = tmp_path / "kiosk", f"127.0.0.1:{find_port()}"
    hall = HallProcess(tmp_path / "hall")
    listed = tmp_path / "clerks.csv"
    listed.write_text("clerk_no,name,pin,badge\n0172,王芳,4821,B-0172\n", "utf-8")
    try:
        enrol_by_code(data, hall.url, hall.command("enrol-code", "--window", "3")["code"])
        hall.command("clerks", "import", "--file", str(listed), "--by", "Li")
        (data / "kiosk.toml").write_text(SETTINGS)
        with kiosk_runs(data, desk):
            wait_until((data / "desk-clerks").exists, "the list came")
            hall.stop()
            sign_on(desk, data)
        with kiosk_runs(data, desk):  # and after a start without a hall
            sign_on(desk, data)
    finally:
        hall.stop()


@contextmanager
def kiosk_runs(data: Path, desk: str) -> Iterator[None]:
    """A kiosk whose desk listens, ended cleanly."""
    with VirtualPanel(find_profile("pattern-3210")) as panel:
        words = ["--data", str(data), "--desk", desk, "--panel", panel.path]
        config = ["--config", str(data / "kiosk.toml")]
        kiosk = subprocess.Popen([*KIOSK, "run", "--headless", *words, *config], cwd=ROOT)
        try:
            wait_until(lambda: is_up(f"http://{desk}"), "the desk listens")
            yield
            kiosk.terminate()
            assert kiosk.wait(PATIENCE_S) == 0
        finally:
            kiosk.kill()
            kiosk.wait()


def sign_on(desk: str, data: Path) -> None:
    """Nobody by a wrong PIN; one by number and PIN, and again by badge."""
    token = (data / "desk-token").read_text().strip()
    with call(f"http://{desk}", token) as client:

        def put(**told: str) -> httpx.Response:
            return client.put("/v1/window", json={"state": "open", **told})

        assert put(clerk_no="0172", pin="4822").status_code == 403
        assert put(clerk_no="0666", pin="4821").status_code == 403
        assert put(clerk_no="0172", pin="4821").json()["clerk_no"] == "0172"
        assert put(badge="B-0172").json()["clerk_no"] == "0172"
        assert put(badge="B-0666").status_code == 403
