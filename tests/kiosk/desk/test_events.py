"""The event stream: what comes, in which order, and nothing more."""

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from kiosk.desk.events import STREAMS_MAX

ASK = {"project_no": "P1", "service_no": "1"}


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_a_visit_is_told_in_order(stand: SimpleNamespace) -> None:
    with stand.client.stream("GET", "/v1/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = read_events(answer.iter_lines())
        assert next(events) == ("status", {"state": "free", "asked": 0, "answered": 0})
        id_ = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
        assert next(events) == ("invitation", {"invitation": id_, "state": "waiting"})
        assert next(events) == ("status", {"state": "asking", "asked": 1, "answered": 0})
        stand.main.do(stand.counter.press)
        stand.main.do(stand.counter.settle)
        assert next(events) == ("invitation", {"invitation": id_, "state": "rated"})
        assert next(events) == ("status", {"state": "free", "asked": 1, "answered": 1})
        stand.client.put("/v1/window", json={"state": "paused", "clerk_no": "7"})
        assert next(events) == ("window", {"state": "paused", "clerk_no": "7"})


def test_who_listens_later_is_told_which_invitation_waits(stand: SimpleNamespace) -> None:
    id_ = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
    with stand.client.stream("GET", "/v1/events") as answer:
        events = read_events(answer.iter_lines())
        assert next(events)[0] == "status"
        assert next(events) == ("invitation", {"invitation": id_, "state": "waiting"})


def test_what_a_window_should_not_tell_is_cut_off(stand: SimpleNamespace) -> None:
    with stand.client.stream("GET", "/v1/events") as answer:
        events = read_events(answer.iter_lines())
        next(events)
        leak = {"invitation": "0" * 32, "state": "rated", "level": 1, "key": "3", "seq": 9}
        stand.main.do(lambda: stand.counter.tell("invitation", leak))
        assert next(events) == ("invitation", {"invitation": "0" * 32, "state": "rated"})


def test_an_event_that_is_none_is_not_passed_on(
    stand: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    with stand.client.stream("GET", "/v1/events") as answer:
        events = read_events(answer.iter_lines())
        next(events)
        stand.main.do(lambda: stand.counter.tell("invitation", {"state": "bad"}))
        stand.main.do(lambda: stand.counter.tell("window", {"state": "open", "clerk_no": None}))
        assert next(events)[0] == "window"
    assert "was not passed on" in caplog.text


def test_streams_are_bounded_and_a_closed_one_makes_room(stand: SimpleNamespace) -> None:
    clients = [httpx.Client(base_url=stand.url, timeout=30) for _ in range(STREAMS_MAX)]
    streams, kept = [], []
    for client in clients:
        request = client.build_request("GET", "/v1/events", headers=stand.client.headers)
        streams.append(client.send(request, stream=True))
        kept.append(read_events(streams[-1].iter_lines()))
        next(kept[-1])
    full = stand.client.get("/v1/events")
    assert (full.status_code, full.json()["type"]) == (503, "urn:huiyin:slow-down")
    for stream, client in zip(streams, clients, strict=True):
        stream.close()
        client.close()
    for _ in range(100):
        with stand.client.stream("GET", "/v1/events") as answer:
            if answer.status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail("the streams that were closed still take their places")


def test_stopping_the_desk_ends_open_streams(stand: SimpleNamespace) -> None:
    with stand.client.stream("GET", "/v1/events") as answer:
        lines = answer.iter_lines()
        next(read_events(lines))
        stand.desk.stop()
        assert list(read_events(lines)) == []
    assert stand.desk.address is None
