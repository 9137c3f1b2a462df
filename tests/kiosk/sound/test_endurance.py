"""Ten thousand times the guide begins and ends: no process, no handle, no memory stays behind."""

import os
import select
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.sound.speaker import Speaker
from tests.kiosk.sound.stand import make_card, write_wav

TIMES = 10_000
WARM = 500
GROWTH_KB = 1_000
PATIENCE_S = 30.0

SLEEPER = "#!/bin/sh\nexec sleep 600\n"


def hear(speaker: Speaker) -> None:
    """Wait for the player's answer to a line."""
    assert speaker._process is not None
    assert speaker._process.stdout is not None
    while speaker._answer.isActive():
        assert select.select([speaker._process.stdout], [], [], PATIENCE_S)[0]
        speaker._listen()


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def measure(pid: int) -> tuple[int, int, int]:
    """The player's kilobytes and handles, and ours, once the last program is gone."""
    give_up_s = time.monotonic() + PATIENCE_S
    while children(pid):
        assert time.monotonic() < give_up_s, "a program is left"
        time.sleep(0.01)
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    handles = len(os.listdir(f"/proc/{pid}/fd"))
    return memory, handles, len(os.listdir("/proc/self/fd"))


@pytest.mark.slow
def test_ten_thousand_guides_leave_nothing_behind(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_card(tmp_path / "card", monkeypatch)
    card.install("aplay", SLEEPER)
    write_wav(tmp_path / "chime.wav", b"\x01\x00" * 2_000)
    speaker = Speaker([str(tmp_path)])
    speaker.begin()
    assert speaker._process is not None
    pid = speaker._process.pid
    before = None
    for number in range(TIMES):
        speaker.play(100, ("*chime",))
        hear(speaker)
        speaker.stop()
        hear(speaker)
        if number == WARM:
            before = measure(pid)
    after = measure(pid)
    assert before is not None
    assert after[0] - before[0] < GROWTH_KB, (before, after)
    assert after[1:] == before[1:], "its handles, our handles"
    assert speaker._process is not None
    assert speaker._process.pid == pid, "one player all the time"
    speaker.close()
