"""Clients that mean no good, and what still works beside them."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from kiosk.desk import bridge, line
from kiosk.desk.desk import Desk
from tests.kiosk.desk.conftest import TOKEN
from tests.kiosk.desk.counter import FakeCounter, MainThread, make_bridge

ASK = {"project_no": "P1", "service_no": "1"}
HEAD = f"Host: x\r\nAuthorization: Bearer {TOKEN}\r\n"


def connect(stand: SimpleNamespace) -> socket.socket:
    return socket.create_connection((stand.host, stand.port), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    data = b""
    try:
        while chunk := connection.recv(65536):
            data += chunk
    except ConnectionResetError:
        pass
    return data


def test_fifty_at_once_are_all_answered(stand: SimpleNamespace) -> None:
    codes: list[int] = []

    def ask() -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        codes.append(httpx.get(f"{stand.url}/v1/status", headers=headers, timeout=30).status_code)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [200] * 50


def test_hundreds_of_idle_lines_do_not_keep_the_business_system_out(
    stand: SimpleNamespace,
) -> None:
    idle = [connect(stand) for _ in range(200)]
    try:
        assert stand.client.post("/v1/invitations", json=ASK).status_code == 201
    finally:
        for connection in idle:
            connection.close()


def test_lines_that_wait_inside_a_body_do_not_keep_it_out_for_long(
    stand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "REQUEST_S", 1.0)
    slow = [connect(stand) for _ in range(line.LINES_MAX)]
    try:
        for connection in slow:
            connection.sendall(
                f"POST /v1/invitations HTTP/1.1\r\n{HEAD}"
                "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{".encode()
            )
        for _ in range(100):
            try:
                if stand.client.get("/v1/status").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        pytest.fail("the desk stays closed")
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET /healthz HT",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        f"POST /v1/invitations HTTP/1.1\r\n{HEAD}Content-Length: 9\r\n\r\n{{".encode(),
        f"POST /v1/invitations HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(),
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
    ],
)
def test_a_request_that_never_ends_is_ended(
    stand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, begin: bytes
) -> None:
    monkeypatch.setattr(line, "REQUEST_S", 0.3)
    with connect(stand) as connection:
        connection.sendall(begin)
        read_all(connection)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"$S,invite*6F25\r\n" * 50,
        b"\r\n" * 5000,
    ],
)
def test_what_is_not_http_is_a_problem_and_harms_nobody(
    stand: SimpleNamespace, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(stand) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        answer = read_all(connection)
    if answer:
        assert b"application/problem+json" in answer
    assert stand.client.get("/healthz").status_code == 200
    assert not [record for record in caplog.records if record.exc_info]


def test_an_upgrade_to_a_websocket_is_not_one(stand: SimpleNamespace) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert stand.client.get("/v1/status", headers=headers).status_code == 200


def test_a_listener_that_never_reads_is_let_go(
    stand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "WRITE_S", 0.3)
    with connect(stand) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(f"GET /v1/events HTTP/1.1\r\n{HEAD}\r\n".encode())
        connection.recv(10)
        body = {"state": "open", "clerk_no": "x" * 60_000}
        for _ in range(200):
            stand.main.do(lambda: stand.counter.tell("window", body))
            if not stand.desk._fan._queues:
                break
            time.sleep(0.05)
        assert not stand.desk._fan._queues
    assert stand.client.get("/v1/status").status_code == 200


def test_a_screen_that_is_busy_is_said_and_the_desk_goes_on(
    stand: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "CALL_WAIT_S", 0.2)
    busy = threading.Event()
    stand.main.post(busy.wait)
    answer = stand.client.post("/v1/invitations", json=ASK)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:huiyin:slow-down")
    assert "retry-after" in answer.headers
    assert stand.client.get("/healthz").status_code == 200
    busy.set()
    assert stand.client.get("/v1/status").json()["asked"] == 0, "a call given up is not run later"


def test_a_bug_behind_the_bridge_is_one_500_and_no_dead_screen(
    stand: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    stand.counter.refusal = None
    stand.counter.states = None
    answer = stand.client.get(f"/v1/invitations/{'0' * 32}")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:huiyin:broken")
    assert "NoneType" not in answer.text
    stand.counter.states = {}
    assert stand.client.get("/v1/status").status_code == 200


def test_an_idle_desk_does_not_wake_up(stand: SimpleNamespace) -> None:
    status = Path(f"/proc/self/task/{stand.desk._thread.native_id}/status")

    def count_switches() -> int:
        found = [row for row in status.read_text().splitlines() if row.startswith("voluntary")]
        return int(found[0].split()[1])

    stand.client.get("/healthz")
    stand.client.close()
    time.sleep(0.5)
    before = count_switches()
    time.sleep(2)
    assert count_switches() - before <= 2, "uvicorn's own loop makes it twenty"


def _cancel_all() -> None:
    for task in asyncio.all_tasks():
        task.cancel()


def _exit() -> None:
    raise SystemExit(3)


@pytest.mark.parametrize("die", [lambda: asyncio.get_running_loop().stop(), _cancel_all, _exit])
def test_the_desk_dies_and_comes_back_where_it_was(
    stand: SimpleNamespace, caplog: pytest.LogCaptureFixture, die: Callable[[], None]
) -> None:
    id_ = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
    stand.desk._loop.call_soon_threadsafe(die)
    for _ in range(300):
        try:
            answer = stand.client.get(f"/v1/invitations/{id_}")
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        assert answer.json() == {"invitation": id_, "state": "waiting"}
        assert "stopped" in caplog.text
        return
    pytest.fail("the desk did not come back")


def test_a_port_that_is_taken_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    main = MainThread()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        desk = Desk(make_bridge(FakeCounter(), main), "127.0.0.1", port, TOKEN)
        desk.start()
        while "in use" not in caplog.text:
            time.sleep(0.05)
        assert desk.address is None
    assert desk.wait(60)
    assert desk.address == ("127.0.0.1", port)
    desk.stop()
    main.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "kiosk.hall.example"])
def test_another_address_than_loopback_needs_tls(host: str) -> None:
    with pytest.raises(ValueError, match="needs TLS"):
        Desk(make_bridge(FakeCounter(), MainThread()), host, 8710, TOKEN)


@pytest.mark.parametrize("origin", ["*", "https://*.example", "business.example", "file://", ""])
def test_an_origin_that_is_none_is_refused_at_start(origin: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        Desk(make_bridge(FakeCounter(), MainThread()), "127.0.0.1", 0, TOKEN, (origin,))
