"""Business system, hall and kiosk: asked through the hall, answered at the window, echoed."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from sync.identity import enrol_by_code, load_identity
from sync.token import ECHO, RATE, write_token
from tests.hall.server import Server, run_hall
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.journeys.test_desk import call, find_port
from tests.journeys.test_five import is_up

MODEL = "huiyin-3"
SETTINGS = f'''
[window]
chosen_s = 0.6
reason_s = 0.4
thanks_s = 0.2
[panel]
model = "{MODEL}"
test = "waived"
'''
BEAT_S = 1.0


class World:
    """A hall, a kiosk that it enrolled, and a system with a token: each a process or a client."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "kiosk"
        port = find_port()
        (folder / "hall.toml").write_text(f'echo_url = "http://127.0.0.1:{port}"\n')
        config = ("--config", str(folder / "hall.toml"))
        self.hall = Server(folder / "hall", port, *config)
        enrol_by_code(self.data, self.hall.address, self.hall.make_code())
        words = ["system", "add", "--data", folder / "hall", "--name", "one", "--by", "Li"]
        token = json.loads(run_hall(*words, "--json").stdout)["token"]
        self.token: str = token
        self.system = call(self.hall.address, token)
        (self.data / "kiosk.toml").write_text(SETTINGS)
        self.panel = VirtualPanel(find_profile(MODEL))
        self.lock, self.ending = threading.Lock(), threading.Event()
        self.heart = threading.Thread(target=self._live, daemon=True)
        self.heart.start()
        desk = f"127.0.0.1:{find_port()}"
        command = [*KIOSK, "run", "--headless", "--data", str(self.data), "--desk", desk]
        command += ["--panel", self.panel.path, "--config", str(self.data / "kiosk.toml")]
        self.kiosk = subprocess.Popen(command, cwd=ROOT)
        wait_until(lambda: is_up(f"http://{desk}"), "the desk listens")
        self.desk = call(f"http://{desk}", (self.data / "desk-token").read_text().strip())
        wait_until(lambda: self.ask("P0").status_code == 201, "the hall hears the kiosk")
        self.end("P0")

    def _live(self) -> None:
        while not self.ending.wait(BEAT_S):
            self.do("serve")
            self.do("heartbeat")

    def do(self, act: str, *words: str) -> None:
        with self.lock:
            getattr(self.panel, act)(*words)

    def ask(self, project: str) -> httpx.Response:
        body = {"project_no": project, "service_no": "1"}
        return self.system.post("/v1/windows/3/invitations", json=body)

    def state(self, name: str) -> str:
        told: dict[str, Any] = self.system.get(f"/v1/invitations/{name}").json()
        assert set(told) == {"invitation", "state"}
        return str(told["state"])

    def end(self, project: str) -> None:
        name = self.ask(project).json()["invitation"]
        self.wait_asked()
        assert self.system.delete(f"/v1/invitations/{name}").json()["state"] == "cancelled"

    def wait_asked(self, state: str = "asking") -> None:
        wait_until(lambda: self.desk.get("/v1/status").json()["state"] == state, state)

    def open_page(self, purpose: str, name: str) -> str:
        identity = load_identity(self.data)
        assert identity is not None
        token = write_token(identity.device, name, identity.echo_secret, purpose)
        page = httpx.get(f"{self.hall.address}/{purpose[0]}/{token}?lang=en")
        assert page.status_code == 200
        return page.text

    def close(self) -> None:
        self.kiosk.kill()
        self.kiosk.wait()
        self.ending.set()
        self.heart.join(PATIENCE_S)
        self.panel.close()
        self.system.close()
        self.desk.close()
        self.hall.kill()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.mark.slow
def test_asked_through_the_hall_and_echoed_to_the_citizen(world: World) -> None:
    name = world.ask("P1").json()["invitation"]
    world.wait_asked()
    assert (world.ask("P1").status_code, world.state(name)) == (200, "waiting")
    assert "On its way" in world.open_page(ECHO, name)
    world.do("press", "3")
    wait_until(lambda: world.state(name) == "rated", "rated")
    assert "Counted by the hall" in world.open_page(ECHO, name)
    assert "has its rating" in world.open_page(RATE, name)
    assert world.ask("P1").status_code == 409
    assert world.system.delete(f"/v1/invitations/{name}").status_code == 409
    # What the kiosk will show on its thanks is where the hall is.
    settled = json.loads((world.data / "hall-settings.json").read_text())
    assert settled["echo_url"] == world.hall.address


@pytest.mark.slow
def test_what_the_window_cannot_do_is_said_by_its_entries(world: World) -> None:
    world.wait_asked("free")
    first = world.ask("P1").json()["invitation"]
    world.wait_asked()
    second = world.ask("P2").json()["invitation"]
    wait_until(lambda: world.state(first) == "superseded", "superseded")
    assert world.state(second) == "waiting"
    own = world.desk.post("/v1/invitations", json={"project_no": "P3", "service_no": "1"}).json()
    wait_until(lambda: world.state(second) == "superseded", "superseded by the desk's")
    same = world.ask("P3").json()["invitation"]
    wait_until(lambda: world.state(same) == "superseded", "the desk asks about it already")
    assert world.desk.get(f"/v1/invitations/{own['invitation']}").json()["state"] == "waiting"
    assert world.desk.put("/v1/window", json={"state": "paused"}).status_code == 200
    wait_until(lambda: world.ask("P4").status_code == 409, "the hall knows that it is paused")
    assert world.desk.put("/v1/window", json={"state": "open"}).status_code == 200
    wait_until(lambda: world.ask("P4").status_code == 201, "the hall knows that it is open")
    world.end("P4")
    world.do("unplug")
    world.wait_asked("fault")
    lost = world.ask("P5")
    if lost.status_code == 201:  # the hall had not heard of it yet
        wait_until(lambda: world.state(lost.json()["invitation"]) == "interrupted", "interrupted")
        wait_until(lambda: world.ask("P6").status_code == 503, "the hall hears of the fault")
    refused = world.ask("P7")
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:huiyin:panel-lost")
    assert int(refused.headers["retry-after"]) > 0
    world.do("replug")
    wait_until(lambda: world.ask("P8").status_code == 201, "it is asked again")


@pytest.mark.slow
def test_the_examples_ask_through_the_hall(world: World) -> None:
    world.wait_asked("free")
    env = os.environ | {
        "HUIYIN_DESK": world.hall.address,
        "HUIYIN_TOKEN": world.token,
        "HUIYIN_WINDOW": "3",
    }
    for command in ([sys.executable, "ask.py"], ["sh", "ask.sh"]):
        if command[0] == "sh" and shutil.which("curl") is None:
            continue
        asking = subprocess.Popen(
            [*command, command[1], "1"],
            env=env,
            cwd=ROOT / "deploy" / "examples",
            stdout=subprocess.PIPE,
            text=True,
        )
        world.wait_asked()
        world.do("press", "1")
        out, _ = asking.communicate(timeout=PATIENCE_S)
        assert json.loads(out)["state"] == "rated"
        world.wait_asked("free")
