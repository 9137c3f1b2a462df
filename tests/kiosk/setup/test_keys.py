"""Journeys on the box's own screen: no keyboard, three keys, off-screen pixels and a real line."""

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from kiosk.__main__ import main
from kiosk.screen.board import Board
from kiosk.screen.choice import Choice
from kiosk.screen.items import Box
from kiosk.setup import keys
from kiosk.setup.terms import Option, Question
from tests.hall.server import Server
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.kiosk.setup.kit import (
    FINGER_S,
    KEYS,
    config_of,
    identity_of,
    list_files,
    make_grant,
    plug_stick,
)

COST_MOST = 6
ZH = {"非常满意": "1", "满意": "2", "不满意": "3"}


class Person:
    """Looks at the board and presses the panel's keys, slowly enough for a finger.

    `wants` maps a question to the label to choose, or to the text to type; else what is proposed
    is chosen.
    """

    def __init__(self, panel: VirtualPanel, wants: dict[str, str] | None = None) -> None:
        self.panel = panel
        self.wants = wants or {}
        self.presses = 0
        self.seen: list[Choice] = []
        self.on_test: Callable[[str], str] = lambda key: key
        self._typed: dict[str, str] = {}
        self._todo: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def look(self, choice: Choice) -> None:
        """What is on the board now; told in the main thread."""
        self.seen.append(choice)
        asked = re.match(r"\d\. (?:请按“(.*)”键|press the key for: (.*))", choice.title)
        if asked:
            level = asked[1] or asked[2]
            self._todo.put(self.on_test({**ZH, **KEYS}[level]))
        elif choice.hints:
            self._todo.put(self._decide(choice))

    def _decide(self, choice: Choice) -> str:
        want = next((w for title, w in self.wants.items() if title in choice.title), None)
        if choice.is_strip:
            rest = (want or "")[len(choice.value) :]
            target = choice.options.index(rest[0]) if rest else len(choice.options) - 1
        elif want is None:
            return "3"
        else:
            target = next(i for i, label in enumerate(choice.options) if want in label)
            if target == choice.cursor:
                self.wants = {t: w for t, w in self.wants.items() if t not in choice.title}
        if target == choice.cursor:
            return "3"
        ahead = (target - choice.cursor) % len(choice.options)
        return "2" if ahead <= len(choice.options) // 2 else "1"

    def _work(self) -> None:
        while True:
            try:
                key = self._todo.get(timeout=0.02)
            except queue.Empty:
                self.panel.serve()
                self.panel.heartbeat()
                continue
            if key is None:
                return
            time.sleep(FINGER_S)
            if key == "unplug":
                self.panel.unplug()
                time.sleep(0.3)
                self.panel.replug()
                continue
            self.presses += 1
            name = self.panel.profile.keys[int(key) - 1][0]
            self.panel.down(name)
            time.sleep(0.05)
            self.panel.up(name)

    def press(self, key: str) -> None:
        self._todo.put(key)

    def close(self) -> None:
        self._todo.put(None)
        self._thread.join()


@pytest.fixture
def virtual(tmp_path: Path) -> Iterator[VirtualPanel]:
    with VirtualPanel(find_profile("huiyin-3"), tmp_path / "panel") as made:
        yield made


