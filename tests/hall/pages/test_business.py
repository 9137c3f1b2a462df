"""A business system at the hall: asks, looks, takes back; and never learns how it was answered."""

import itertools
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync import records
from sync.hall.pages.rates import KNOWN_BURST, KNOWN_RATE_S, STRANGER_BURST, Callers
from tests.hall.kit import make_key
from tests.hall.server import LIVENESS_S, Reply, Server, run_hall, serving
from tests.hall.window import Window, make_code, make_token

_numbers = itertools.count(1_000)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("business")) as server:
        yield server


@pytest.fixture(scope="module")
def token(hall: Server) -> str:
    return make_token(hall, "counter", "*")


@pytest.fixture
def window(hall: Server, token: str) -> Window:
    """A window that no other test asks at."""
    number = next(_numbers)
    return Window(hall, number, f"W{number}", token)


def test_asked_through_the_hall_a_held_heartbeat_answers_at_once(window: Window) -> None:
    told: list[Any] = []
    held = threading.Thread(target=lambda: told.extend(window.beat(wait_s=25)))
    held.start()
    reply = window.invite(item_name="证明", language="zh", clerk_no="C7")
    held.join(LIVENESS_S)
    assert (reply.status, reply.json["state"]) == (201, "waiting")
    name = reply.json["invitation"]
    assert reply.headers["location"] == f"/v1/invitations/{name}"
    assert told == [
        {
            "command": "invite",
            "id": name,
            "transaction": window.one | {"item_name": "证明"},
            "language": "zh",
            "clerk_no": "C7",
        }
    ]


def test_the_state_follows_the_entries_and_never_tells_the_level(window: Window) -> None:
    name = window.begin()
    assert window.state(name) == "waiting"
    window.chain.rate(name, 1)
    window.send()
    assert window.state(name) == "waiting"
    window.chain.end(name)
    window.chain.reason(name, "108")
    window.send()
    assert window.state(name) == "rated"
    again = window.invite()
    assert (again.status, again.word) == (409, "already-rated")


@pytest.mark.parametrize("outcome", ["not_rated", "cancelled", "superseded", "interrupted"])
def test_every_end_is_told_as_it_is(window: Window, outcome: str) -> None:
    name = window.begin(service_no=outcome)
    window.chain.end(name, outcome)
    window.send()
    assert window.state(name) == outcome
    assert window.invite(service_no=outcome).status == 201


def test_a_kiosks_refusal_is_an_outcome_alone(window: Window) -> None:
    name = window.invite().json["invitation"]
    window.beat()
    before = window.hall.report("--window", window.window)
    window.chain.end(name, "cancelled")
    window.send()
    assert window.state(name) == "cancelled"
    after = window.hall.report("--window", window.window)
    for figure in ("invitations", "ratings", "rating_rate"):
        assert after[figure] == before[figure]


def test_the_same_open_transaction_keeps_its_id_and_its_first_fields(window: Window) -> None:
    first = window.invite(item_name="one")
    again = window.invite(item_name="two")
    assert (again.status, again.json) == (200, first.json)
    other = window.invite(service_no="2")
    assert other.status == 201
    names = [(one["id"], one["transaction"].get("item_name")) for one in window.beat()]
    assert names == [(first.json["invitation"], "one"), (other.json["invitation"], None)]


def test_a_ticket_is_enough(window: Window) -> None:
    ticket = window.ask("POST", f"/v1/windows/{window.window}/invitations", {"ticket_no": "A012"})
    assert ticket.status == 201


def test_what_nobody_fetched_is_taken_back_at_once_and_twice(window: Window) -> None:
    name = window.invite().json["invitation"]
    for _ in range(2):
        reply = window.ask("DELETE", f"/v1/invitations/{name}")
        assert (reply.status, reply.json["state"]) == (200, "cancelled")
    assert window.beat() == []
    assert window.invite().status == 201


def test_what_was_fetched_is_taken_back_by_the_kiosk(window: Window) -> None:
    name = window.begin()
    replies: list[Reply] = []
    taking = threading.Thread(
        target=lambda: replies.append(window.ask("DELETE", f"/v1/invitations/{name}"))
    )
    taking.start()
    commands: list[dict[str, Any]] = []
    while not commands:
        commands = [one for one in window.beat(wait_s=5) if one["command"] == "cancel"]
    assert commands[0]["invitation"] == name
    window.chain.end(name, "cancelled")
    window.send()
    taking.join(LIVENESS_S)
    assert (replies[0].status, replies[0].json["state"]) == (200, "cancelled")


def test_after_the_first_press_it_is_too_late(window: Window) -> None:
    name = window.begin()
    window.chain.rate(name)
    window.send()
    reply = window.ask("DELETE", f"/v1/invitations/{name}")
    assert (reply.status, reply.word) == (409, "not-waiting")
    assert "cancel" not in [one["command"] for one in window.beat()]
    assert window.state(name) == "waiting"
    window.chain.end(name)
    window.send()
    assert window.ask("DELETE", f"/v1/invitations/{name}").status == 409


def test_a_kiosk_that_says_nothing_to_a_cancel_is_503(window: Window) -> None:
    name = window.invite().json["invitation"]
    assert [one["id"] for one in window.beat()] == [name]
    reply = window.ask("DELETE", f"/v1/invitations/{name}")
    assert (reply.status, reply.word) == (503, "not-in-service")
    assert int(reply.headers["retry-after"]) > 0


