"""Ports told apart by serial number, by socket, by path; found again under another name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import devices.keeper
import devices.pin
from devices.pin import Place, find_port, list_inputs, pin_port, watch_plugs
from devices.port import PortError, PortInfo, list_ports
from devices.press import Back, Lost, Press
from devices.profile import find_profile
from devices.reader import Reader, open_port
from devices.simulator import VirtualPanel

ARDUINO = PortInfo("/dev/ttyACM0", serial="7583", path="1-1.1")
LEFT = PortInfo("/dev/ttyUSB0", usb="1a86:7523", path="1-1.2")
RIGHT = PortInfo("/dev/ttyUSB1", usb="1a86:7523", path="1-1.3")
CLONES = [
    PortInfo("/dev/ttyUSB2", serial="0001", path="1-1.4"),
    PortInfo("/dev/ttyUSB3", serial="0001", path="1-1.5"),
]
ALL = Place([ARDUINO, LEFT, RIGHT, *CLONES])


def test_a_port_is_found_by_its_serial_number() -> None:
    assert ALL.find("serial:7583") == "/dev/ttyACM0"


def test_adapters_without_a_number_are_told_apart_by_their_sockets() -> None:
    assert ALL.find("path:1-1.2") == "/dev/ttyUSB0"
    assert ALL.find("path:1-1.3") == "/dev/ttyUSB1"


def test_a_device_or_link_is_what_it_says() -> None:
    assert ALL.find("/dev/ttyUSB7") == "/dev/ttyUSB7"
    assert find_port("/run/panel") == "/run/panel"


@pytest.mark.parametrize("port", ["serial:1", "path:9-9", "serial:", "path:"])
def test_a_port_that_is_not_plugged_in_is_absent(port: str) -> None:
    with pytest.raises(PortError, match="absent"):
        Place([ARDUINO, CLONES[0]]).find(port)


def test_two_adapters_of_one_number_are_ambiguous_and_neither_is_opened() -> None:
    with pytest.raises(PortError, match="ambiguous"):
        ALL.find("serial:0001")


def test_the_firmest_pin_is_chosen() -> None:
    assert ALL.pin("/dev/ttyACM0") == "serial:7583"
    assert ALL.pin("/dev/ttyUSB0") == "path:1-1.2"
    assert ALL.pin("/dev/ttyUSB3") == "path:1-1.5"
    assert ALL.pin("/dev/ttyS0") == "/dev/ttyS0"
    assert Place([PortInfo("/dev/ttyUSB0")]).pin("/dev/ttyUSB0") == "/dev/ttyUSB0"


def test_only_bare_usb_names_are_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.pin, "list_ports", lambda: ALL.ports)
    assert pin_port("/dev/ttyUSB0") == "path:1-1.2"
    assert pin_port("/dev/ttyACM0") == "serial:7583"
    assert pin_port("/dev/serial/by-id/x") == "/dev/serial/by-id/x"
    assert pin_port("/dev/ttyS0") == "/dev/ttyS0"
    assert pin_port("serial:7583") == "serial:7583"
    assert find_port("serial:7583") == "/dev/ttyACM0"


def test_this_machines_ports_can_be_listed() -> None:
    assert all(isinstance(info, PortInfo) for info in list_ports())


def test_keyboards_are_read_from_the_kernels_own_words(tmp_path: Path) -> None:
    for number, uniq in ((10, ""), (2, "AB12")):
        device = tmp_path / f"event{number}" / "device"
        (device / "id").mkdir(parents=True)
        (device / "name").write_text("Three Keys\n")
        (device / "uniq").write_text(f"{uniq}\n")
        (device / "id" / "vendor").write_text("1234\n")
        (device / "id" / "product").write_text("abcd\n")
        if uniq:
            (device / "phys").write_text("usb-0000:00:14.0-1.2/input0\n")
    assert list_inputs(tmp_path) == [
        PortInfo(
            "/dev/input/event2",
            "",
            "Three Keys",
            "1234:abcd",
            "AB12",
            "usb-0000:00:14.0-1.2/input0",
        ),
        PortInfo("/dev/input/event10", "", "Three Keys", "1234:abcd", "", ""),
    ]
    assert list_inputs(tmp_path / "none") == []


def test_a_keyboard_is_found_among_the_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard = PortInfo("/dev/input/event4", serial="K1")
    monkeypatch.setattr(devices.pin, "list_inputs", lambda: [keyboard])
    assert find_port("serial:K1", keyboard=True) == "/dev/input/event4"


def test_the_panel_comes_back_under_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same socket, a new device: the reader follows it, and opens nothing else."""
    profile = find_profile("huiyin-3")
    panel, other = VirtualPanel(profile), VirtualPanel(profile)
    names = {"1-1.2": panel.path, "1-1.3": other.path}
    monkeypatch.setattr(
        devices.pin, "list_ports", lambda: [PortInfo(d, path=p) for p, d in names.items()]
    )
    opened = []

    def opener(profile, port):  # type: ignore[no-untyped-def]
        opened.append(find_port(port))
        return open_port(profile, port)

    reader = Reader(profile, "path:1-1.2", opener)
    assert reader.on_tick(0) == [Back(0)]
    first = names.pop("1-1.2")
    panel.unplug()
    assert reader.on_readable(10) == [Lost("hangup", 10)]
    assert reader.on_tick(2_000) == []
    taken = VirtualPanel(profile)  # somebody else gets the old name
    panel.replug()
    names["1-1.2"] = panel.path
    assert panel.path != first
    assert [type(event) for event in reader.on_tick(4_000)] == [Back]
    panel.press("2")
    assert any(isinstance(event, Press) for event in reader.on_readable(5_000))
    assert opened == [first, panel.path]
    for one in (reader, panel, other, taken):
        one.close()


def test_a_bare_name_is_followed_to_its_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = find_profile("huiyin-3")
    panel = VirtualPanel(profile)
    asked = []

    def opener(profile, port):  # type: ignore[no-untyped-def]
        asked.append(port)
        return open_port(profile, panel.path)

    monkeypatch.setattr(devices.pin, "list_ports", lambda: [PortInfo("/dev/ttyUSB0", path="1-1.2")])
    reader = Reader(profile, "/dev/ttyUSB0", opener)
    reader.on_tick(0)
    panel.unplug()
    reader.on_readable(10)
    panel.replug()
    reader.on_tick(1_000)
    assert asked == ["/dev/ttyUSB0", "path:1-1.2"]
    reader.close()
    panel.close()


class News:
    """News of a plugged device, as the system's monitor would give it."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.drained = 0

    def fileno(self) -> int:
        return self._fd

    def drain(self) -> None:
        self.drained += 1


def test_news_of_a_plugged_device_is_a_reason_to_try_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = find_profile("huiyin-3")
    panel, news = VirtualPanel(profile), News(0)
    monkeypatch.setattr(devices.keeper, "watch_plugs", lambda: news)
    reader = Reader(profile, "serial:7", lambda profile, port: open_port(profile, panel.path))
    reader.on_tick(0)
    panel.unplug()
    reader.on_readable(10)
    for now_ms in (110, 310, 710):
        reader.on_tick(now_ms)
    assert reader.fileno() == 0
    panel.replug()
    assert reader.on_readable(720) == [Back(720)]
    assert news.drained == 1
    assert reader.fileno() != 0
    reader.close()
    panel.close()


def test_the_systems_monitor_can_be_watched_or_is_done_without() -> None:
    plugs = watch_plugs()
    if plugs is not None:
        assert plugs.fileno() >= 0
        plugs.drain()


def test_without_a_monitor_the_back_off_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyudev", None)
    assert watch_plugs() is None
