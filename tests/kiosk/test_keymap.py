"""What the panel says, in the visit's words."""

import pytest

from devices.press import Back, Down, Fault, Heard, Held, Lost, Press, Stray, Up
from kiosk import terms
from kiosk.keymap import light, translate


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        (Press("3", "dissatisfied", 1), terms.Pressed("3", 2, "panel", "id")),
        (Stray("1", "ambiguous", 1), terms.Strayed("1", "ambiguous")),
        (Lost("hangup", 1), terms.Raised("panel_lost", "hangup")),
        (Held("2", 1), terms.Guided()),
        (Back(1), terms.Cleared("panel_lost")),
    ],
)
def test_events_with_a_meaning(event: object, meaning: object) -> None:
    assert list(translate(event, "id")) == [meaning]  # type: ignore[arg-type]


@pytest.mark.parametrize("event", [Down("1", 1), Up("1", 1), Heard("b", "1", 1)])
def test_events_without_one(event: object) -> None:
    assert list(translate(event, "id")) == []  # type: ignore[arg-type]


def test_a_panel_fault_is_noted_and_stops_nothing() -> None:
    fault = Fault("key_stuck", "raised", "key 1", 1)
    assert list(translate(fault, "id")) == [terms.Noted("key_stuck", "raised", "key 1")]


def test_a_key_is_lit_while_it_is_down() -> None:
    assert light(Down("1", 0), None) == "1"
    assert light(Up("2", 0), "1") == "1"
    assert light(Up("1", 0), "1") is None
    assert light(Press("1", "very_satisfied", 0), "1") is None
    assert light(Held("1", 0), "1") is None
    assert light(Lost("hangup", 0), "1") is None
    assert light(Heard("b", "1", 0), "1") == "1"