def test_a_lost_panel_or_another_fault_is_503(window: Window) -> None:
    for fault, word in (("panel_lost", "panel-lost"), ("store_failed", "not-in-service")):
        window.beat(faults=[fault])
        reply = window.invite()
        assert (reply.status, reply.word) == (503, word)
        assert int(reply.headers["retry-after"]) > 0
    window.beat(faults=[])
    assert window.invite().status == 201


def test_a_kiosk_that_was_never_heard_is_503(hall: Server, token: str, window: Window) -> None:
    key = make_key(77_001)
    hall.enrol(key, make_code(hall, "SILENT"))
    reply = window.invite("SILENT")
    assert (reply.status, reply.word) == (503, "not-in-service")


def test_no_token_no_window_no_such_thing(hall: Server, window: Window) -> None:
    path = f"/v1/windows/{window.window}/invitations"
    for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": "Basic YTpi"}):
        reply = hall.ask("POST", path, b"{}", headers)
        assert (reply.status, reply.word) == (401, "token")
        assert reply.headers["www-authenticate"] == "Bearer"
    assert (window.invite("NOWHERE").status, window.invite("NOWHERE").word) == (404, "unknown")
    for name in ("0" * 32, "x", "%00", "A" * 32):
        for method in ("GET", "DELETE"):
            assert window.ask(method, f"/v1/invitations/{name}").word == "unknown"


def test_a_token_is_good_at_its_own_windows_only(hall: Server, window: Window) -> None:
    name = window.invite().json["invitation"]
    other = Window(hall, 77_002, "ELSEWHERE", make_token(hall, "other", "ELSEWHERE,9"))
    assert other.invite().status == 201
    assert other.invite(window.window).status == 404
    assert other.ask("GET", f"/v1/invitations/{name}").status == 404
    assert other.ask("DELETE", f"/v1/invitations/{name}").status == 404
    other.token = make_token(hall, "another hall", "*", "--hall", "Branch")
    assert other.invite(window.window).status == 404
    assert other.ask("GET", f"/v1/invitations/{name}").status == 404
    assert window.state(name) == "waiting"


def test_a_token_that_was_renewed_or_removed_is_no_longer_good(
    hall: Server, window: Window
) -> None:
    window.token = make_token(hall, "brief", "*")
    assert window.invite().status == 201
    fresh = make_token(hall, "brief", "*")
    assert window.invite().status == 401
    window.token = fresh
    assert window.invite().status == 200
    words = ["system", "remove", "--data", hall.folder, "--name", "brief", "--by", "Li"]
    assert run_hall(*words).returncode == 0
    assert window.invite().status == 401


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"\xff", b"{}", b"[" * 5000, b'{"a":' * 3000),
        *(b'{"project_no": "P1"}', b'{"project_no": 7}'),
        b'{"ticket_no": "A1", "language": "<x>"}',
        b'{"ticket_no": "A1", "item_name": ""}',
    ],
)
def test_a_body_that_is_none_is_malformed(window: Window, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {window.token}", "Content-Type": "application/json"}
    reply = window.hall.ask("POST", f"/v1/windows/{window.window}/invitations", body, headers)
    assert (reply.status, reply.word) == (422, "malformed")


def test_bodies_are_bounded_and_said_to_be_json(window: Window) -> None:
    path = f"/v1/windows/{window.window}/invitations"
    reply = window.ask("POST", path, window.one | {"note": "x" * 20_000})
    assert (reply.status, reply.word) == (413, "too-large")
    reply = window.ask("POST", path, window.one, **{"Content-Type": "text/plain"})
    assert (reply.status, reply.word) == (415, "media-type")


def test_a_system_that_floods_waits_and_another_does_not() -> None:
    callers = Callers()
    assert [callers.take("flood", 0.0) for _ in range(KNOWN_BURST)] == [0.0] * KNOWN_BURST
    assert 0 < callers.take("flood", 0.0) <= 1 / KNOWN_RATE_S
    assert [callers.take("calm", 0.0), callers.take(None, 0.0)] == [0.0, 0.0]
    assert callers.take("flood", 1.0) == 0.0


def test_strangers_are_told_to_wait_and_systems_are_not(hall: Server, window: Window) -> None:
    name = window.invite().json["invitation"]
    replies = [hall.ask("GET", f"/v1/invitations/{name}") for _ in range(STRANGER_BURST * 3)]
    assert {reply.status for reply in replies} == {401, 429}
    refused = next(reply for reply in replies if reply.status == 429)
    assert (refused.word, refused.headers["retry-after"]) == ("slow-down", "1")
    assert window.state(name) == "waiting"


def test_a_paused_window_is_not_asked(window: Window) -> None:
    def say(state: str) -> None:
        window.chain.add(records.Window, hall="大厅", window=window.window, state=state)
        window.chain.visit(f"{state} {window.window}")
        window.send()

    for state, status in (("paused", 409), ("open", 201), ("paused", 409)):
        say(state)
        assert window.invite().status == status
    assert window.invite().word == "paused"


def test_no_field_of_a_request_makes_a_rating(window: Window) -> None:
    name = window.begin(level=5, rating=5, outcome="rated", state="rated")
    assert window.state(name) == "waiting"
    assert window.hall.report("--window", window.window)["ratings"] == 0


def test_a_database_of_the_hall_before_gets_the_new_tables(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "hall.db") as old:
        for table in ("systems", "askings", "clerks", "echoes", "phones"):
            old.execute(f"DROP TABLE {table}")
        old.execute("UPDATE meta SET value = '1' WHERE key = 'version'")
    old.close()
    with serving(tmp_path) as hall:
        assert make_token(hall, "counter", "3")
