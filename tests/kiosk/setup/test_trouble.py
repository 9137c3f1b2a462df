"""All that goes wrong at a terminal: wrong keys, pulled cables, a technician who walks away."""

import signal
import time
from pathlib import Path

import pytest

from tests.hall.server import Server
from tests.kiosk.setup.kit import (
    Panel,
    at_desk,
    config_of,
    identity_of,
    list_files,
    make_grant,
    plug_stick,
)

BACK_S = 3.5
"""A panel counts again this long after it was plugged in, at the latest."""

STEPS = ("summary", "first key", "second key", "last key")
"""Where a set-up is broken off."""


def test_a_grant_that_another_box_used_is_refused_in_a_line(
    box: Path, hall: Server, panel: Panel
) -> None:
    grant = make_grant(hall)
    other = box.parent / "other"
    for place in (other, box):
        plug_stick(place, grant)
    with at_desk(other, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.expect("! the code or grant is past its time or another device used it")
        desk.choose("Which grant")
        desk.kill()
    assert list_files(box) == {"data/key"}


def test_wrong_keys_fail_the_test_and_it_is_tried_again(
    box: Path, hall: Server, panel: Panel
) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.expect("1. press the key for: very satisfied")
        for _ in range(3):
            panel.press("3")
            desk.expect("wrong: that was key 3")
        desk.expect("! test failed: 0 of 3 keys passed")
        assert not config_of(box).exists()
        desk.choose("has not passed its test", "Try again")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    assert (box / "data" / "panel-test.json").exists()


@pytest.mark.slow
def test_a_panel_of_another_model_is_recognised_by_its_keys(box: Path, hall: Server) -> None:
    panel = Panel(box / "panel", "huiyin-5")
    plug_stick(box, make_grant(hall))
    try:
        with at_desk(box, "--panel", str(panel.link), "--wait", "5") as desk:
            desk.choose("All right?")
            desk.press_keys(panel, 2)
            desk.expect("press the key for: dissatisfied")
            panel.press("4")
            desk.expect("it looks like huiyin-5")
            desk.choose("has not passed its test", "Try again")
            for key in "12345":
                desk.expect(r"\d\. press the key for")
                panel.press(key)
            assert desk.finish() == 0, desk.told
    finally:
        panel.close()
    assert 'model = "huiyin-5"' in config_of(box).read_text("utf-8")


@pytest.mark.slow
def test_a_panel_pulled_out_in_the_middle_goes_on_when_it_is_back(
    box: Path, hall: Server, panel: Panel
) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.press_keys(panel, 1)
        desk.expect("2. press the key for")
        panel.press("unplug 300")
        desk.expect("panel lost")
        time.sleep(BACK_S)
        panel.press("2")
        desk.expect("right: key 2")
        desk.press_keys(panel, 1)
        assert desk.finish() == 0, desk.told


@pytest.mark.slow
def test_a_panel_gone_for_good_can_be_left_for_later(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link), "--wait", "1") as desk:
        desk.choose("All right?")
        desk.press_keys(panel, 1)
        panel.press("unplug 60000")
        desk.choose("has not passed its test", "Test later")
        assert desk.finish() == 0, desk.told
    assert "the panel is not tested" in desk.told
    assert not (box / "data" / "panel-test.json").exists()
    assert config_of(box).exists()


@pytest.mark.slow
def test_stop_changes_nothing(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link), "--wait", "1") as desk:
        desk.choose("All right?")
        desk.choose("has not passed its test", "Stop")
        assert desk.finish() == 1
    assert list_files(box) == {"data/key"}


def test_control_c_changes_nothing(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.expect("1. press the key")
        desk.process.send_signal(signal.SIGINT)
        assert desk.finish() == 130
    assert "Traceback" not in desk.told
    assert list_files(box) == {"data/key"}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_broken_off_it_changes_nothing_and_begins_again(
    box: Path, hall: Server, panel: Panel, step: str
) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        if step == "summary":
            desk.expect("All right")
        else:
            desk.choose("All right?")
            desk.press_keys(panel, STEPS.index(step) - 1)
            desk.expect(r"\d\. press the key")
        desk.kill()
    assert list_files(box) <= {"data/key"}
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    assert identity_of(box) is not None
