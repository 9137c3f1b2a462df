"""The keyboard door on a stand-in for evdev's device; its codes and names are evdev's own."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

evdev = pytest.importorskip("evdev")

from devices.keyboard import Keyboard  # noqa: E402
from devices.port import PortError  # noqa: E402
from devices.press import Back, Fault, Lost, Press  # noqa: E402
from devices.profile import find_profile  # noqa: E402
from devices.reader import Reader  # noqa: E402

KEYS = ("KEY_1", "KEY_2", "KEY_3")


class Device:
    """What evdev.InputDevice does of what the door uses."""

    made: list[Device] = []  # noqa: RUF012
    refuse: dict[str, int] = {}  # noqa: RUF012

    def __init__(self, path: str) -> None:
        self._fail("open")
        self.path, self.grabbed, self.closed = path, False, False
        self.events: list[Any] = []
        self.made.append(self)

    def _fail(self, what: str) -> None:
        if what in self.refuse:
            raise OSError(self.refuse[what], "refused")

    def fileno(self) -> int:
        return 0

    def grab(self) -> None:
        self._fail("grab")
        self.grabbed = True

    def ungrab(self) -> None:
        self._fail("ungrab")
        self.grabbed = False

    def close(self) -> None:
        self.closed = True

    def read(self) -> Iterator[Any]:
        self._fail("read")
        if not self.events:
            raise BlockingIOError
        events, self.events = self.events, []
        return iter(events)

    def push(self, code: str, value: int, kind: int = evdev.ecodes.EV_KEY) -> None:
        number = evdev.ecodes.ecodes[code]
        self.events.append(SimpleNamespace(type=kind, code=number, value=value))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evdev, "InputDevice", Device)
    monkeypatch.setattr(Device, "made", [])
    monkeypatch.setattr(Device, "refuse", {})


def test_it_is_grabbed_so_that_nothing_else_sees_its_keys() -> None:
    keyboard = Keyboard("/dev/input/event5", KEYS)
    (device,) = Device.made
    assert device.grabbed
    assert device.path == "/dev/input/event5"
    assert keyboard.fileno() == 0
    keyboard.write(b"anything")
    keyboard.close()
    assert not device.grabbed
    assert device.closed


def test_keys_are_told_as_lines() -> None:
    keyboard = Keyboard("/dev/input/event5", KEYS)
    (device,) = Device.made
    assert keyboard.read() == b""
    device.push("KEY_1", 1)
    device.push("SYN_REPORT", 0, evdev.ecodes.EV_SYN)
    device.push("KEY_1", 2)
    device.push("KEY_1", 0)
    device.push("KEY_A", 1)
    device.push("BTN_LEFT", 1)
    device.push("SYN_DROPPED", 0, evdev.ecodes.EV_SYN)
    device.push("ABS_X", 5, evdev.ecodes.EV_ABS)
    lines = keyboard.read().decode().splitlines()
    assert lines == ["KEY_1 1", "KEY_1 2", "KEY_1 0", "KEY_A 1", "BTN_LEFT 1", "! dropped"]


def test_of_several_names_the_profiles_own_is_told() -> None:
    keyboard = Keyboard("/dev/input/event5", ("BTN_MOUSE",))
    Device.made[0].push("BTN_LEFT", 1)
    assert keyboard.read() == b"BTN_MOUSE 1\n"


def test_a_code_without_a_name_is_told_by_its_number() -> None:
    keyboard = Keyboard("/dev/input/event5", KEYS)
    Device.made[0].events.append(SimpleNamespace(type=evdev.ecodes.EV_KEY, code=765, value=1))
    assert keyboard.read() == b"KEY_765 1\n"


def test_a_name_that_the_kernel_does_not_know_is_said() -> None:
    with pytest.raises(PortError, match="no such key: KEY_NONE"):
        Keyboard("/dev/input/event5", ("KEY_1", "KEY_NONE"))


@pytest.mark.parametrize(
    ("what", "number", "why"),
    [
        ("open", errno.ENOENT, "absent"),
        ("open", errno.EACCES, "denied"),
        ("grab", errno.EBUSY, "busy"),
        ("grab", errno.ENODEV, "absent"),
    ],
)
def test_a_keyboard_that_cannot_be_had_is_said_in_a_word(what: str, number: int, why: str) -> None:
    Device.refuse[what] = number
    with pytest.raises(PortError, match=why):
        Keyboard("/dev/input/event5", KEYS)
    assert all(device.closed for device in Device.made)


def test_a_keyboard_pulled_out_is_lost_and_found_again() -> None:
    reader = Reader(find_profile("keyboard-3"), "/dev/input/event5")
    assert reader.on_tick(0) == [Back(0)]
    Device.refuse["read"] = Device.refuse["ungrab"] = errno.ENODEV
    assert reader.on_readable(5) == [Lost("hangup", 5)]
    Device.refuse.clear()
    assert reader.on_tick(1_000) == [Back(1_000)]
    device = Device.made[-1]
    device.push("KEY_2", 1)
    device.push("KEY_2", 0)
    device.push("KEY_Q", 1)
    events = reader.on_readable(2_000)
    assert Press("KEY_2", "satisfied", 2_000) in events
    assert Fault("unknown_code", "raised", "KEY_Q", 2_000) in events
    reader.close()
