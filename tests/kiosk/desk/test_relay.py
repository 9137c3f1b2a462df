"""The relay as its own process, between a client and a desk behind TLS."""

import ast
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from kiosk.desk.desk import Desk
from kiosk.desk.tls import load_or_make, read_fingerprint
from tests.kiosk.desk.conftest import TOKEN
from tests.kiosk.desk.counter import FakeCounter, MainThread, make_bridge
from tests.kiosk.desk.test_adapter import Client
from tests.kiosk.desk.test_events import read_events

RELAY = Path(__file__).resolve().parents[3] / "deploy" / "relay" / "relay.py"
ASK = {"project_no": "P1", "service_no": "1"}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@contextlib.contextmanager
def run_relay(*args: str) -> Iterator[str]:
    """The address at which a relay of its own listens."""
    process = subprocess.Popen(
        [sys.executable, "-I", str(RELAY), "--port", "0", *args],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield "http://" + line.split()[1]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A desk behind TLS, on another address of this machine than the relay's."""
    certificate, key = load_or_make(tmp_path, "127.0.0.2")
    counter, main = FakeCounter(), MainThread()
    desk = Desk(
        make_bridge(counter, main), "127.0.0.2", 0, TOKEN, pin="246810", tls=(certificate, key)
    )
    desk.start()
    assert desk.wait(30)
    assert desk.address is not None
    place = f"127.0.0.2:{desk.address[1]}"
    pin = read_fingerprint(certificate)
    yield SimpleNamespace(desk=desk, counter=counter, main=main, place=place, pin=pin)
    desk.stop()
    main.stop()


def test_the_relay_runs_on_an_old_python() -> None:
    ast.parse(RELAY.read_text("utf-8"), feature_version=(3, 8))


def test_the_certificate_is_made_once_and_is_private(tmp_path: Path) -> None:
    certificate, key = load_or_make(tmp_path, "192.0.2.7")
    first = read_fingerprint(certificate)
    assert load_or_make(tmp_path, "192.0.2.7") == (certificate, key)
    assert read_fingerprint(certificate) == first
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_visit_through_the_relay(kiosk: SimpleNamespace) -> None:
    with (
        run_relay("--kiosk", kiosk.place, "--pin", kiosk.pin) as url,
        httpx.Client(base_url=url, headers=HEADERS, timeout=30) as client,
        client.stream("GET", "/v1/events") as answer,
    ):
        events = read_events(answer.iter_lines())
        assert next(events)[0] == "status"
        id_ = client.post("/v1/invitations", json=ASK).json()["invitation"]
        assert next(events) == ("invitation", {"invitation": id_, "state": "waiting"})
        assert next(events)[1]["state"] == "asking"
        kiosk.main.do(kiosk.counter.press)
        kiosk.main.do(kiosk.counter.settle)
        assert next(events) == ("invitation", {"invitation": id_, "state": "rated"})
        assert httpx.get(f"{url}/v1/status").status_code == 401


def test_the_console_signs_on_through_the_relay(kiosk: SimpleNamespace) -> None:
    with run_relay("--kiosk", kiosk.place, "--pin", kiosk.pin) as url, httpx.Client() as client:
        assert client.get(url).status_code == 200
        signed = client.post(f"{url}/session", json={"pin": "246810"}, headers={"Origin": url})
        assert signed.status_code == 200
        assert "secure" not in signed.headers["set-cookie"].lower()
        assert client.get(f"{url}/v1/status").status_code == 200


def test_a_machine_in_the_kiosks_place_gets_nothing(kiosk: SimpleNamespace) -> None:
    with run_relay("--kiosk", kiosk.place, "--pin", "0" * 64) as url:
        answer = httpx.post(f"{url}/v1/invitations", json=ASK, headers=HEADERS)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:huiyin:kiosk-away")
    assert "pinned" in answer.json()["detail"]
    assert not kiosk.counter.states


def test_a_kiosk_that_is_off_is_said_and_found_again(kiosk: SimpleNamespace) -> None:
    with run_relay("--kiosk", "127.0.0.2:9", "--pin", kiosk.pin) as url:
        answer = httpx.get(f"{url}/healthz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_the_adapter_through_the_relay_brings_the_token(tmp_path: Path) -> None:
    tls = load_or_make(tmp_path, "127.0.0.2")
    counter, main = FakeCounter(), MainThread()
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    with socket.socket() as free, socket.socket() as other:
        free.bind(("127.0.0.2", 0))
        other.bind(("127.0.0.1", 0))
        port, near = free.getsockname()[1], other.getsockname()[1]
    bridge = make_bridge(counter, main)
    desk = Desk(bridge, "127.0.0.2", 0, TOKEN, tls=tls, adapter=("127.0.0.2", port))
    desk.start()
    assert desk.wait(30)
    assert desk.address is not None
    options = ["--kiosk", f"127.0.0.2:{desk.address[1]}", "--pin", read_fingerprint(tls[0])]
    options += ["--adapter", f"127.0.0.2:{port}", "--token-file", str(token_file)]
    with run_relay(*options, "--adapter-port", str(near)):
        client = Client(near)
        client.say({"type": 10, "TellerNo": "7"})
        while counter.open_id is None:
            pass
        main.do(counter.settle)
        assert client.hear()["ret"] == -2
        client.socket.close()
    desk.stop()
    main.stop()


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--kiosk", "x", "--pin", "0" * 64], "HOST:PORT"),
        (["--kiosk", "x:1", "--pin", "0"], "64 hex"),
        (["--pin", "0" * 64], "--kiosk"),
        (["--kiosk", "x:1", "--pin", "0" * 64, "--adapter", "x:2"], "--token-file"),
    ],
)
def test_wrong_options_are_one_line_and_2(args: list[str], word: str) -> None:
    done = subprocess.run(
        [sys.executable, str(RELAY), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert word in done.stderr
    assert "Traceback" not in done.stderr
