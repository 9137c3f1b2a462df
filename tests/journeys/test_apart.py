"""Business system, kiosk and hall on hosts of their own: three network namespaces on one bridge.

Only addresses of these namespaces are ever spoken to; they are made here and taken away again.
"""

import hashlib
import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from tests.journeys.hosts import ADDRESS, Network, find_reason
from tests.journeys.stand import HALL, KIOSK, PATIENCE_S, ROOT, wait_until

HALL_PORT, DESK_PORT = 8700, 8710
SETTINGS = """
[window]
chosen_s = 0.6
reason_s = 0.4
thanks_s = 0.2
[panel]
model = "huiyin-3"
test = "waived"
"""
ASK = ROOT / "deploy" / "examples" / "ask.py"
CLIENT = """
import json, ssl, sys, urllib.error, urllib.request
method, url, token, ca, body = sys.argv[1:]
headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
data = body.encode() if body else None
context = ssl.create_default_context(cafile=ca) if ca else None
try:
    asked = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=60, context=context) as answer:
        print(json.dumps([answer.status, json.load(answer)]))
except urllib.error.HTTPError as error:
    print(json.dumps([error.code, json.load(error)]))
"""


class World:
    """A hall under its own authority, a kiosk with a desk for others, a system with both tokens."""

    def __init__(self, folder: Path, network: Network) -> None:
        self.network = network
        self.hall_data, self.data = folder / "hall", folder / "kiosk"
        self._running: list[subprocess.Popen[bytes]] = []
        self._ending, self._lock = threading.Event(), threading.Lock()
        self._folder = folder

    def open(self) -> None:
        """Start everything; `close` ends what of it has begun."""
        folder = self._folder
        self.hall_ca = self._start_hall()
        self._enrol()
        (folder / "kiosk.toml").write_text(SETTINGS)
        self.panel = VirtualPanel(find_profile("huiyin-3"))
        self._heart = threading.Thread(target=self._live, daemon=True)
        self._heart.start()
        self.start("kiosk", *KIOSK, "run", "--headless", "--data", self.data,
                   "--config", folder / "kiosk.toml", "--panel", self.panel.path,
                   "--desk", f"{ADDRESS['kiosk']}:{DESK_PORT}")  # fmt: skip
        wait_until((self.data / "desk-cert.pem").exists, "the desk has a certificate")
        self.desk_token = (self.data / "desk-token").read_text().strip()
        wait_until(lambda: self.is_up(), "the desk answers")

    def _start_hall(self) -> Path:
        address = ADDRESS["hall"]
        made = subprocess.run(
            [*HALL, "tls", "init", "--data", self.hall_data, "--name", address, "--json"],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        told = json.loads(made.stdout)
        settings = self.hall_data.with_name("hall.toml")
        settings.write_text(
            f'tls_certificate = "{told["certificate"]}"\ntls_key = "{told["key"]}"\n'
        )
        self.start("hall", *HALL, "serve", "--data", self.hall_data, "--config", settings,
                   "--listen", f"{address}:{HALL_PORT}")  # fmt: skip
        return Path(told["ca"])

    def _enrol(self) -> None:
        words = ["enrol-code", "--data", self.hall_data, "--window", "3", "--json"]
        code = json.loads(self.network.on("hall", *HALL, *words))["code"]
        enrol = [*KIOSK, "enrol", "--data", self.data, "--hall", self.hall_url, "--code", code]

        def is_known() -> bool:
            done = subprocess.run(
                self.network.inside("kiosk", *enrol, "--ca", self.hall_ca),
                capture_output=True, check=False, cwd=ROOT,
            )  # fmt: skip
            return done.returncode == 0

        wait_until(is_known, "the kiosk is enrolled")
        words = ["system", "add", "--data", self.hall_data, "--name", "one", "--by", "Li", "--json"]
        self.hall_token = json.loads(self.network.on("hall", *HALL, *words))["token"]

    @property
    def hall_url(self) -> str:
        return f"https://{ADDRESS['hall']}:{HALL_PORT}"

    def start(self, host: str, *command: object, **more: Any) -> None:
        inside = self.network.inside(host, *command)
        self._running.append(subprocess.Popen(inside, cwd=ROOT, **more))

    def _live(self) -> None:
        while not self._ending.wait(1.0):
            with self._lock:
                self.panel.serve()
                self.panel.heartbeat()

    def press(self, key: str) -> None:
        with self._lock:
            self.panel.press(key)

    def ask_hall(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        return self._ask(method, self.hall_url + path, self.hall_token, self.hall_ca, body)

    def ask_desk(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """As a system that was given the kiosk's certificate."""
        url = f"https://{ADDRESS['kiosk']}:{DESK_PORT}{path}"
        return self._ask(method, url, self.desk_token, self.data / "desk-cert.pem", body)

    def _ask(self, method: str, url: str, token: str, ca: Path, body: object) -> tuple[int, Any]:
        words = [method, url, token, ca, json.dumps(body) if body is not None else ""]
        told = json.loads(self.network.on("system", sys.executable, "-c", CLIENT, *words))
        return told[0], told[1]

    def is_up(self) -> bool:
        words = ["GET", f"https://{ADDRESS['kiosk']}:{DESK_PORT}/healthz", "-"]
        words += [str(self.data / "desk-cert.pem"), ""]
        done = subprocess.run(
            self.network.inside("system", sys.executable, "-c", CLIENT, *words),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def wait_state(self, state: str) -> None:
        wait_until(lambda: self.ask_desk("GET", "/v1/status")[1]["state"] == state, state)

    def report(self) -> dict[str, Any]:
        words = ["report", "--data", self.hall_data, "--json"]
        told: dict[str, Any] = json.loads(self.network.on("hall", *HALL, *words))
        return told

    def close(self) -> None:
        for process in reversed(self._running):
            process.terminate()
            process.wait(PATIENCE_S)
        if hasattr(self, "_heart"):
            self._ending.set()
            self._heart.join(PATIENCE_S)
            self.panel.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if reason := find_reason():
        pytest.skip(reason)
    network = Network()
    made = World(tmp_path_factory.mktemp("apart"), network)
    try:
        made.open()
        yield made
    finally:
        made.close()
        network.close()


def matter(number: str) -> dict[str, str]:
    return {"project_no": number, "service_no": "1"}


@pytest.mark.slow
def test_a_system_asks_through_the_hall(world: World) -> None:
    asked: list[Any] = []

    def is_taken() -> bool:  # until the hall has heard the kiosk's first heartbeat
        asked[:] = world.ask_hall("POST", "/v1/windows/3/invitations", matter("H1"))
        return bool(asked[0] in (200, 201))

    wait_until(is_taken, "the hall takes it")
    name = asked[1]["invitation"]
    world.wait_state("asking")
    world.press("3")
    path = f"/v1/invitations/{name}"
    wait_until(lambda: world.ask_hall("GET", path)[1]["state"] == "rated", "rated")
    assert world.ask_hall("GET", path) == (200, {"invitation": name, "state": "rated"})
    status, problem = world.ask_hall("POST", "/v1/windows/3/invitations", matter("H1"))
    assert (status, problem["type"]) == (409, "urn:huiyin:already-rated")
    world.wait_state("free")


@pytest.mark.slow
def test_a_system_asks_at_the_kiosk_over_tls(world: World) -> None:
    status, told = world.ask_desk("POST", "/v1/invitations", matter("K1"))
    assert (status, told["state"]) == (201, "waiting")
    world.press("1")
    path = f"/v1/invitations/{told['invitation']}"
    wait_until(lambda: world.ask_desk("GET", path)[1]["state"] == "rated", "rated")
    world.wait_state("free")


@pytest.mark.slow
def test_a_system_asks_through_the_relay_as_if_the_kiosk_were_here(world: World) -> None:
    pem = (world.data / "desk-cert.pem").read_text()
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    world.start("system", sys.executable, ROOT / "deploy" / "relay" / "relay.py",
                "--kiosk", f"{ADDRESS['kiosk']}:{DESK_PORT}", "--pin", pin)  # fmt: skip
    env = {**os.environ, "HUIYIN_TOKEN": world.desk_token}
    asking = subprocess.Popen(
        world.network.inside("system", sys.executable, "-c", RETRY, ASK, "R1", "1"),
        env=env, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    world.wait_state("asking")
    world.press("2")
    told, _ = asking.communicate(timeout=PATIENCE_S)
    assert asking.returncode == 0
    assert json.loads(told)["state"] == "rated"
    world.wait_state("free")


RETRY = """
import subprocess, sys, time
for _ in range(100):  # the relay needs a moment to listen
    done = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
    if done.returncode == 0:
        print(done.stdout)
        sys.exit(0)
    time.sleep(0.3)
sys.exit(1)
"""


@pytest.mark.slow
def test_a_cable_pulled_between_hall_and_kiosk_loses_nothing(world: World) -> None:
    before = world.report()
    world.network.pull("hall")
    for number in range(3):
        status, told = world.ask_desk("POST", "/v1/invitations", matter(f"C{number}"))
        assert status == 201, told
        world.press("123"[number])
        path = f"/v1/invitations/{told['invitation']}"
        wait_until(lambda path=path: world.ask_desk("GET", path)[1]["state"] == "rated", "rated")  # type: ignore[misc]
        world.wait_state("free")
    assert world.report()["ratings"] == before["ratings"]
    world.network.plug("hall")
    wait_until(lambda: world.report()["ratings"] == before["ratings"] + 3, "all is counted")
    levels = {level: count - before["by_level"][level]
              for level, count in world.report()["by_level"].items()}  # fmt: skip
    assert levels == {"5": 1, "4": 1, "3": 0, "2": 1, "1": 0}
