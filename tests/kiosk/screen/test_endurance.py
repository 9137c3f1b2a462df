"""Ten thousand visits in one process: memory, handles and threads stay what they were."""

import os
import random
import threading
from collections import deque
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.screen.phrases import LANGUAGES
from sync import records
from tests.kiosk.screen.citizen import Citizen

VISITS = 10_000
WARM = 3_000  # until all that is kept is full: states for the desk, glyphs, widths
GROWTH_KB = 3_000
BEAT = 50  # visits between two heartbeats of the panel
KINDS = ("rated", "reasons", "changed", "silent", "cancelled", "superseded")


def measure() -> tuple[int, int, int]:
    """Kilobytes of memory, open handles, threads."""
    lines = Path("/proc/self/status").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return memory, len(os.listdir("/proc/self/fd")), threading.active_count()


def visit(citizen: Citizen, number: int, kind: str, language: str) -> None:
    """One citizen, from being asked to the free window."""
    citizen.ask(f"P{number}", language)
    if kind == "cancelled":
        citizen.counter.cancel(citizen.conductor.visit.asked.id)
    elif kind == "superseded":
        citizen.ask(f"Q{number}")
    if kind not in ("silent", "cancelled", "superseded"):
        citizen.push("1")
        if kind == "changed":
            citizen.push("3")
        citizen.skip_page()
        if kind == "reasons":
            citizen.skip(600)
            citizen.touch(f"tag:{citizen.view.tags[number % 8].code}")
    while citizen.view.page != "free":
        citizen.skip_page()


@pytest.mark.slow
def test_ten_thousand_visits_leave_nothing_behind(qtbot: QtBot, tmp_path: Path) -> None:
    citizen = Citizen(qtbot, tmp_path, "touch", size="320x192")
    citizen.seen = deque(citizen.seen, maxlen=1)
    citizen.app.on_shown = citizen.seen.append
    dice = random.Random(11)
    before = None
    for number in range(VISITS):
        if number % BEAT == 0:
            citizen.panel.heartbeat()
        visit(citizen, number, dice.choice(KINDS), dice.choice(LANGUAGES))
        if number == WARM:
            before = measure()
    after = measure()
    assert before is not None
    assert after[0] - before[0] < GROWTH_KB, (before, after)
    assert after[1:] == before[1:], "handles, threads"
    citizen.close()


def test_a_few_visits_of_every_kind_end_as_they_should(qtbot: QtBot, tmp_path: Path) -> None:
    citizen = Citizen(qtbot, tmp_path, "touch")
    for number, kind in enumerate(KINDS):
        visit(citizen, number, kind, "zh")
    ends = [one.outcome for one in citizen.entries(records.Outcome)]  # type: ignore[union-attr]
    assert ends == [*["rated"] * 3, "not_rated", "cancelled", "superseded", "not_rated"]
    citizen.close()
