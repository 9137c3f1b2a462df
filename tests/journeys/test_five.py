"""A five-key panel, wire to report: every level of its scale arrives as it was pressed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from kiosk.demo.hall import HallProcess
from sync import records
from sync.identity import enrol_by_code
from sync.verify import show
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, report, wait_until
from tests.journeys.test_desk import find_port

SETTINGS = """
[window]
chosen_s = 0.4
reason_s = 0.4
thanks_s = 0.2
[panel]
model = "huiyin-5"
test = "waived"
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    hall = HallProcess(tmp_path / "hall")
    yield hall
    hall.stop()


def test_five_levels_reach_the_report(tmp_path: Path, hall: HallProcess) -> None:
    data, profile = tmp_path / "kiosk", find_profile("huiyin-5")
    code = hall.command("enrol-code", "--window", "5")["code"]
    enrol_by_code(data, hall.url, code)
    (tmp_path / "kiosk.toml").write_text(SETTINGS)
    desk = f"127.0.0.1:{find_port()}"
    with VirtualPanel(profile) as panel:
        words = ["run", "--headless", "--data", str(data), "--desk", desk, "--panel", panel.path]
        kiosk = subprocess.Popen(
            [*KIOSK, *words, "--config", str(tmp_path / "kiosk.toml")], cwd=ROOT
        )
        try:
            press_all(desk, data, panel)
        finally:
            kiosk.terminate()
            assert kiosk.wait(PATIENCE_S) == 0
    counted = report(tmp_path)
    assert counted["by_level"] == dict.fromkeys("54321", 1)
    assert counted["satisfaction_rate"] == 3 / 5
    ratings = [e for _, e, _ in show(data / "journal") if isinstance(e, records.Rating)]
    assert [r.level for r in ratings] == [records.LEVELS[level] for _, level in profile.keys]
    assert {r.scale for r in ratings} == {"five"}


def press_all(desk: str, data: Path, panel: VirtualPanel) -> None:
    """Ask five times, and press another key each time; then wait until the hall has it all."""
    url = f"http://{desk}"
    wait_until(lambda: is_up(url), "the desk listens")
    token = (data / "desk-token").read_text().strip()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        for number, (key, _) in enumerate(panel.profile.keys):
            panel.heartbeat()
            asked = client.post(
                "/v1/invitations", json={"project_no": f"P{number}", "service_no": "1"}
            )
            assert asked.status_code == 201, asked.text
            panel.press(key, 60)
            path = f"/v1/invitations/{asked.json()['invitation']}"
            wait_until(lambda path=path: client.get(path).json()["state"] == "rated", "rated")
    wait_until(lambda: report(data.parent)["ratings"] == 5, "the hall counts five")


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
