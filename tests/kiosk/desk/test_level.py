"""A client that tries everything to make a rating, over a real window and its journal."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.desk import gate
from sync import records
from tests.kiosk.desk.clerk import Window

FORGED = {
    "level": 5,
    "rating": {"level": 5, "scale": "three", "key": "1", "source": "panel"},
    "satisfaction": "5",
    "outcome": "rated",
    "kind": "rating",
    "key": "1",
    "press": "1",
    "source": "panel",
    "revision": 0,
    "after_ms": 1,
    "EvaluatorLevel": 5,
    "__class__": "Rating",
}
STATES = ("rated", "not_rated", "storing", "chosen", "begun", "open", "asking", "thanking")
PATHS = (
    "/v1/ratings",
    "/v1/rating",
    "/v1/press",
    "/v1/entries",
    "/v1/journal",
    "/v1/outcome",
    "/v1/invitations/{id}/rating",
    "/v1/invitations/{id}/level",
    "/v1/invitations/{id}/press",
    "/v1/invitations/{id}",
    "/v1/invitations",
    "/v1/service",
    "/v1/window",
    "/v1/status",
    "/v1/events",
    "/session",
    "/",
)
METHODS = ("POST", "PUT", "PATCH", "DELETE", "QUERY", "LINK", "TRACE", "RATE")


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(gate, "KNOWN_RATE_S", 1e6)
    monkeypatch.setattr(gate, "KNOWN_BURST", 10**6)
    opened = Window(tmp_path / "journal")
    yield opened
    opened.close()


def invite(window: Window, number: str) -> str:
    body = {"project_no": number, "service_no": "1"}
    return str(window.client.post("/v1/invitations", json=body).json()["invitation"])


def count_ratings(window: Window) -> int:
    made = []

    def look() -> None:
        entries = list(window.journal.recent())
        made.extend(entry for entry in entries if isinstance(entry, records.Rating))
        made.extend(
            entry
            for entry in entries
            if isinstance(entry, records.Outcome) and entry.outcome == "rated"
        )

    window.main.do(look)
    return len(made)


def test_no_route_method_or_field_makes_a_rating(window: Window) -> None:
    id_ = invite(window, "P1")
    for path, method in itertools.product(PATHS, METHODS):
        for state in (None, *STATES):
            body = FORGED | {"project_no": "P1", "service_no": "1", "invitation": id_}
            if state is not None:
                body["state"] = state
            answer = window.client.request(
                method,
                path.format(id=id_),
                json=body,
                params={"level": "5", "state": "rated", "_method": "RATE"},
                headers={"X-HTTP-Method-Override": "RATE", "Huiyin-Level": "5"},
            )
            assert answer.status_code < 500
            if answer.status_code < 300 and method != "TRACE":
                assert "rated" not in answer.text.replace("not_rated", "")
    assert count_ratings(window) == 0


def test_asking_again_and_again_never_ends_as_rated(window: Window) -> None:
    for n in range(20):
        id_ = invite(window, f"P{n}")
        window.client.patch(f"/v1/invitations/{id_}", json=FORGED | {"item_code": "1"})
        if n % 3 == 0:
            window.client.delete(f"/v1/invitations/{id_}")
        if n % 3 == 1:
            window._pass(40_000)
        state = window.client.get(f"/v1/invitations/{id_}").json()["state"]
        assert state in ("waiting", "cancelled", "not_rated")
    assert count_ratings(window) == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
fields = st.sampled_from(
    ["project_no", "service_no", "ticket_no", "slip", "matters", "state", "level", "clerk_no"]
)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.sampled_from(PATHS),
    st.sampled_from(METHODS[:4]),
    st.dictionaries(fields, json_values | st.sampled_from(["P1", "1", "open", "begun", "ended"])),
)
def test_any_body_is_answered_and_none_is_a_press(
    window: Window, path: str, method: str, body: dict[str, object]
) -> None:
    try:
        content = json.dumps(body).encode()
    except UnicodeEncodeError:
        content = b"{}"
    answer = window.client.request(
        method,
        path.format(id="0" * 32),
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        assert answer.json()["type"].startswith("urn:huiyin:")
    assert count_ratings(window) == 0


def test_a_press_is_still_the_one_way(window: Window) -> None:
    id_ = invite(window, "P1")
    window._press("3")
    window._pass(5_000)
    assert window.client.get(f"/v1/invitations/{id_}").json()["state"] == "rated"
    assert count_ratings(window) == 2
