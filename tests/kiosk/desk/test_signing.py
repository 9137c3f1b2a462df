"""Signing on at the desk: a PIN gives a console its cookie, clerks are checked by the list."""

from types import SimpleNamespace

import httpx


def test_signing_on_gives_a_cookie_and_wrong_pins_run_out(stand: SimpleNamespace) -> None:
    with httpx.Client(base_url=stand.url) as client:
        assert client.get("/session").json()["signed_on"] is False
        for _ in range(4):
            assert client.post("/session", json={"pin": "000000"}).status_code == 403
        signed = client.post("/session", json={"pin": "246810"})
        assert signed.status_code == 200
        cookie = signed.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/v1/status").status_code == 200
        client.delete("/session")
        assert client.get("/v1/status").status_code == 401
        assert client.post("/session", json={"pin": "000000"}).status_code == 403
        locked = client.post("/session", json={"pin": "246810"})
        assert (locked.status_code, locked.json()["type"]) == (429, "urn:huiyin:too-many-tries")
        assert int(locked.headers["retry-after"]) > 60


def test_clerks_are_checked_at_the_desk_and_the_pin_stays_there(clerked: SimpleNamespace) -> None:
    headers = {"Authorization": "Bearer token"}

    def put(body: dict[str, str]) -> httpx.Response:
        return httpx.put(f"{clerked.url}/v1/window", json={"state": "open"} | body, headers=headers)

    assert put({"clerk_no": "0172"}).status_code == 422
    wrong = put({"clerk_no": "0172", "pin": "0000"})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "urn:huiyin:pin-wrong")
    assert put({"badge": "nobody"}).status_code == 403
    assert put({"clerk_no": "0172", "pin": "4821"}).json() == {"state": "open", "clerk_no": "0172"}
    assert put({"badge": "BADGE-0172"}).status_code == 200
    assert put({}).status_code == 200
    for _ in range(5):
        put({"clerk_no": "0172", "pin": "0000"})
    assert put({"clerk_no": "0172", "pin": "4821"}).status_code == 429
    assert clerked.counter.pins == [None, None, None]
