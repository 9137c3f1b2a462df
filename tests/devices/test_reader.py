"""The reader on real pseudo-terminals, driven by a clock of the test's own."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from devices.keeper import RETRY_MAX_MS
from devices.port import PortError
from devices.press import Back, Down, Event, Fault, Heard, Lost, Press, Up
from devices.profile import Profile, find_profile
from devices.reader import Reader, open_port
from devices.simulator import VirtualPanel

MODELS = ("huiyin-3", "huiyin-5", "pattern-4123", "pattern-byte", "modbus-8", "keyboard-3")


class Desk:
    """A reader, a virtual panel, and a clock that only moves when the test says so."""

    def __init__(self, model: str, link: Path) -> None:
        self.profile = find_profile(model)
        self.panel = VirtualPanel(self.profile, link)
        self.reader = Reader(self.profile, str(link))
        self.now_ms = 1_000
        self.events: list[Event] = []
        self.pass_ms(200)

    def pass_ms(self, wait_ms: int) -> list[Event]:
        """Lets time pass in the reader's own steps; what happened meanwhile."""
        before = len(self.events)
        end, idle = self.now_ms + wait_ms, 0
        while True:
            self.panel.serve()
            if (handle := self.reader.fileno()) is not None:
                while select.select([handle], [], [], 0.002)[0]:
                    self.events += self.reader.on_readable(self.now_ms)
                    self.panel.serve()
                    if self.reader.fileno() != handle:
                        break
            due = self.reader.deadline
            if due is None or due > end:
                break
            idle = 0 if due > self.now_ms else idle + 1
            assert idle < 5, "a deadline that no tick fulfils would spin for ever"
            self.now_ms = max(self.now_ms, due)
            self.events += self.reader.on_tick(self.now_ms)
        self.now_ms = end
        return self.events[before:]

    def press(self, key: str) -> list[Event]:
        self.panel.down(key)
        found = self.pass_ms(400)
        self.panel.up(key)
        return found + self.pass_ms(400)

    def presses(self) -> list[str]:
        return [event.key for event in self.events if isinstance(event, Press)]

    def close(self) -> None:
        self.reader.close()
        self.panel.close()


