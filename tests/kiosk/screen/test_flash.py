"""Nothing flashes: whole visits, and a child at keys and glass, filmed with a simulated clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from devices.debounce import EdgeDebouncer, Timing
from kiosk.chord import Chord
from kiosk.screen.items import Box
from kiosk.terms import Turned
from tests.kiosk.screen.citizen import LEFT, Citizen
from tests.kiosk.screen.flash import SHARE, Film

FAST_MS = 31  # just longer than a panel takes to settle
TAP_MS = 50  # a finger on glass, down or up
BORED = 60  # pushes of a bored child in a row


class Child:
    """Plays at a window; every picture the screen makes goes into the film."""

    def __init__(self, citizen: Citizen) -> None:
        self.citizen, self.film = citizen, Film()
        keys = tuple(key for key, _ in citizen.conductor.facts.keys)
        self.panel = EdgeDebouncer(dict(citizen.conductor.facts.keys), Timing())
        self.chord, self._drawn = Chord(keys), 0
        self.asked = 0
        self.look()

    @property
    def now_ms(self) -> int:
        return self.citizen.clock.mono_ms()

    def look(self) -> None:
        image = self.citizen.app.screen._image
        if image.cacheKey() != self._drawn:
            self._drawn = image.cacheKey()
            size, bits = (image.width(), image.height()), bytes(image.constBits())
            self.film.add(Image.frombuffer("RGB", size, bits, "raw", "BGRX"), self.now_ms)

    def wait(self, wait_ms: int) -> None:
        self.citizen.skip(wait_ms)
        for event in self.panel.tick(self.now_ms):
            self.citizen.app._run_panel([event])
        if self.chord.due(self.now_ms):
            self.citizen.conductor.handle(Turned())
        self.look()

    def edge(self, key: str, is_down: bool) -> None:
        for event in self.panel.edge(key, is_down, self.now_ms):
            self.chord.hear(event)
            self.citizen.app._run_panel([event])
            self.look()
        self.wait(FAST_MS)

    def push(self, key: str) -> None:
        self.edge(key, True)
        self.edge(key, False)

    def ask(self, language: str = "zh") -> None:
        self.asked += 1
        self.citizen.ask(f"P{self.asked}", language)
        self.look()

    def finger(self, name: str, slides: bool = False) -> None:
        """A finger goes down on what reports this and up there, or beside it."""
        screen = self.citizen.app.screen
        boxes = [i.rect for i in screen._items if isinstance(i, Box) and i.touch == name]
        if boxes:
            spot = QPoint(boxes[0].x + boxes[0].w // 2, boxes[0].y + boxes[0].h // 2)
            self.citizen.qtbot.mousePress(screen, LEFT, pos=spot)
            self.look()
            self.wait(TAP_MS)
            self.citizen.qtbot.mouseRelease(screen, LEFT, pos=QPoint(1, 1) if slides else spot)
            self.look()
        self.wait(TAP_MS)


def visit(child: Child) -> None:
    """A whole visit: countdown, warning, lit key, chosen, reason, thanks, free."""
    child.ask()
    for _ in range(25):
        child.wait(1_000)
    child.edge("2", True)
    child.wait(300)
    child.edge("2", False)
    assert child.citizen.view.page == "chosen"
    child.wait(3_000)
    child.wait(600)
    for key in "2212":
        child.push(key)
        child.wait(400)
    child.push("3")
    assert child.citizen.view.page == "thanking"
    child.wait(60_000)
    assert child.citizen.view.page == "free"


def silence(child: Child) -> None:
    child.ask("mn")
    while child.citizen.view.page == "asking":
        child.wait(1_000)


def hold_one_and_hammer_another(child: Child) -> None:
    child.ask()
    child.edge("1", True)
    for _ in range(BORED):
        child.push("3")
    assert child.citizen.view.page == "asking", "two keys at once are no press"


def roll_over_the_keys(child: Child) -> None:
    child.ask("bo")
    child.edge("1", True)
    for _ in range(BORED // 3):
        for key, other in ("12", "23", "31"):
            child.edge(other, True)
            child.edge(key, False)


def hammer_one_key(child: Child) -> None:
    for key in "123":
        child.ask()
        for _ in range(BORED * 2):
            child.push(key)


def hammer_all_keys(child: Child) -> None:
    child.ask()
    for number in range(BORED * 2):
        child.push("132"[number % 3])


def hold_and_release(child: Child) -> None:
    """Each hold just short of a press, or of the guide."""
    for held_ms in (100, 200, 2_100):
        child.ask()
        for number in range(20):
            child.edge("123"[number % 3], True)
            child.wait(held_ms)
            child.edge("123"[number % 3], False)


def play_the_chord(child: Child) -> None:
    child.ask()
    for number in range(12):
        child.edge("1", True)
        child.edge("3", True)
        child.wait(1_050)
        child.edge("3", False)
        if number % 2:
            child.push("3")
            child.push("3")
        child.edge("1", False)
    assert {view.language for view in child.citizen.seen} == {"zh", "en", "bo", "mn"}


KEYS = [visit, silence, hold_one_and_hammer_another, roll_over_the_keys, hammer_one_key,
        hammer_all_keys, hold_and_release, play_the_chord]  # fmt: skip
PLAYED = [
    *(pytest.param(game, "invited", id=game.__name__) for game in KEYS),
    *(pytest.param(game, "walk_up", id=f"walk_up-{game.__name__}") for game in KEYS[4:6]),
]


def slide_off(child: Child) -> None:
    child.ask()
    for number in range(BORED):
        child.finger("13"[number % 2], slides=True)
    for _ in range(BORED):
        child.finger("2", slides=True)
    assert child.citizen.view.page == "asking"


def change_the_language(child: Child) -> None:
    for pair in (("zh", "mn"), ("bo", "en")):
        child.ask()
        for number in range(BORED):
            child.finger(f"language:{pair[number % 2]}")
        assert child.citizen.view.page == "asking"


def touch_the_answers(child: Child) -> None:
    child.ask()
    for number in range(BORED * 2):
        child.finger("13"[number % 2])


def touch_the_reasons(child: Child) -> None:
    child.ask()
    child.finger("3")
    child.wait(3_600)
    assert child.citizen.view.page == "reason"
    for _ in range(BORED // 2):
        child.finger("2")
    for number in range(BORED // 2):
        child.finger(f"tag:{child.citizen.view.tags[number % 2].code}")


FINGERS = [slide_off, change_the_language, touch_the_answers, touch_the_reasons]


@pytest.fixture
def play(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Child]]:
    opened: list[Citizen] = []
    # The child is the panel: a real one's silence on a slow machine would be a fault's page.
    monkeypatch.setattr("kiosk.app._panel_ms", lambda: 0)

    def open_window(theme: str, night: bool, **how: object) -> Child:
        opened.append(Citizen(qtbot, tmp_path, theme=theme, **how))  # type: ignore[arg-type]
        opened[-1].app.screen.is_night = lambda: night
        opened[-1].app.screen.set_night(night)
        return Child(opened[-1])

    yield open_window
    for citizen in opened:
        citizen.close()


def judge(child: Child) -> None:
    assert child.film.changes, "nothing was seen"
    assert child.film.worst <= SHARE, f"{child.film.worst:.1%} of the screen flashes"


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("theme", ["calm", "contrast"])
@pytest.mark.parametrize(("game", "mode"), PLAYED)
def test_no_key_makes_the_screen_flash(
    play: Callable[..., Child], game: Callable[[Child], None], theme: str, night: bool, mode: str
) -> None:
    child = play(theme, night, mode=mode)
    game(child)
    judge(child)


@pytest.mark.parametrize("night", [False, True])
@pytest.mark.parametrize("theme", ["calm", "contrast"])
@pytest.mark.parametrize("game", FINGERS, ids=lambda game: game.__name__)
def test_no_finger_makes_the_screen_flash(
    play: Callable[..., Child], game: Callable[[Child], None], theme: str, night: bool
) -> None:
    child = play(theme, night, how="touch")
    game(child)
    judge(child)


@pytest.mark.parametrize(("hertz", "flashes"), [(2, False), (3, False), (4, True), (10, True)])
@pytest.mark.parametrize("side", [0.1, 0.5])
def test_a_film_that_flashes_is_found(hertz: int, flashes: bool, side: float) -> None:
    film = Film()
    dark = Image.new("RGB", (400, 400), "#f4f1ea")
    dark.paste("#0b5a36", (0, 0, int(400 * side), int(400 * side)))
    light = Image.new("RGB", (400, 400), "#f4f1ea")
    for number in range(hertz * 6):
        film.add((dark, light)[number % 2], number * 500 // hertz)
    assert (film.worst > 0) == flashes
    assert (film.worst > SHARE) == (flashes and side == 0.5)


def test_a_faint_change_is_no_flash() -> None:
    film = Film()
    for number in range(40):
        film.add(Image.new("RGB", (40, 40), ("#ffffff", "#f4f1ea")[number % 2]), number * 40)
    assert film.worst == film.changes == 0
