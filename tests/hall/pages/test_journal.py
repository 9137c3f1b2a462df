"""The journal's route, answered by the process in front: by every way in the same."""

import asyncio
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from sync.hall.pages.gatehouse import Gatehouse
from sync.hall.pages.journal import PATH, Journal
from sync.hall.refusal import Refused
from sync.keys import Key
from sync.wire import MEDIA_TYPE
from tests.hall.kit import Chain, make_key
from tests.hall.server import Reply, Server, serving

ROUTES = ("/v1/journal", "/v1/journal/", "/v1/journal?x=1", "/v1/%6aournal")
NDJSON = {"Content-Type": MEDIA_TYPE}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hall") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def key(hall: Server) -> Key:
    made = make_key(1)
    assert hall.enrol(made).status == 201
    return made


def tell(reply: Reply) -> Any:
    """All of an answer but its moment."""
    said = reply.json
    if reply.status == 200:
        assert said["receipt"].pop("at") == said.pop("now")
        del said["signature"]
    return reply.status, {k: v for k, v in reply.headers.items() if k != "content-length"}, said


def test_it_answers_alike_by_whatever_path(hall: Server, key: Key) -> None:
    chain = Chain(key).open()
    body = chain.body()
    assert hall.send(body).status == 200
    asked: list[tuple[bytes, dict[str, str]]] = [
        (body, NDJSON),
        (body, {}),
        (body, NDJSON | {"Content-Encoding": "br"}),
        (b"", NDJSON),
        (body[:-9], NDJSON),
        (Chain(make_key(2)).open().body(), NDJSON),
        (b"x" * (1 << 20) + body, NDJSON),
    ]
    statuses = []
    for sent, headers in asked:
        first, *others = [tell(hall.ask("POST", path, sent, headers)) for path in ROUTES]
        assert others == [first] * len(others)
        statuses.append(first[0])
    assert statuses == [200, 415, 415, 422, 422, 403, 413]


def test_another_method_is_not_allowed(hall: Server) -> None:
    reply = hall.ask("GET", "/v1/journal")
    assert (reply.status, reply.word) == (405, "method")


def test_a_kiosk_that_leaves_in_the_middle_disturbs_nobody(hall: Server, key: Key) -> None:
    head = f"POST /v1/journal HTTP/1.1\r\nHost: h\r\nContent-Type: {MEDIA_TYPE}\r\n"
    for sent in (b"", b"{"):
        with socket.create_connection((hall.host, hall.port)) as line:
            line.sendall(f"{head}Content-Length: 9\r\n\r\n".encode() + sent)
    assert hall.send(Chain(key).open().body()).status == 200  # and nothing stands on stderr


async def ask(monkeypatch: pytest.MonkeyPatch, raised: Exception) -> tuple[int, Any, Any]:
    """Post to the process in front, whose taking of batches raises this."""
    sent: list[dict[str, Any]] = []

    async def fail(*_: object) -> None:
        raise raised

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    monkeypatch.setattr(Journal, "take", fail)
    house = Gatehouse(asyncio.get_running_loop())
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    await house(scope, receive, send)
    start, body = sent
    return start["status"], dict(start["headers"]), json.loads(body["body"])


@pytest.mark.parametrize("wait", [None, 7])
def test_a_refusal_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch, wait: int) -> None:
    refused = Refused(503, "slow-down", "too much", retry_after_s=wait)
    status, headers, said = asyncio.run(ask(monkeypatch, refused))
    assert (status, said["type"]) == (503, "urn:huiyin:slow-down")
    assert headers.get(b"retry-after") == (str(wait).encode() if wait else None)


def test_a_bug_is_answered_and_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    status, _, said = asyncio.run(ask(monkeypatch, ZeroDivisionError("what was wrong")))
    assert (status, said["type"]) == (500, "urn:huiyin:internal")
    assert "what was wrong" not in json.dumps(said)
    assert "what was wrong" in caplog.text
