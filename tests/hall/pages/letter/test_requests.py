"""The wire to the letter, as a second reader speaks it: enrolment, counters, lines, heartbeats."""

import json

from tests.hall.second import AT, Answer, Device, digest
from tests.hall.server import Server


def test_enrolment(hall: Server, one: Device) -> None:
    device, other = Device(hall.host, hall.port), Device(hall.host, hall.port)
    code = hall.make_code("9")
    wrong = device.enrol(code, signature=other.sign("x"))
    assert wrong.said == (401, "signature")
    assert device.enrol(code, public_key="!").said == (401, "signature")
    assert device.enrol("AAAAAAA2", signature=other.sign("x")).said == (401, "signature")
    assert device.enrol("AAAAAAA2").said == (403, "code-wrong")
    first = device.enrol(code.lower(), panel={"any": 1}, software=None, grant=None)
    assert first.status == 201
    names = {"device", "hall", "window", "hall_key", "echo_secret", "settings"}
    assert set(first.json) == names
    assert first.json["device"] == device.id
    assert device.enrol(code).body == first.body
    assert other.enrol(code).said == (410, "code-expired")
    for body in (b"", b"[]", b'{"code":"A"}', b"\xff", json.dumps({"code": 5}).encode()):
        assert one.ask("POST", "/v1/enrolments", body).said == (422, "malformed")


def test_counters_rise(fresh: Device) -> None:
    def ask(counter: object, **changes: str) -> Answer:
        return fresh.request("GET", "/v1/settings", b"", counter, **changes)

    base = fresh.counter + 100
    assert ask(base).status == 200
    for used in (base, base - 1, 0):
        assert ask(used).said == (409, "replayed")
    for strange in ("", "x", "-1", "1.0", "+9", "１２", "9" * 40):
        assert ask(strange if strange.isascii() else "x").said == (401, "signature")
    assert ask(base + 1, Huiyin_Counter=str(base + 2)).said == (401, "signature")
    assert ask(base + 1, Huiyin_Signature="AAAA").said == (401, "signature")
    assert ask(base + 1, Huiyin_Device="f" * 32).said == (403, "device-unknown")
    assert ask(base + 1).status == 200  # none of these used it up
    fresh.counter = base + 1


def test_own_lines_come_back_and_no_others(hall: Server, fresh: Device) -> None:
    fresh.add()
    fresh.send()
    stranger = Device(hall.host, hall.port)
    stranger.enrol(hall.make_code())
    path = f"/v1/entries?epoch={fresh.epoch}&from=2&to=2"
    assert fresh.request("GET", path).body == fresh.lines[1] + b"\n"
    assert stranger.request("GET", path).said[0] == 404
    assert fresh.request("GET", f"/v1/entries?epoch={'e' * 32}&from=1&to=2").said[0] == 404


def test_a_heartbeat(fresh: Device) -> None:
    fresh.send()
    told = {
        "boot": "b" * 32, "mono_ms": 1, "at": AT, "software": "s", "backlog": 0, "panel": "p",
        "head": {"epoch": fresh.epoch, "seq": 1, "hash": digest(fresh.lines[0])},
        "faults": ["x"], "disk_free_mb": 1.5, "wait_s": 0, "unknown": 1,
    }  # fmt: skip
    answer = fresh.request("POST", "/v1/heartbeats", json.dumps(told).encode())
    assert answer.status == 200
    assert set(answer.json) == {"now", "head", "settings_version", "bulletin", "commands"}
    assert answer.json["head"] == told["head"]
    for body in (b"", b"[]", b"{}", b"\xff"):
        assert fresh.request("POST", "/v1/heartbeats", body).said == (422, "malformed")
