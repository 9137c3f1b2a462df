"""Fingers on the screen: what they mean, and nothing at all where the window's touch is off."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.hands import Hands
from kiosk.kit import make_kit
from kiosk.settings import PanelSettings, Settings
from kiosk.terms import Picked, Pressed, Turned


class Told:
    """What a conductor would hear."""

    def __init__(self) -> None:
        self.lit: str | None = None
        self.heard: list[Any] = []

    def light(self, key: str | None) -> None:
        self.lit = key
        self.heard.append(key)

    def handle(self, event: Any) -> None:
        assert self.lit is None, "a finger that has pressed is up"
        self.heard.append(event)


def use(hands: Hands) -> None:
    hands.rest("1")
    hands.rest("")
    hands.rest("3")
    hands.press("3")
    hands.pick("207")
    hands.turn("bo")


def test_fingers_in_the_visits_words(tmp_path: Path) -> None:
    told = Told()
    kit = make_kit(Settings(panel=PanelSettings(touch=True)), tmp_path)
    use(Hands(kit, lambda: told))  # type: ignore[arg-type, return-value]
    pressed = told.heard.pop(3)
    assert isinstance(pressed, Pressed)
    assert (pressed.key, pressed.level, pressed.source) == ("3", 2, "touch")
    assert len(pressed.fresh_id) == 32
    assert told.heard == ["1", None, "3", Picked("207"), Turned("bo")]


@pytest.mark.parametrize("touch", [False, True])
def test_nothing_where_touch_is_off_or_nobody_listens_yet(tmp_path: Path, touch: bool) -> None:
    told = Told()
    kit = make_kit(Settings(panel=PanelSettings(touch=touch)), tmp_path)
    use(Hands(kit, lambda: None if touch else told))  # type: ignore[arg-type, return-value]
    assert told.heard == []
