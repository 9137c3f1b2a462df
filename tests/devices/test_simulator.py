"""The virtual panel itself: its link, its faults, what it hears."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import devices.simulator
from devices.decode import decode_bytes
from devices.formats.line import frame_line
from devices.port import SerialPort
from devices.profile import find_profile, list_models
from devices.reader import Reader
from devices.simulate import Session
from devices.simulator import VirtualPanel

PANEL = find_profile("huiyin-3")


def test_without_a_link_its_path_is_the_terminal() -> None:
    with VirtualPanel(PANEL) as panel:
        assert panel.path.startswith("/dev/pts/")
        assert panel.fileno() is not None
        panel.unplug()
        assert panel.path == ""
        assert panel.fileno() is None
        panel.serve()
        panel.press("1")
        panel.heartbeat()
        assert panel.received == []


def test_a_link_taken_over_by_another_panel_is_left_to_it(tmp_path: Path) -> None:
    link = tmp_path / "panel"
    first, second = VirtualPanel(PANEL, link), VirtualPanel(PANEL, link)
    first.close()
    assert os.readlink(link).startswith("/dev/pts/")
    second.close()
    assert not link.is_symlink()


def test_a_terminal_that_nobody_reads_loses_bytes_and_never_waits() -> None:
    with VirtualPanel(PANEL) as panel:
        for _ in range(200):
            panel.noise(1_000, seed=1)


@pytest.mark.parametrize("model", list_models())
def test_a_flipped_bit_is_never_heard_as_a_press(model: str) -> None:
    profile = find_profile(model)
    if profile.format in ("keys", "modbus") or (profile.settings and profile.settings.quiet_ms):
        pytest.skip("nothing checks its bytes, or it speaks only when asked")
    with VirtualPanel(profile) as panel:
        sent: list[bytes] = []
        panel._write = sent.append  # type: ignore[method-assign]
        panel.flip()
        panel.heartbeat(5)
        panel.down(profile.keys[0][0])
        panel.down(profile.keys[1][0])
        found = list(decode_bytes(profile, sent))
    assert [one["event"] for one in found][-1] == "press"
    assert [one.get("key") for one in found if one["event"] == "press"] == [profile.keys[1][0]]


def test_it_remembers_what_it_was_told() -> None:
    with VirtualPanel(PANEL) as panel:
        reader = Reader(PANEL, panel.path)
        reader.on_tick(0)
        for word in ("invite", "thanks", "pause", "fault", "cancel"):
            reader.send(word, 0)
        assert panel.received == ["invite", "thanks", "pause", "fault", "pause"]
        reader.close()


def test_a_held_press_takes_its_time() -> None:
    with VirtualPanel(PANEL) as panel:
        sent: list[bytes] = []
        panel._write = sent.append  # type: ignore[method-assign]
        panel.press("2", hold_ms=5)
        assert [data[-8:-7] for data in sent] == [b"D", b"U"]


def test_a_session_tells_every_signal_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.simulator, "TOLD_MAX", 3)
    told: list[str] = []
    with VirtualPanel(PANEL) as panel:
        session = Session(panel, told.append)
        kiosk = SerialPort(panel.path, PANEL.wire)
        for word in ("invite", "thanks", "pause", "fault", "invite"):
            kiosk.write(frame_line(f"S,{word}"))
            session.wait(20)
        kiosk.close()
    assert told == ["invite", "thanks", "pause", "fault", "invite"]
