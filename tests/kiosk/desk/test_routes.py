"""Every status code of the contract, over real HTTP."""

from types import SimpleNamespace

import pytest

from kiosk.desk.window import Refused

ASK = {"project_no": "P1", "service_no": "1", "item_name": "身份证"}


def test_invite_reads_cancels(stand: SimpleNamespace) -> None:
    made = stand.client.post("/v1/invitations", json=ASK | {"language": "zh", "clerk_no": "7"})
    assert made.status_code == 201
    id_ = made.json()["invitation"]
    assert made.json() == {"invitation": id_, "state": "waiting"}
    assert made.headers["location"] == f"/v1/invitations/{id_}"
    again = stand.client.post("/v1/invitations", json=ASK)
    assert (again.status_code, again.json()) == (200, made.json())
    read = stand.client.get(f"/v1/invitations/{id_}")
    assert (read.status_code, read.json()) == (200, {"invitation": id_, "state": "waiting"})
    for _ in range(2):
        gone = stand.client.delete(f"/v1/invitations/{id_}")
        assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")
    assert stand.counter.languages == ["zh"]


def test_a_press_ends_cancelling_and_the_end_is_told_without_how(stand: SimpleNamespace) -> None:
    id_ = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
    stand.main.do(stand.counter.press)
    refused = stand.client.delete(f"/v1/invitations/{id_}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:huiyin:not-waiting")
    assert stand.client.get(f"/v1/invitations/{id_}").json()["state"] == "waiting"
    stand.main.do(stand.counter.settle)
    assert stand.client.get(f"/v1/invitations/{id_}").json() == {
        "invitation": id_,
        "state": "rated",
    }
    twice = stand.client.post("/v1/invitations", json=ASK)
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:huiyin:already-rated")
    assert stand.client.get("/v1/status").json() == {"state": "free", "asked": 1, "answered": 1}


def test_another_transaction_supersedes(stand: SimpleNamespace) -> None:
    first = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
    stand.client.post("/v1/invitations", json=ASK | {"project_no": "P2"})
    assert stand.client.get(f"/v1/invitations/{first}").json()["state"] == "superseded"


def test_a_ticket_asks_alone_and_the_numbers_join_later(stand: SimpleNamespace) -> None:
    id_ = stand.client.post("/v1/invitations", json={"ticket_no": "A012"}).json()["invitation"]
    joined = stand.client.patch(f"/v1/invitations/{id_}", json=ASK)
    assert (joined.status_code, joined.json()["state"]) == (200, "waiting")
    assert stand.counter.asked_about[id_].project_no == "P1"
    assert stand.client.patch(f"/v1/invitations/{id_}", json={}).status_code == 422


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
@pytest.mark.parametrize("id_", ["0" * 32, "x", "A" * 32, "..%2f..%2fetc", "%00", "1" * 5000])
def test_an_unknown_id_is_404(stand: SimpleNamespace, method: str, id_: str) -> None:
    body = {"project_no": "1"} if method == "PATCH" else None
    answer = stand.client.request(method, f"/v1/invitations/{id_}", json=body)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:huiyin:unknown")


def test_what_the_window_refuses_is_a_problem_with_retry_after(stand: SimpleNamespace) -> None:
    stand.counter.refusal = Refused("panel-lost", "the panel is not connected", 503, 2.5)
    answer = stand.client.post("/v1/invitations", json=ASK)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:huiyin:panel-lost",
        "title": "the panel is not connected",
        "status": 503,
        "detail": "the panel is not connected",
    }


def test_service_and_window(stand: SimpleNamespace) -> None:
    begun = stand.client.put("/v1/service", json=ASK | {"state": "begun"})
    assert (begun.status_code, begun.json()["state"]) == (200, "begun")
    ended = stand.client.put("/v1/service", json={"state": "ended"})
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert [state for state, _ in stand.counter.served] == ["begun", "ended"]
    assert stand.client.put("/v1/service", json={"state": "begun"}).status_code == 422
    body = {"state": "paused", "clerk_no": "007", "pin": "1234"}
    paused = stand.client.put("/v1/window", json=body)
    assert (paused.status_code, paused.json()) == (200, {"state": "paused", "clerk_no": "007"})
    assert stand.client.get("/v1/window").json() == paused.json()
    assert stand.client.get("/v1/status").json()["state"] == "paused"
    assert stand.counter.pins == ["1234"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"project_no": 5, "service_no": "1"}',
        b'{"project_no": "1"}',
        b'{"project_no": "", "service_no": "1"}',
        b'{"project_no": "1\\n2", "service_no": "1"}',
        b'{"project_no": "1\\u0000", "service_no": "1"}',
        b'{"project_no": "%s", "service_no": "1"}' % (b"9" * 65),
        b'{"project_no": "1", "service_no": "1", "language": "../zh"}',
        b'{"project_no": "1", "service_no": "1", "item_name": "%s"}' % (b"9" * 201),
        b'{"project_no": "1", "service_no": "1", "matters": "all"}',
        b'{"project_no": "1", "service_no": "1", "matters": [%s"x"]}' % (b'"x",' * 32),
        b'{"project_no": "1", "service_no": "1", "matters": [%s"x"]}'
        % ('"%s",' % ("回" * 190) * 15).encode(),
        b"[" * 10_000,
    ],
)
def test_a_body_that_is_not_an_invitation_is_422(stand: SimpleNamespace, body: bytes) -> None:
    answer = stand.client.post(
        "/v1/invitations", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:huiyin:malformed"
    assert not stand.counter.states


def test_fields_nobody_knows_are_ignored(stand: SimpleNamespace) -> None:
    answer = stand.client.post("/v1/invitations", json=ASK | {"level": 5, "rating": {"x": 1}})
    assert answer.status_code == 201
    assert set(answer.json()) == {"invitation", "state"}


def test_several_matters_are_one_invitation(stand: SimpleNamespace) -> None:
    matters = ["出生登记", {"project_no": "P2", "item_name": "医保参保"}]
    id_ = stand.client.post("/v1/invitations", json=ASK | {"matters": matters}).json()["invitation"]
    assert stand.counter.asked_about[id_].matters == matters


def test_a_state_the_contract_does_not_have_goes_no_further(
    stand: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    id_ = stand.client.post("/v1/invitations", json=ASK).json()["invitation"]
    stand.counter.states[id_] = "rated_5"
    answer = stand.client.get(f"/v1/invitations/{id_}")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:huiyin:broken")
    assert "rated_5" not in answer.text


def test_the_schema_names_every_route_and_no_level(stand: SimpleNamespace) -> None:
    answer = stand.client.get("/schema/openapi.json")
    assert answer.status_code == 200
    assert {path for path in answer.json()["paths"] if path.startswith("/v1")} == {
        "/v1/invitations",
        "/v1/invitations/{id}",
        "/v1/service",
        "/v1/window",
        "/v1/status",
        "/v1/events",
    }
    for word in ("level", "satisf", "revision", "reason", "seq"):
        assert word not in answer.text