@pytest.fixture(params=MODELS)
def desk(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Desk(request.param, tmp_path / "panel")
    yield made
    made.close()


@pytest.fixture
def line(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Desk("huiyin-3", tmp_path / "panel")
    yield made
    made.close()


def test_the_first_open_is_a_back(desk: Desk) -> None:
    assert [event for event in desk.events if not isinstance(event, Heard)] == [Back(1_000)]


def test_every_key_is_a_press_of_its_level(desk: Desk) -> None:
    for key, level in desk.profile.keys:
        pressed = [event for event in desk.press(key) if isinstance(event, Press)]
        assert [(event.key, event.level) for event in pressed] == [(key, level)]


def test_unplugged_and_plugged_in_again_it_counts_without_anybody(desk: Desk) -> None:
    key = desk.profile.keys[0][0]
    desk.press(key)
    desk.panel.unplug()
    assert [event for event in desk.pass_ms(5_000) if isinstance(event, Lost)]
    assert not any(isinstance(event, Back) for event in desk.pass_ms(5_000))
    desk.panel.replug()
    back = desk.pass_ms(RETRY_MAX_MS)
    assert any(isinstance(event, Back) for event in back)
    assert not any(isinstance(event, Press) for event in back)
    desk.press(key)
    assert desk.presses() == [key, key]


def test_a_press_during_reconnect_is_not_invented(desk: Desk) -> None:
    key = desk.profile.keys[0][0]
    if not desk.profile.rules.one_shot:
        desk.panel.down(key)
        desk.pass_ms(300)
    desk.panel.unplug()
    desk.pass_ms(300)
    desk.panel.replug()
    desk.panel.down(key)  # nobody has the port open yet
    desk.panel.up(key)
    desk.pass_ms(3_000)
    desk.panel.up(key)
    desk.pass_ms(300)
    assert desk.presses() == []


def test_lamps_are_told_again_after_a_reopen(line: Desk) -> None:
    line.reader.send("invite", line.now_ms)
    assert line.panel.received == ["invite"]
    line.panel.unplug()
    line.pass_ms(100)
    line.panel.replug()
    line.pass_ms(2_000)
    assert line.panel.received == ["invite", "invite"]


def test_a_board_that_started_after_it_was_told_is_told_again(line: Desk) -> None:
    """Opening a port resets many boards; their boot loader swallows the first word."""
    line.reader.send("invite", line.now_ms)
    line.pass_ms(3_000)
    line.panel.heartbeat(60_000)
    line.pass_ms(100)
    assert line.panel.received == ["invite"]
    line.panel.heartbeat(0)
    line.pass_ms(2_000)
    line.panel.heartbeat(2_000)
    line.pass_ms(100)
    assert line.panel.received == ["invite", "invite"]


def test_a_port_that_is_not_there_is_lost_once_and_tried_for_ever(tmp_path: Path) -> None:
    reader = Reader(find_profile("huiyin-3"), str(tmp_path / "none"))
    assert reader.deadline == 0
    assert reader.on_tick(5) == [Lost("absent", 5)]
    assert reader.fileno() is None
    waits = []
    now = 5
    for _ in range(8):
        assert reader.deadline is not None
        waits.append(reader.deadline - now)
        assert reader.on_tick(reader.deadline - 1) == []
        now = reader.deadline
        assert reader.on_tick(now) == []
    assert waits == [100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]
    reader.close()
    assert reader.deadline is None
    assert reader.on_tick(now + 99_999) == []


def test_a_port_in_use_is_busy(line: Desk) -> None:
    second = Reader(line.profile, line.panel.path)
    assert second.on_tick(0) == [Lost("busy", 0)]


def test_a_file_is_no_port(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"x")
    for port in (str(plain), str(tmp_path), "/dev/null"):
        assert Reader(find_profile("huiyin-3"), port).on_tick(0) == [Lost("not_serial", 0)]


def test_silence_is_lost_and_the_next_word_is_back(line: Desk) -> None:
    assert not [e for e in line.pass_ms(14_700) if isinstance(e, Lost)]
    assert [e for e in line.pass_ms(400) if isinstance(e, Lost)] == [Lost("silent", 16_000)]
    assert not [e for e in line.pass_ms(60_000) if isinstance(e, (Lost, Back))]
    line.panel.heartbeat(77_000)
    found = line.pass_ms(100)
    assert found == [Back(found[0].at_ms), Heard("HY3", "1", found[0].at_ms)]


def test_a_silent_panel_that_is_unplugged_is_not_lost_twice(line: Desk) -> None:
    line.pass_ms(16_000)
    line.panel.unplug()
    line.pass_ms(3_000)
    line.panel.replug()
    line.pass_ms(3_000)
    assert len([event for event in line.events if isinstance(event, Lost)]) == 1
    line.panel.heartbeat(5)
    assert any(isinstance(event, Back) for event in line.pass_ms(100))


def test_keys_that_were_down_go_up_without_a_press_when_the_port_goes(line: Desk) -> None:
    line.panel.down("1")
    assert line.pass_ms(50) == [Down("1", line.now_ms - 50)]
    line.panel.unplug()
    found = line.pass_ms(50)
    assert found == [Up("1", found[0].at_ms), Lost("hangup", found[0].at_ms)]


def test_bytes_still_in_the_line_are_read_before_the_hang_up_is_told(line: Desk) -> None:
    line.panel.press("2")
    line.panel.unplug()
    line.pass_ms(100)
    assert isinstance(line.events[-1], Lost)


def test_a_write_to_a_port_that_has_gone_raises_nothing(line: Desk) -> None:
    line.panel.unplug()
    line.reader.send("thanks", line.now_ms)
    line.reader.send("pause", line.now_ms)
    assert line.reader.on_tick(line.now_ms)[-1] == Lost("hangup", line.now_ms)


class TornLink:
    """A port that goes in the middle of whatever is done with it, once `left` is used up."""

    def __init__(self, inner: object, left: list[int]) -> None:
        self._inner, self._left = inner, left

    def _spend(self) -> None:
        self._left[0] -= 1
        if self._left[0] < 0:
            raise PortError("hangup")

    def fileno(self) -> int:
        return self._inner.fileno()  # type: ignore[attr-defined,no-any-return]

    def read(self) -> bytes:
        self._spend()
        return self._inner.read()  # type: ignore[attr-defined,no-any-return]

    def write(self, data: bytes) -> None:
        self._spend()
        self._inner.write(data)  # type: ignore[attr-defined]

    def close(self) -> None:
        self._inner.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", MODELS)
def test_a_port_may_go_at_every_single_call(model: str, tmp_path: Path) -> None:
    for calls in range(12):
        desk = Desk(model, tmp_path / f"panel{calls}")
        desk.reader.close()
        left = [calls]

        def tear(profile: Profile, port: str, left: list[int] = left) -> object:
            return TornLink(open_port(profile, port), left)

        desk.reader = Reader(desk.profile, str(desk.panel.link), tear)  # type: ignore[arg-type]
        desk.events.clear()
        desk.pass_ms(100)
        desk.reader.send("invite", desk.now_ms)
        desk.press(desk.profile.keys[0][0])
        left[0] = 10**9
        desk.pass_ms(3_000)
        assert desk.reader.fileno() is not None
        before = len(desk.presses())
        assert before <= 1
        desk.press(desk.profile.keys[0][0])
        assert len(desk.presses()) == before + 1
        desk.close()


def test_a_flood_of_faults_is_told_once(line: Desk) -> None:
    for seed in range(50):
        line.panel.noise(200, seed)
        line.pass_ms(10)
    assert len([event for event in line.events if isinstance(event, Fault)]) == 1
    assert line.presses() == []


def test_closing_and_opening_again_leaks_no_descriptor(line: Desk) -> None:
    held = len(os.listdir("/proc/self/fd"))
    for _ in range(30):
        line.panel.unplug()
        line.pass_ms(200)
        line.panel.replug()
        line.pass_ms(2_000)
    assert len(os.listdir("/proc/self/fd")) == held


def test_importing_the_reader_loads_no_library() -> None:
    code = (
        "import sys, devices.reader, devices.profile;"
        "devices.profile.find_profile('huiyin-3');"
        "heavy = {'serial', 'pymodbus', 'evdev', 'pyudev', 'asyncio'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]"
