"""Journeys at a terminal: from a bare box to a window that serves, and all that goes wrong."""

import io
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.profile import load_profile
from devices.tested import panel_tested
from kiosk.setup.terminal import Terminal, pick
from kiosk.setup.terms import Answers, Found, Option, Question, Work
from kiosk.setup.wizard import answer, begin, find_again, heed, next_up
from sync.errors import HuiyinError
from tests.hall.server import Server
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.kiosk.setup.kit import (
    Panel,
    at_desk,
    config_of,
    identity_of,
    make_grant,
    plug_stick,
)

BACK_S = 3.5
"""A panel counts again this long after it was plugged in, at the latest."""

COST_MOST = 6
"""Answers of a technician, presses of the panel's test included."""


def test_a_stick_and_a_panel_cost_no_letter(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    assert desk.typed == ""
    assert desk.answers <= COST_MOST
    assert "Window 3" in desk.told
    identity = identity_of(box)
    assert identity is not None
    assert (identity["hall"], identity["window"]) == ("xian", "3")
    assert f'port = "{panel.link}"' in config_of(box).read_text("utf-8")
    run_until_open(box)


def run_until_open(box: Path) -> None:
    """The kiosk starts with what was written: nothing else is said but where it is."""
    config = config_of(box)
    config.write_text(config.read_text("utf-8") + '\n[desk]\nlisten = "127.0.0.1:0"\n', "utf-8")
    kiosk = subprocess.Popen(
        [*KIOSK, "run", "--headless", "--data", str(box / "data")],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CONFIG": str(config)},
    )
    journal = box / "data" / "journal"

    def is_open() -> bool:
        assert kiosk.poll() is None, kiosk.communicate()
        return any('"kind":"boot"' in file.read_text() for file in journal.glob("*[0-9a-f].ndjson"))

    try:
        wait_until(is_open, "the kiosk never opened")
        kiosk.send_signal(signal.SIGTERM)
        assert kiosk.wait(PATIENCE_S) == 0
    finally:
        kiosk.kill()
        kiosk.communicate()


def test_a_code_is_typed_and_what_is_wrong_is_asked_again(
    box: Path, hall: Server, panel: Panel
) -> None:
    code = hall.make_code("5")
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.expect("Address of the hall.*\n.*> ")
        desk.say("ftp://nowhere")
        desk.expect("! an address looks like")
        desk.expect("> ")
        desk.say("http://127.0.0.1:9")
        desk.expect("! the hall does not answer .unreachable: .Errno 111")
        desk.expect("Address of the hall.*\n.*> ")
        desk.say(hall.address.removeprefix("http://"))
        desk.expect("One-time code.*\n.*> ")
        desk.say("0000")
        desk.expect("! a code has 8 characters")
        desk.expect("> ")
        desk.say("ZZZZZZZZ")
        desk.choose("All right?")
        desk.expect("! the code is not right")
        desk.expect("> ")
        desk.say(f"{code[:4]} {code[4:].lower()}")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    identity = identity_of(box)
    assert identity is not None
    assert identity["window"] == "5"
    assert identity["address"] == hall.address


def test_a_code_alone_stays_within_the_cost(box: Path, hall: Server, panel: Panel) -> None:
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.expect("Address of the hall.*\n.*> ")
        desk.say(hall.address)
        desk.expect("One-time code.*\n.*> ")
        desk.say(hall.make_code())
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    assert desk.answers <= COST_MOST


@pytest.mark.slow
def test_of_several_grants_one_is_chosen(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall, "7"), make_grant(hall, "8"))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("Which grant", "window 8")
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    identity = identity_of(box)
    assert identity is not None
    assert identity["window"] == "8"
    assert desk.answers <= COST_MOST


@pytest.mark.slow
def test_a_stick_plugged_in_late_is_found(box: Path, hall: Server, panel: Panel) -> None:
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.expect("Address of the hall.*\n.*> ")
        plug_stick(box, make_grant(hall))
        desk.say()
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    assert desk.typed == ""