def set_up(box: Path, person: Person, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The command, with a board in this process that the person looks at."""
    board = Board()
    board.on_shown = person.look
    board.open(fullscreen=False)
    monkeypatch.setattr(keys, "open_keys", lambda headless: keys.Keys(board, label_ms=10))
    more = ("--panel", str(person.panel.path), "--root", str(box), "--data", str(box / "data"))
    try:
        return main(["setup", "--screen", *more, *words])
    finally:
        person.close()
        board.close()


@pytest.mark.usefixtures("qapp")
def test_a_stick_and_three_keys_cost_four_presses(
    box: Path, hall: Server, virtual: VirtualPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_stick(box, make_grant(hall))
    person = Person(virtual)
    assert set_up(box, person, monkeypatch) == 0
    assert person.presses <= COST_MOST
    identity = identity_of(box)
    assert identity is not None
    assert identity["window"] == "3"
    assert (box / "data" / "panel-test.json").exists()
    assert any("窗口 3" in label for label in person.seen[-1].options)
    assert not any(choice.is_strip for choice in person.seen)


@pytest.mark.usefixtures("qapp")
def test_a_commercial_rater_shows_itself_by_its_first_press(
    box: Path, hall: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_stick(box, make_grant(hall))
    with VirtualPanel(find_profile("pattern-123"), tmp_path / "panel") as rater:
        person = Person(rater)
        assert set_up(box, person, monkeypatch) == 0
    assert person.presses <= COST_MOST
    assert 'model = "pattern-123"' in config_of(box).read_text("utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
def test_a_code_and_an_address_are_typed_by_three_keys(
    box: Path, hall: Server, virtual: VirtualPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants = {
        "大厅服务器": hall.address.removeprefix("http://"),
        "一次性登记码": hall.make_code("6"),
    }
    person = Person(virtual, wants)
    assert set_up(box, person, monkeypatch) == 0
    identity = identity_of(box)
    assert identity is not None
    assert (identity["window"], identity["address"]) == ("6", hall.address)


@pytest.mark.usefixtures("qapp")
def test_rows_are_changed_and_the_tongue_follows(
    box: Path, hall: Server, virtual: VirtualPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_stick(box, make_grant(hall))
    person = Person(virtual, {"这样对吗": "语言", "屏幕语言": "英文"})
    assert set_up(box, person, monkeypatch) == 0
    assert 'language = "en"' in config_of(box).read_text("utf-8")
    assert any(choice.title == "All right?" for choice in person.seen)
    assert any("Window 3" in label for label in person.seen[-1].options)


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
def test_wrong_keys_and_a_pulled_panel_are_survived(
    box: Path, hall: Server, virtual: VirtualPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_stick(box, make_grant(hall))
    person = Person(virtual)
    asked = []

    def wrongly(key: str) -> str:
        asked.append(key)
        if len(asked) == 1:
            for _ in range(2):
                person.press("2")
            return "2"
        if len(asked) == 3:
            person.press("unplug")
            threading.Timer(3.5, person.press, [key]).start()
            return "unplug"
        return key

    person.on_test = wrongly
    assert set_up(box, person, monkeypatch) == 0
    assert any("未通过" in choice.title for choice in person.seen)
    assert any("断开" in choice.title for choice in person.seen)
    assert identity_of(box) is not None


@pytest.mark.slow
@pytest.mark.usefixtures("qapp")
def test_stopped_by_keys_nothing_is_changed(
    box: Path,
    hall: Server,
    virtual: VirtualPanel,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plug_stick(box, make_grant(hall))
    person = Person(virtual, {"未通过": "停止"})
    person.on_test = lambda key: "1" if key != "1" else "2"
    for _ in range(2):
        threading.Timer(6, person.press, ["2"]).start()
    assert set_up(box, person, monkeypatch, "--wait", "3") == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert list_files(box) == {"data/key"}


@pytest.mark.usefixtures("qapp")
def test_a_finger_chooses_too() -> None:
    board = Board()
    board.open(fullscreen=False)
    shell = keys.Keys(board)
    question = Question("port", "?", tuple(Option(name, name) for name in "abc"))
    touched = []

    def touch(choice: Choice) -> None:
        place = next(i for i in board._items if isinstance(i, Box) and i.touch == "1").rect
        spot = QPoint(place.x + 5, place.y + 5)
        QTest.mouseClick(board, Qt.MouseButton.LeftButton, pos=spot)
        touched.append(choice)

    board.on_shown = touch
    assert shell.ask(question) == "b"
    board.on_shown = lambda choice: None
    assert shell.ask(question) == "again"
    board.close()


@pytest.mark.slow
def test_a_real_process_is_set_up_blindly(box: Path, hall: Server, virtual: VirtualPanel) -> None:
    plug_stick(box, make_grant(hall))
    words = ("--screen", "--headless", "--root", str(box), "--data", str(box / "data"))
    command = [*KIOSK, "setup", *words, "--panel", str(virtual.path)]
    env = {**os.environ, "HUIYIN_CONFIG": ""}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    person = Person(virtual)
    try:
        wait_until(lambda: "invite" in virtual.received, "the panel was never told")
        person.press("3")
        wait_until(lambda: virtual.received.count("invite") > 1, "no test began")
        for key in ("1", "2", "3"):
            person.press(key)
        wait_until(lambda: identity_of(box) is not None, "never set up")
        assert process.wait(PATIENCE_S) == 0
    finally:
        person.close()
        process.send_signal(signal.SIGKILL)
        process.communicate()
