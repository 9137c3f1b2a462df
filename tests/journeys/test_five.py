"""A scale other than three, wire to report: every level arrives as it was pressed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devices.profile import find_profile, load_profile
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
profile = "{profile}"
test = "waived"
"""
OWN = """
model = "thumbs"
version = 1
format = "line"
[scale]
name = "thumbs"
levels = ["satisfied", "dissatisfied"]
[levels]
up = "satisfied"
down = "dissatisfied"
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    hall = HallProcess(tmp_path / "hall")
    yield hall
    hall.stop()


@pytest.mark.parametrize("scale", ["five", "thumbs"])
def test_every_level_of_a_scale_reaches_the_report(
    tmp_path: Path, hall: HallProcess, scale: str
) -> None:
    """`thumbs` is a hall's own, and stands in nothing but its panel's profile."""
    (tmp_path / "thumbs.toml").write_text(OWN)
    own = load_profile(tmp_path / "thumbs.toml")
    data, profile = tmp_path / "kiosk", own if scale == "thumbs" else find_profile("huiyin-5")
    code = hall.command("enrol-code", "--window", "5")["code"]
    enrol_by_code(data, hall.url, code)
    (tmp_path / "kiosk.toml").write_text(SETTINGS.format(profile=profile.path))
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
    levels = [records.LEVELS[level] for _, level in profile.keys]
    assert counted["by_level"] == {n: int(int(n) in levels) for n in "54321"}
    assert counted["by_scale"] == {scale: dict.fromkeys(map(str, levels), 1)}
    assert counted["satisfaction_rate"] == sum(level > 2 for level in levels) / len(levels)
    ratings = [e for _, e, _ in show(data / "journal") if isinstance(e, records.Rating)]
    assert [r.level for r in ratings] == levels
    assert {r.scale for r in ratings} == {scale}


def press_all(desk: str, data: Path, panel: VirtualPanel) -> None:
    """Ask five times, and press another key each time; then wait until the hall has it all."""
    url = f"http://{desk}"
    wait_until(lambda: is_up(url), "the desk listens")
    asked_for = len(panel.profile.keys)
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
    wait_until(lambda: report(data.parent)["ratings"] == asked_for, "the hall counts all")


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