def test_run_again_it_changes_only_what_is_asked(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    config = config_of(box)
    config.parent.mkdir(parents=True)
    config.write_text('# ours\n[window]   # why\nmode="walk_up"\n\n[panel]\ntest = "waived"  # x\n')
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        assert desk.finish() == 0, desk.told
    first = config.read_text()
    assert first.startswith('# ours\n[window]   # why\nmode="walk_up"\n')
    kept = (box / "data" / "identity.json").read_bytes()
    with at_desk(box) as desk:
        desk.choose("All right?")
        assert desk.finish() == 0, desk.told
    assert config.read_text() == first
    with at_desk(box, "--only", "language") as desk:
        desk.choose("Language of the screen", "English")
        assert desk.finish() == 0, desk.told
    assert config.read_text() == first.replace("\n\n[panel]", '\nlanguage = "en"\n\n[panel]')
    assert (box / "data" / "identity.json").read_bytes() == kept


@pytest.mark.slow
def test_only_the_hall_moves_the_box_to_another_window(
    box: Path, hall: Server, panel: Panel
) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    config = config_of(box).read_bytes()
    before = identity_of(box)
    plug_stick(box, make_grant(hall, "5"))
    with at_desk(box, "--only", "hall") as desk:
        desk.choose("Which grant", "window 5")
        assert desk.finish() == 0, desk.told
    after = identity_of(box)
    with at_desk(box, "--only", "hall") as desk:
        desk.choose("Which grant", "With a one-time code")
        desk.expect("One-time code.*\n.*> ")
        desk.say(hall.make_code("8"))
        assert desk.finish() == 0, desk.told
    moved = identity_of(box)
    assert moved is not None
    assert (moved["window"], moved["address"]) == ("8", hall.address)
    assert before is not None
    assert after is not None
    assert (before["window"], after["window"]) == ("3", "5")
    assert before["device"] == after["device"]
    assert config_of(box).read_bytes() == config


@pytest.mark.slow
def test_the_summary_lets_each_row_be_changed(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?", "Screen")
        desk.choose("Size of the screen", "Type it")
        desk.expect("WIDTHxHEIGHT.*\n.*> ")
        desk.say("1366x768")
        desk.choose("All right?", "Asks")
        desk.choose("When is a rating", "at any time")
        desk.choose("All right?", "Scanner")
        desk.choose("barcode scanner", "Type it")
        desk.expect("> ")
        desk.say("/dev/ttyACM9")
        desk.choose("All right?", "Language")
        desk.choose("Language of the screen", "English")
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    text = config_of(box).read_text("utf-8")
    for line in ('size = "1366x768"', 'mode = "walk_up"', '"/dev/ttyACM9"', 'language = "en"'):
        assert line in text


@pytest.mark.slow
def test_a_panel_nobody_described_is_learned(box: Path, hall: Server, panel: Panel) -> None:
    plug_stick(box, make_grant(hall))
    with at_desk(box, "--panel", str(panel.link)) as desk:
        desk.choose("All right?", "Panel")
        desk.choose("Where is the panel")
        desk.choose("Model of the panel", "learn it")
        desk.choose("How many levels", "three")
        for key in ("1", "2", "3"):
            desk.expect("press the key for: .* 3 times|press the key for [a-z ]+ 3 times")
            for left in (2, 1, 0):
                panel.press(key)
                desk.expect(f"heard, {left} to go")
        desk.choose("All right?")
        desk.press_keys(panel)
        assert desk.finish() == 0, desk.told
    profile = load_profile(box / "etc" / "huiyin" / "own-panel-1.toml")
    assert panel_tested(box / "data", profile)
    assert 'profile = "/etc/huiyin/own-panel-1.toml"' in config_of(box).read_text("utf-8")


def test_chinese_by_locale(box: Path, panel: Panel) -> None:
    with at_desk(box, "--panel", str(panel.link), language="zh_CN.UTF-8") as desk:
        desk.expect("大厅服务器地址")
        desk.kill()


def test_a_closed_terminal_is_broken_off() -> None:
    out = io.StringIO()
    with pytest.raises(HuiyinError, match="broken off"):
        Terminal(io.StringIO(""), out).ask(Question("code", "?", alphabet="A"))


def test_options_are_picked_by_number() -> None:
    options = (Option("a", "A"), Option("b", "B"))
    assert pick("", options, 1) == "b"
    assert pick("1", options, 1) == "a"
    assert pick("b", options, 0) == "b"
    for typed in ("0", "3", "99999", "²", "x", "-1"):
        assert pick(typed, options, 0) == typed


@given(st.lists(st.text(max_size=12) | st.sampled_from(["", "1", "2", "3", "9"]), max_size=40))
def test_whatever_is_typed_there_is_an_answer_to_it(lines: list[str]) -> None:
    source = io.StringIO("".join(f"{line}\n" for line in lines))
    terminal = Terminal(source, io.StringIO())
    wizard = begin(Found(models=("huiyin-3",)), Answers(), "zh")
    with suppress(HuiyinError):  # the lines end before the questions do
        for _ in range(100):
            coming = next_up(wizard)
            if isinstance(coming, Question):
                wizard = answer(wizard, coming.name, terminal.ask(coming))
            elif not isinstance(coming, Work):
                break
            elif coming.what == "find":
                wizard = find_again(wizard, wizard.found)
            else:
                wizard = heed(wizard, coming.what)
