"""The technician's page: the doctor's own words, asked beside the kiosk, shown when they come."""

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk import checkup
from kiosk.checkup import NOTES_MAX, Checkup, list_notes
from tests.kiosk.screen.citizen import Citizen

ANSWER = """11 故障    按键面板端口: 未设置端口
   → 插好面板
12 正常    按键未卡住: 无报告
23 未知    存储寿命: 存储未提供寿命信息
42 ok    clock: in step
"""


def test_what_is_well_is_counted_and_what_is_not_is_shown() -> None:
    assert list_notes(ANSWER) == (
        "2 / 4 ✓",
        "11 故障 按键面板端口: 未设置端口",
        "→ 插好面板",
        "23 未知 存储寿命: 存储未提供寿命信息",
    )
    assert list_notes("") == ("0 / 0 ✓",)
    assert list_notes("huiyin-kiosk doctor: cannot\n") == ("0 / 0 ✓", "huiyin-kiosk doctor: cannot")
    assert len(list_notes("11 FAULT x\n" * 50)) == NOTES_MAX + 1


def test_the_doctor_itself_is_asked_and_shown(qtbot: QtBot, tmp_path: Path) -> None:
    with Citizen(qtbot, tmp_path) as citizen:
        doctor = Checkup(citizen.app, citizen.app.kit.data, None)
        doctor.begin()
        doctor.begin()  # once at a time
        assert citizen.view.notes == ("…",)
        citizen.wait(lambda: len(citizen.view.notes) > 1)
        assert citizen.view.notes[0].endswith("✓")
        assert any(note.startswith("11 故障") for note in citizen.view.notes), "no port is set"
        citizen.ask("P1")
        citizen.skip_page()
        citizen.wait_page("free")
        doctor.end()


def test_an_answer_nobody_waits_for_is_not_shown(qtbot: QtBot, tmp_path: Path) -> None:
    with Citizen(qtbot, tmp_path) as citizen:
        doctor = Checkup(citizen.app, citizen.app.kit.data, None)
        doctor.begin()
        citizen.app.screen.uncover()
        citizen.wait(lambda: doctor._process is None)
        assert not citizen.app.screen.is_covered
        doctor.end()


def test_a_doctor_that_hangs_ends_with_the_kiosk(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    monkeypatch.setattr(checkup, "COMMAND", sleeper)
    with Citizen(qtbot, tmp_path) as citizen:
        doctor = Checkup(citizen.app, citizen.app.kit.data, "none.toml")
        doctor.begin()
        process = doctor._process
        assert process is not None
        doctor.end()
        assert process.returncode != 0
        doctor.end()
        doctor._hide.timeout.emit()
        assert citizen.view.page == "free"


@pytest.mark.parametrize("text", ["x" * 200_000, json.dumps({"ok": True})])
def test_whatever_it_says_is_bounded(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    shouter = (sys.executable, "-c", f"print({text[:9]!r} * {len(text) // 9 + 1})")
    monkeypatch.setattr(checkup, "COMMAND", shouter)
    with Citizen(qtbot, tmp_path) as citizen:
        doctor = Checkup(citizen.app, citizen.app.kit.data, None)
        doctor.begin()
        citizen.wait(lambda: citizen.view.notes[0] == "0 / 0 ✓")
        assert len(doctor._heard) <= checkup.ANSWER_MAX
        citizen.qtbot.wait(10)
