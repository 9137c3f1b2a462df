"""Keys, fingers, pulled cables and invitations at random: the window stands, and counts right."""

import contextlib
import random
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from kiosk.desk.window import Refused
from kiosk.screen.items import Box, Rect
from kiosk.screen.phrases import LANGUAGES
from sync import records
from tests.kiosk.screen.citizen import LEFT, Citizen
from tests.kiosk.screen.test_geometry import check

STEPS = 250
SIZE = (800, 480)


class Monkey:
    """`fingers` counts all that could have been a press."""

    def __init__(self, citizen: Citizen, seed: int) -> None:
        self.citizen, self.dice = citizen, random.Random(seed)
        self.fingers = self.asked = 0
        self.is_plugged = True

    def step(self) -> None:
        acts = {
            self.finger: 6,
            self.spot: 2,
            self.key: 8,
            self.wait: 6,
            self.ask: 4,
            self.desk: 1,
            self.cable: 3 if not self.is_plugged else 1,
        }
        (act,) = self.dice.choices(list(acts), list(acts.values()))
        act()
        self.citizen.qtbot.wait(1)
        check(self.citizen.view, self.citizen.app.screen._items, Rect(0, 0, *SIZE))

    def finger(self) -> None:
        boxes = [i for i in self.citizen.app.screen._items if isinstance(i, Box) and i.touch]
        if boxes:
            self.fingers += 1
            self.citizen.touch(self.dice.choice(boxes).touch)

    def spot(self) -> None:
        self.fingers += 1
        down, up = (QPoint(self.dice.randrange(800), self.dice.randrange(480)) for _ in range(2))
        self.citizen.qtbot.mousePress(self.citizen.app.screen, LEFT, pos=down)
        self.citizen.qtbot.mouseRelease(self.citizen.app.screen, LEFT, pos=up)

    def key(self) -> None:
        self.fingers += 1
        key, panel = self.dice.choice("123"), self.citizen.panel
        act = self.dice.choice((panel.press, panel.press, panel.down, panel.up))
        act(key)
        self.citizen.qtbot.wait(self.dice.choice((1, 40)))

    def wait(self) -> None:
        self.citizen.skip(self.dice.choice((100, 600, 3_000, 10_000, 30_000)))

    def ask(self) -> None:
        self.asked += 1
        language = self.dice.choice((None, *LANGUAGES))
        asked = records.Transaction(project_no=f"P{self.asked}", service_no="1")
        with contextlib.suppress(Refused):  # paused, or the panel is out
            self.citizen.counter.invite(asked, language, None)

    def desk(self) -> None:
        state = self.dice.choice(("open", "open", "paused"))
        self.citizen.counter.set_window(state, self.dice.choice(("C1", "C2")), None)

    def cable(self) -> None:
        if self.is_plugged:
            self.citizen.panel.unplug()
        else:
            self.citizen.panel.replug()
            self.citizen.panel.heartbeat()
        self.is_plugged = not self.is_plugged


@pytest.mark.parametrize("how", ["panel", "touch"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_to_it_the_window_stands(
    qtbot: QtBot, tmp_path: Path, seed: int, how: str
) -> None:
    mode = ("invited", "walk_up", "invited")[seed]
    second = ("", "en", "bo")[seed]
    with Citizen(qtbot, tmp_path, how, mode=mode, second=second) as citizen:
        monkey = Monkey(citizen, seed)
        for number in range(STEPS):
            if number % 50 == 0:
                citizen.panel.heartbeat()
            monkey.step()
        judge(citizen, monkey)


def judge(citizen: Citizen, monkey: Monkey) -> None:
    """One end for each invitation, rated if there is a rating, and no rating without a finger."""
    entries = list(citizen.conductor.journal.recent())
    asked = {one.invitation for one in entries if isinstance(one, records.Invitation)}
    ratings = [one for one in entries if isinstance(one, records.Rating)]
    rated = {one.invitation for one in ratings}
    outcomes = [one for one in entries if isinstance(one, records.Outcome)]
    for one in outcomes:
        assert (one.outcome == "rated") == (one.invitation in rated), one
    ended = [one.invitation for one in outcomes]
    visit = citizen.conductor.visit
    assert len(ended) == len(set(ended))
    assert asked - set(ended) <= ({visit.asked.id} if visit.asked else set())
    assert len(ratings) <= monkey.fingers
    assert len(rated) >= 3, "the monkey did nothing"
