"""Who may ask, how much and how often."""

from types import SimpleNamespace

import httpx
import pytest

from tests.kiosk.desk.conftest import ORIGIN, TOKEN

ASK = {"project_no": "P1", "service_no": "1"}


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"],
)
@pytest.mark.parametrize("path", ["/v1/status", "/v1/events", "/v1/nothing", "/v1/invitations/x"])
def test_without_the_token_nothing_answers(
    stand: SimpleNamespace, authorization: str | None, path: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.get(stand.url + path, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:huiyin:token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/healthz", "/schema/openapi.json"])
def test_health_and_schema_need_no_token(stand: SimpleNamespace, path: str) -> None:
    assert httpx.get(stand.url + path).status_code == 200


def test_method_and_address_have_problems_too(stand: SimpleNamespace) -> None:
    wrong = stand.client.post("/v1/status", json={})
    assert (wrong.status_code, wrong.json()["type"]) == (405, "urn:huiyin:method")
    assert "GET" in wrong.headers["allow"]
    assert stand.client.get("/v2/status").json()["type"] == "urn:huiyin:unknown"


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_json_is_415(stand: SimpleNamespace, media: str | None) -> None:
    headers = {} if media is None else {"Content-Type": media}
    answer = stand.client.post("/v1/invitations", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:huiyin:media-type")


@pytest.mark.parametrize("size", [17_000, 1_500_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_too_large_is_413_and_the_answer_arrives(
    stand: SimpleNamespace, size: int, chunked: bool
) -> None:
    body = b'{"project_no": "%s"}' % (b"1" * size)
    content = iter([body]) if chunked else body
    answer = stand.client.post(
        "/v1/invitations", content=content, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:huiyin:too-large")


def test_a_named_origin_is_answered_by_name(stand: SimpleNamespace) -> None:
    preflight = httpx.options(
        stand.url + "/v1/invitations",
        headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    asked = stand.client.post("/v1/invitations", json=ASK, headers={"Origin": ORIGIN})
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert asked.headers["vary"] == "Origin"
    refused = httpx.get(stand.url + "/v1/status", headers={"Origin": ORIGIN})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in asked.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://business.example", "null", ORIGIN + ".evil", ORIGIN + ":444"],
)
def test_another_origin_is_refused_even_with_the_token(stand: SimpleNamespace, origin: str) -> None:
    for method in ("OPTIONS", "GET", "POST", "DELETE"):
        answer = stand.client.request(
            method,
            "/v1/invitations",
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        )
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:huiyin:origin")
        assert "access-control-allow-origin" not in answer.headers


def test_a_name_pointed_here_is_not_our_own_origin(stand: SimpleNamespace) -> None:
    name = f"evil.example:{stand.port}"
    answer = stand.client.get("/v1/status", headers={"Host": name, "Origin": f"http://{name}"})
    assert answer.status_code == 403
    assert stand.client.get("/v1/status", headers={"Origin": stand.url}).status_code == 200


def test_strangers_are_slowed_down_and_do_not_slow_the_known(stand: SimpleNamespace) -> None:
    with httpx.Client(base_url=stand.url) as stranger:
        answers = [stranger.get("/v1/status") for _ in range(80)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert slowed[0].json()["type"] == "urn:huiyin:slow-down"
    assert int(slowed[0].headers["retry-after"]) >= 1
    assert stand.client.get("/v1/status").status_code == 200


def test_the_known_have_a_rate_too(stand: SimpleNamespace) -> None:
    answers = [stand.client.get("/v1/status").status_code for _ in range(400)]
    assert set(answers) == {200, 429}
