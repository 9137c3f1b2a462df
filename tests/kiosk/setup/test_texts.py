"""What a set-up leaves behind: only what changed, a rule that udev understands, a label."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.setup.terms import Answers
from kiosk.setup.texts import list_changes, list_settings, write_label, write_rule


def test_only_what_differs_is_a_change() -> None:
    before = Answers(port="serial:A")
    assert list_changes(before, before, is_fresh=False) == {}
    assert list_changes(before, Answers(port="serial:B"), is_fresh=False) == {
        ("panel", "port"): "serial:B"
    }
    fresh = list_changes(Answers(), before, is_fresh=True)
    assert fresh == {
        ("window", "language"): "zh",
        ("window", "mode"): "invited",
        ("sound", "mode"): "all",
        ("panel", "port"): "serial:A",
        ("panel", "model"): "huiyin-3",
    }


def test_a_profile_and_a_model_take_each_others_place() -> None:
    named, own = Answers(), Answers(model="/etc/own.toml")
    assert list_changes(named, own, is_fresh=False) == {("panel", "profile"): "/etc/own.toml"}
    assert list_changes(own, named, is_fresh=False) == {("panel", "profile"): ""}
    assert ("panel", "model") not in list_settings(own)


def test_rules_for_ports() -> None:
    assert 'ATTRS{serial}=="A1 B"' in write_rule("serial:A1 B", is_keyboard=False)
    rule = write_rule("serial:A1*B", is_keyboard=False)
    assert 'ATTRS{serial}=="A1?B"' in rule
    assert 'SYMLINK+="huiyin-panel"' in rule
    assert 'KERNELS=="1-1.4:1.0"' in write_rule("path:1-1.4:1.0", is_keyboard=False)
    assert 'ATTRS{phys}=="usb-1/input0"' in write_rule("path:usb-1/input0", is_keyboard=True)
    assert 'ATTRS{uniq}=="K7"' in write_rule("serial:K7", is_keyboard=True)
    for port in ("/dev/ttyUSB0", "serial:", "path:", 'serial:A"B', "serial:A\\", "serial:号"):
        assert write_rule(port, is_keyboard=False) == ""


@given(st.text(st.characters(codec="ascii"), max_size=20), st.booleans())
def test_a_rule_stays_one_line_that_nothing_escapes_from(value: str, is_keyboard: bool) -> None:
    rule = write_rule(f"serial:{value}", is_keyboard)
    if rule:
        comment, line = rule.splitlines()
        assert comment.startswith("#")
        assert line.count('"') % 2 == 0
        assert "\\" not in line


@pytest.mark.skipif(shutil.which("udevadm") is None, reason="no udevadm here")
@pytest.mark.parametrize("is_keyboard", [False, True])
@pytest.mark.parametrize("port", ["serial:A1", "path:1-1.4:1.0"])
def test_udev_takes_the_rule(tmp_path: Path, port: str, is_keyboard: bool) -> None:
    path = tmp_path / "70-huiyin-panel.rules"
    path.write_text(write_rule(port, is_keyboard))
    ran = subprocess.run(["udevadm", "verify", str(path)], capture_output=True, text=True)
    if "Unknown command" in ran.stderr or "unrecognized" in ran.stderr:
        pytest.skip("this udevadm cannot verify")
    assert ran.returncode == 0, ran.stderr + ran.stdout


def test_the_label_says_where_the_box_belongs() -> None:
    label = write_label("zh", "xian", "3", "0123456789abcdef", "12312312")
    for words in ("窗口 3", "大厅 xian", "设备 0123 4567"):
        assert words in label.splitlines()
    assert "Window 3" in write_label("en", "xian", "3", "0123456789abcdef", "12312312")


@pytest.mark.parametrize(
    ("tongue", "said"),
    [("zh", "箱盖内 技师代码 1231 2312"), ("en", "Inside the lid: code 1231 2312")],
)
def test_the_technicians_code_is_on_the_part_for_the_lid(tongue: str, said: str) -> None:
    label = write_label(tongue, "xian", "3", "0123456789abcdef", "12312312", ["▀▄"])
    _, outside, inside, _ = label.split("-" * 36 + "\n")
    assert inside.splitlines() == [said]
    assert outside.splitlines()[-1] == "▀▄"
    assert "1231" not in outside
