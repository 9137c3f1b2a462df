"""The process in front of the hall: whatever becomes of it, nothing is lost."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import struct
import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from sync.hall.pages.front import configure
from sync.hall.pages.gatehouse import Gatehouse, Send
from tests.hall.kit import Chain, make_key
from tests.hall.server import Server, run_hall, serving

LIVENESS_S = 60
ROOT = Path(__file__).resolve().parents[3]


def find_front(server: Server) -> int:
    (child,) = find_children(server.process.pid)
    return child


def find_children(process: int) -> list[int]:
    """Whichever thread started them."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(n) for task in tasks for n in (task / "children").read_text().split()]


def is_there(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def send_until_taken(server: Server, body: bytes, taken: list[int]) -> None:
    """As a kiosk does: again until there is a receipt."""
    ends = time.monotonic() + LIVENESS_S
    while time.monotonic() < ends:
        try:
            reply = server.send(body)
        except OSError:
            continue
        if reply.status == 200:
            taken.append(reply.json["accepted"] + reply.json["known"])
            return


def test_a_process_that_ends_loses_nothing_and_another_is_started(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    chains = [Chain(make_key(seed)).open() for seed in range(10, 14)]
    for chain in chains:
        assert server.enrol(chain.key).status == 201
        for number in range(200):
            chain.visit(f"P{chain.key.device}{number}")
    taken: list[int] = []
    senders = [
        threading.Thread(target=send_until_taken, args=(server, chain.body(1, 600), taken))
        for chain in chains
    ]
    fronts = set()
    for sender in senders:
        sender.start()
        fronts.add(front := find_front(server))
        os.kill(front, signal.SIGKILL)
        ends = time.monotonic() + LIVENESS_S
        while set(find_children(server.process.pid)) <= {front}:
            assert time.monotonic() < ends
            time.sleep(0.01)
    for sender in senders:
        sender.join(LIVENESS_S)
    assert taken == [600] * len(chains)
    assert len(fronts) == len(chains)
    assert server.report()["ratings"] == sum(
        line.count(b'"kind":"outcome"') for chain in chains for line in chain.lines[:600]
    )
    server.process.send_signal(signal.SIGTERM)
    _, errors = server.process.communicate(timeout=LIVENESS_S)
    assert server.process.returncode == 0
    assert len(errors.splitlines()) == len(chains)
    assert "another is started" in errors


@pytest.mark.slow
def test_a_process_that_is_stuck_is_ended_and_another_is_started(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    front = find_front(server)
    os.kill(front, signal.SIGSTOP)
    ends = time.monotonic() + LIVENESS_S
    while front in find_children(server.process.pid):
        assert time.monotonic() < ends
        time.sleep(0.1)
    assert server.ask("GET", "/healthz").status == 200
    server.process.send_signal(signal.SIGTERM)
    _, errors = server.process.communicate(timeout=LIVENESS_S)
    assert (server.process.returncode, len(errors.splitlines())) == (0, 1)


def test_no_signal_of_a_terminal_or_of_a_stop_ends_or_stops_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as hall:
        front = find_front(hall)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTTOU):
            os.kill(front, number)
            assert hall.ask("GET", "/healthz").status == 200
        assert find_front(hall) == front


@pytest.mark.parametrize("way", ["stop", "kill"])
def test_it_ends_with_its_hall_however_that_ends(tmp_path: Path, way: str) -> None:
    server = Server(tmp_path / "data")
    front = find_front(server)
    if way == "stop":
        assert server.stop() == 0
    else:
        server.kill()
    ends = time.monotonic() + LIVENESS_S
    while is_there(front):
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_what_is_typed_to_stop_a_hall_is_for_the_hall_alone(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as hall:
        assert os.getpgid(find_front(hall)) != os.getpgid(hall.process.pid)


def test_a_request_whose_hall_is_killed_gets_no_answer(tmp_path: Path) -> None:
    hall = Server(tmp_path / "data")
    front = find_front(hall)
    os.kill(hall.process.pid, signal.SIGSTOP)
    with socket.create_connection((hall.host, hall.port)) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        hall.process.kill()
        line.settimeout(LIVENESS_S)
        with contextlib.suppress(ConnectionResetError):  # where it was not read yet
            assert line.recv(1) == b""
    _, errors = hall.process.communicate(timeout=LIVENESS_S)
    assert not errors
    ends = time.monotonic() + LIVENESS_S
    while is_there(front):
        assert time.monotonic() < ends


def serve_tls(folder: Path, home: Path | None = None) -> Server:
    """A hall with a certificate of its own, its files named as from `home`."""
    made = run_hall("tls", "init", "--data", folder, "--name", "127.0.0.1", "--json")
    told = json.loads(made.stdout)
    files = [told[name] for name in ("certificate", "key")]
    named = files if home is None else [os.path.relpath(file, home) for file in files]
    settings = folder / "hall.toml"
    settings.write_text("tls_certificate = '{}'\ntls_key = '{}'\n".format(*named))
    server = Server(folder / "data", 0, "--config", str(settings))
    assert server.address.startswith("https://")
    return server


def test_a_certificate_may_be_named_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert serve_tls(tmp_path, tmp_path).stop() == 0


def test_head_and_body_of_an_answer_are_one_record_of_tls(tmp_path: Path) -> None:
    hall = serve_tls(tmp_path)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((hall.host, hall.port), timeout=LIVENESS_S) as line,
        context.wrap_socket(line) as sealed,
    ):
        sealed.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        head, _, body = sealed.recv(65_536).partition(b"\r\n\r\n")  # one record at most
    assert f"content-length: {len(body)}" in head.decode().lower()
    assert body
    assert hall.stop() == 0


def test_a_certificate_that_is_none_is_one_line(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("nonsense")
    file = tmp_path / "hall.toml"
    file.write_text(
        f"tls_certificate = {json.dumps(str(tmp_path / 'cert.pem'))}\n"
        f"tls_key = {json.dumps(str(tmp_path / 'key.pem'))}\n"
    )
    options = ("--data", tmp_path / "d", "--config", file, "--listen", "127.0.0.1:0")
    done = run_hall("serve", *options)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "cert.pem" in done.stderr


async def answer(_scope: object, _receive: object, send: Send) -> None:
    headers = [(b"content-length", b"1")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x"})


async def reset_one(state: ServerState, address: tuple[str, int]) -> Any:
    """Ask, and reset the connection once it is answered; what the server had of it."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    await reader.readuntil(b"x")
    (protocol,) = state.connections
    assert protocol.timeout_keep_alive_task is not None
    line = writer.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    while state.connections:
        await asyncio.sleep(0.01)
    return protocol


def test_a_connection_that_was_reset_is_forgotten_at_once() -> None:
    async def run() -> None:
        server = uvicorn.Server(configure(cast(Gatehouse, answer), "", ""))
        with socket.create_server(("127.0.0.1", 0)) as bound:
            task = asyncio.create_task(server._serve(sockets=[bound]))
            while not server.started:
                await asyncio.sleep(0.01)
            protocol = await reset_one(server.server_state, bound.getsockname())
            server.should_exit = True
            await task
        assert protocol.timeout_keep_alive_task is None

    asyncio.run(asyncio.wait_for(run(), LIVENESS_S))
