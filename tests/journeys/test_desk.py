"""The clerk's desk beside a real kiosk: what happens at the window is on the stream, and lasts."""

import json
import os
import socket
import subprocess
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from sync.identity import Identity, save_identity
from sync.keys import load_or_make
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, Demo, Panel, wait_until

ONE = {"project_no": "P1", "service_no": "1"}


class Stream:
    """The event stream of a desk, read on to a certain event."""

    def __init__(self, client: httpx.Client, lines: Iterator[str]) -> None:
        self._client = client
        self._lines = lines

    def until(self, name: str, **wanted: Any) -> None:
        """Read on to an event with these fields, and find its GET to say the same."""
        body = self.find(name, **wanted)
        path = f"invitations/{body['invitation']}" if "invitation" in body else name
        assert self._client.get(f"/v1/{path}").json() == body

    def find(self, name: str, **wanted: Any) -> dict[str, Any]:
        """Read on to an event that may be over by now."""
        event = ""
        for line in self._lines:
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                body: dict[str, Any] = json.loads(line[6:])
                if event == name and wanted.items() <= body.items():
                    return body
        raise AssertionError(f"the stream ended before {name} {wanted}")


def call(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S)


@pytest.mark.slow
def test_all_that_happens_at_the_window_is_on_the_stream(tmp_path: Path) -> None:
    with Panel(tmp_path / "panel") as panel:
        demo = Demo(tmp_path / "data", "--panel", str(tmp_path / "panel"))
        client = call(demo.told["desk"], demo.told["desk_token"])
        with client, client.stream("GET", "/v1/events") as answer:
            stream = Stream(client, answer.iter_lines())
            stream.until("status", state="free", asked=0)
            client.put("/v1/window", json={"state": "paused", "clerk_no": "C07"})
            stream.until("window", state="paused", clerk_no="C07")
            stream.until("status", state="paused")
            client.put("/v1/window", json={"state": "open"})
            stream.until("window", state="open", clerk_no="C07")
            stream.until("status", state="free")
            client.put("/v1/service", json={"state": "begun", **ONE})
            stream.until("status", state="serving")
            client.put("/v1/service", json={"state": "ended"})
            stream.until("status", state="free")
            panel.do("unplug")
            stream.until("status", state="fault")
            assert client.post("/v1/invitations", json=ONE).status_code == 503
            panel.do("replug")
            stream.until("status", state="free")
            asked = client.post("/v1/invitations", json=ONE).json()["invitation"]
            stream.until("status", state="asking", asked=1, answered=0)
            panel.do("press", "3")
            stream.until("invitation", invitation=asked, state="rated")
            stream.until("status", state="free", asked=1, answered=1)
        assert demo.end() == 0
        pin = (tmp_path / "data" / "kiosk" / "desk-pin").read_text()
        demo = Demo(tmp_path / "data", "--panel", str(tmp_path / "panel"))
        with httpx.Client(base_url=demo.told["desk"], timeout=PATIENCE_S) as console:
            assert console.post("/session", json={"pin": "not it"}).status_code == 403
            assert console.post("/session", json={"pin": pin}).status_code == 200
            counts = console.get("/v1/status").json()
            assert (counts["asked"], counts["answered"]) == (1, 1)
            assert console.get("/v1/window").json()["clerk_no"] == "C07"
        assert demo.end() == 0


class Kiosk:
    """`huiyin-kiosk run` with settings of its own, its hall out of reach."""

    def __init__(self, data: Path, panel: str, settings: str, **ports: int) -> None:
        device = load_or_make(data / "key").device
        identity = Identity(
            device=device,
            address="http://127.0.0.1:9",
            hall="h",
            window="3",
            hall_key="",
            echo_secret="",
        )
        save_identity(data, identity)
        (data / "kiosk.toml").write_text(settings)
        words = ["--config", str(data / "kiosk.toml"), "--desk", f"127.0.0.1:{ports['desk']}"]
        self.process = subprocess.Popen(
            [*KIOSK, "run", "--headless", "--data", str(data), "--panel", panel, *words],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        wait_until(lambda: self.answers(ports["desk"]), "the desk does not answer")
        token = (data / "desk-token").read_text()
        self.client = call(f"http://127.0.0.1:{ports['desk']}", token)

    def answers(self, port: int) -> bool:
        assert self.process.poll() is None, self.process.communicate()[1]
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    def end(self) -> str:
        self.client.close()
        self.process.terminate()
        return self.process.communicate(timeout=PATIENCE_S)[1]


def find_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: the far end to write to, and where to open it."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_a_slip_asks_and_expires_without_a_word_from_the_panel(
    tmp_path: Path, line: tuple[int, str]
) -> None:
    """This panel has no heartbeat: nothing but the kiosk's own timer ends the invitation."""
    with VirtualPanel(find_profile("pattern-3210")) as panel:
        settings = (
            '[panel]\nmodel = "pattern-3210"\ntest = "waived"\n[window]\nasking_s = 1\n'
            f'[scanner]\nport = "{line[1]}"\n'
        )
        kiosk = Kiosk(tmp_path, panel.path, settings, desk=find_port())
        with kiosk.client.stream("GET", "/v1/events") as answer:
            stream = Stream(kiosk.client, answer.iter_lines())
            stream.until("status", state="free")
            os.write(line[0], b"no slip of ours\n11530000-0042|2\r\n")
            asked = stream.find("invitation", state="waiting")["invitation"]
            stream.until("invitation", invitation=asked, state="not_rated")
            stream.until("status", state="free", asked=1, answered=0)
        assert kiosk.end() == ""


def test_the_adapter_listens_where_it_is_set(tmp_path: Path) -> None:
    port = find_port()
    with VirtualPanel(find_profile("pattern-3210")) as panel:
        settings = (
            '[panel]\nmodel = "pattern-3210"\ntest = "waived"\n'
            f'[desk]\nadapter = "127.0.0.1:{port}"\n'
        )
        kiosk = Kiosk(tmp_path, panel.path, settings, desk=find_port())
        wait_until(lambda: kiosk.answers(port), "the adapter does not answer")
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as wire:
            wire.sendall(
                b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            assert b" 101 " in wire.recv(4096)
        assert kiosk.end() == ""


def test_an_adapter_beyond_loopback_without_tls_is_one_line(tmp_path: Path) -> None:
    with VirtualPanel(find_profile("pattern-3210")) as panel:
        settings = (
            '[panel]\nmodel = "pattern-3210"\ntest = "waived"\n[desk]\nadapter = "0.0.0.0:1919"\n'
        )
        with pytest.raises(AssertionError, match="needs TLS") as caught:
            Kiosk(tmp_path, panel.path, settings, desk=find_port())
        assert "Traceback" not in str(caught.value)
