"""Scripts of a virtual panel: every act, and one line for each thing that is none."""

from __future__ import annotations

import pytest

from devices.profile import find_profile
from devices.script import HOLD_MS, ScriptError, Step, parse_act, parse_script

PANEL = find_profile("huiyin-3")


def test_a_script_of_everything() -> None:
    text = """
        # a morning
        0 1            # a short push
        200 2 1500
        50 noise 64
        10 unplug 700

        0 flip
        0 flood 20
    """
    assert parse_script(text, PANEL, "s.txt") == [
        Step(0, "press", "1", HOLD_MS),
        Step(200, "press", "2", 1500),
        Step(50, "noise", "", 64),
        Step(10, "unplug", "", 700),
        Step(0, "flip", "", 0),
        Step(0, "flood", "", 20),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "1",
        "x 1",
        "-5 1",
        "0 9",
        "0 1 x",
        "0 1 2 3",
        "0 noise",
        "0 noise x",
        "0 flip 3",
        "0 unplug",
        "3600001 1",
        "0 flood 1000001",
        "99999999999 1",
        "٣ 1",
        "0 noise ²",
    ],
)
def test_a_line_that_is_no_act_is_named(line: str) -> None:
    with pytest.raises(ScriptError) as error:
        parse_script(f"0 1\n{line}\n", PANEL, "s.txt")
    said = str(error.value)
    assert said.startswith(f"s.txt: line 2: {line!r}; allowed: after_ms key [hold_ms]")
    assert said.endswith("keys: 1, 2, 3")


def test_a_fault_without_a_time_comes_at_once() -> None:
    text = "noise 9\nflip\nunplug 5\nflood 2"
    acts = [(step.after_ms, step.act) for step in parse_script(text, PANEL, "s")]
    assert acts == [(0, "noise"), (0, "flip"), (0, "unplug"), (0, "flood")]
    with pytest.raises(ScriptError):
        parse_script("noise", PANEL, "s")


def test_limits_are_allowed_themselves() -> None:
    assert parse_act(["noise", "1000000"], PANEL) == Step(0, "noise", "", 1_000_000)
    assert parse_act(["unplug", "3600000"], PANEL, 7) == Step(7, "unplug", "", 3_600_000)
    assert parse_act([], PANEL) is None
