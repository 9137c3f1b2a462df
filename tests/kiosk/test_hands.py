"""Fingers on the screen: what they mean, and nothing at all where the window's touch is off."""

from pathlib import Path

from kiosk.hands import Hands
from kiosk.kit import make_kit
from kiosk.settings import PanelSettings, Settings
from kiosk.terms import Event, Picked, Pressed, Turned


def hear(touch: bool, tmp_path: Path) -> list[Event]:
    heard: list[Event] = []
    kit = make_kit(Settings(panel=PanelSettings(touch=touch)), tmp_path)
    hands = Hands(kit, heard.append)
    hands.press("3")
    hands.pick("207")
    hands.turn("bo")
    return heard


def test_fingers_in_the_visits_words(tmp_path: Path) -> None:
    pressed, *rest = hear(True, tmp_path)
    assert isinstance(pressed, Pressed)
    assert (pressed.key, pressed.level, pressed.source) == ("3", 2, "touch")
    assert len(pressed.fresh_id) == 32
    assert rest == [Picked("207"), Turned("bo")]


def test_nothing_where_touch_is_off(tmp_path: Path) -> None:
    assert hear(False, tmp_path) == []
