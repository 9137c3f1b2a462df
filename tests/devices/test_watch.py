"""`watch` on a virtual panel: bytes, frames and presses, and the capture that `decode` reads."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devices.decode import decode_timed
from devices.profile import find_profile
from devices.simulator import VirtualPanel
from tests.devices.test_decode import ROOT, decode

LIVE_S = 60  # a liveness limit, never a speed


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "panel"


def test_what_watch_saves_decode_reads(link: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.txt"
    profile = find_profile("pattern-byte")
    with VirtualPanel(profile, link) as panel:
        command = [sys.executable, "-m", "devices", "watch", "--model", "pattern-byte", "--json"]
        command += ["--port", str(link), "--save", str(saved), "--wait", "2.5"]
        watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["event"] == "back"
        time.sleep(0.3)
        panel.press("41")
        time.sleep(0.6)
        panel.press("43")
        told = [json.loads(line) for line in watch.stdout]
        assert watch.wait(timeout=LIVE_S) == 0
        watch.stdout.close()
    assert [one["hex"] for one in told if one["event"] == "bytes"] == ["41", "43"]
    assert [one["key"] for one in told if one["event"] == "frame"] == ["41", "43"]
    assert [one["key"] for one in told if one["event"] == "press"] == ["41", "43"]
    lines = [line.split() for line in saved.read_text().splitlines()]
    moments = [(int(at), bytes.fromhex(data)) for at, data in lines]
    assert [one["key"] for one in decode_timed(profile, moments)] == ["41", "43"]


def test_watch_tells_people_in_words(link: Path) -> None:
    with VirtualPanel(find_profile("pattern-123"), link) as panel:
        command = [sys.executable, "-m", "devices", "watch", "--model", "pattern-123"]
        command += ["--port", str(link), "--wait", "1.5"]
        watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert watch.stdout is not None
        assert "back" in watch.stdout.readline()
        panel.press("02")
        shown = watch.stdout.read()
        assert watch.wait(timeout=LIVE_S) == 0
        watch.stdout.close()
        assert panel.received == ["invite", "cancel"]
    assert "7E F0 01 00 02" in shown
    assert "frame code 02" in shown
    assert "press 02 satisfied" in shown


@pytest.mark.slow
@pytest.mark.parametrize("model", ["pattern-byte", "huiyin-3"])
def test_a_port_that_comes_back_in_the_middle_of_a_capture(
    model: str, link: Path, tmp_path: Path
) -> None:
    """No silence from before, no old counter: decode finds what watch found."""
    saved = tmp_path / "saved.txt"
    profile = find_profile(model)
    first, second, third = [key for key, _ in profile.keys]
    with VirtualPanel(profile, link) as panel:
        command = [sys.executable, "-m", "devices", "watch", "--model", model, "--json"]
        command += ["--port", str(link), "--save", str(saved), "--wait", "5"]
        watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["event"] == "back"
        time.sleep(0.3)
        panel.press(first, 100)
        time.sleep(0.3)
        panel.press(second)
        panel.unplug()
        time.sleep(0.3)
        panel.replug()
        panel.press(third, 100)  # three messages of the board are lost in between
        told = [json.loads(watch.stdout.readline())]
        while told[-1]["event"] != "back":
            told.append(json.loads(watch.stdout.readline()))
        time.sleep(0.3)
        panel.press(third, 100)
        told += [json.loads(line) for line in watch.stdout]
        assert watch.wait(timeout=LIVE_S) == 0
        watch.stdout.close()
    pressed = [one["key"] for one in told if one["event"] == "press"]
    assert [key for key in pressed if key != second] == [first, third]
    found = decode(saved.read_bytes(), "--model", model, "--timed")
    assert sum(" " not in line for line in saved.read_text().splitlines()) == 2
    assert [one.get("what") for one in found if one["event"] == "fault"] == []
    assert [one["key"] for one in found] == pressed
