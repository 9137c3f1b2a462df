"""`list`: what is told of each port, without opening any."""

from __future__ import annotations

import os
from typing import Any

import pytest

import devices.listing
from devices.listing import find_holders, list_panels, print_panels
from devices.port import PortInfo
from devices.profile import find_profile
from devices.simulator import VirtualPanel

NUMBERED = PortInfo("/dev/ttyUSB0", "QinHeng", "CH340", "1a86:7523", "A1", "1-1.1")
BARE = PortInfo("/dev/ttyUSB1", "QinHeng", "CH340", "1a86:7523", "", "1-1.2")
TWIN = PortInfo("/dev/ttyUSB2", "QinHeng", "CH340", "1a86:7523", "", "1-1.3")
BOARD = PortInfo("/dev/ttyS0")
KEYS = PortInfo("/dev/input/event3", product="Numpad", usb="1c4f:0002", path="usb-1/input0")


Found = dict[str, list[dict[str, Any]]]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    monkeypatch.setattr(devices.listing, "list_ports", lambda: [NUMBERED, BARE, TWIN, BOARD])
    monkeypatch.setattr(devices.listing, "list_inputs", lambda: [KEYS])
    held = {"/dev/ttyUSB1": [{"pid": 77, "name": "minicom"}]}
    monkeypatch.setattr(devices.listing, "find_holders", lambda devices: held)
    return list_panels()


def test_each_port_with_its_maker_its_pin_its_holder_and_what_fits(found: Found) -> None:
    first, bare, twin, board = found["ports"]
    assert (first["maker"], first["product"], first["usb"]) == ("QinHeng", "CH340", "1a86:7523")
    assert (first["serial"], first["path"], first["pin"]) == ("A1", "1-1.1", "serial:A1")
    assert (bare["pin"], twin["pin"], board["pin"]) == ("path:1-1.2", "path:1-1.3", "/dev/ttyS0")
    assert bare["held_by"] == [{"pid": 77, "name": "minicom"}]
    assert first["held_by"] == []
    assert {"huiyin-3", "pattern-4123", "modbus-8"} <= set(first["fits"])
    assert "keyboard-3" not in first["fits"]
    assert board["fits"] == []
    (keyboard,) = found["keyboards"]
    assert (keyboard["fits"], keyboard["pin"]) == (["keyboard-3"], "path:usb-1/input0")


def test_every_profile_with_its_keys_and_how_often_noise_would_press(found: Found) -> None:
    rows = {row["model"]: row for row in found["profiles"]}
    assert rows["pattern-4123"]["keys"][0] == {"key": "04", "level": "very_satisfied"}
    assert rows["huiyin-5"]["sha256"] == find_profile("huiyin-5").sha256
    rates = {model: row["false_presses"] for model, row in rows.items()}
    assert rates["keyboard-3"] == 0
    assert rates["huiyin-3"] < rates["modbus-8"] < rates["pattern-4123"] < 1 < rates["pattern-byte"]


def test_people_see_the_same(found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    print_panels(found)
    said = capsys.readouterr().out
    for words in ("QinHeng CH340 1a86:7523", "serial:A1", "path:1-1.3", "minicom", "77", "Numpad"):
        assert words in said
    print_panels({"ports": [], "keyboards": [], "profiles": []})
    assert "no serial port and no keyboard" in capsys.readouterr().out


def test_who_holds_a_port_is_found() -> None:
    with VirtualPanel(find_profile("huiyin-3")) as panel:
        ours = [one for one in find_holders({panel.path})[panel.path] if one["pid"] == os.getpid()]
        assert len(ours) == 1
        assert ours[0]["name"]
        assert find_holders({"/dev/none"}) == {}
