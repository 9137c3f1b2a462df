"""Error lines in Chinese: every refusal that the other tests know, with no English words left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devices.chinese import PHRASES, translate
from devices.formats import FORMATS, load_format
from devices.infer import LearnError, Plan, describe_panel
from devices.profile import PANELS, find_profile, load_profile, parse_profile
from devices.script import ScriptError, parse_script
from devices.table import ProfileError
from tests.devices import test_infer, test_profile, test_scale
from tests.devices.formats import test_layout
from tests.devices.test_decode import run

ENGLISH = re.compile(r"\b(must|allowed|missing|needs?|one of|keys? for|at most|bytes?)\b")


def cases(test: object) -> list[tuple[object, ...]]:
    """What a test is given by its `parametrize`."""
    (mark,) = test.pytestmark  # type: ignore[attr-defined]
    return list(mark.args[1])


def refuse(call: object, *arguments: object) -> str:
    with pytest.raises((ProfileError, LearnError, ScriptError)) as error:
        call(*arguments)  # type: ignore[operator]
    return str(error.value)


def list_lines() -> list[str]:
    """Every kind of refusal, made as it is made."""
    path = Path("a.toml")
    texts = [
        test_profile.WHOLE.replace(str(old), str(new))
        for old, new, _ in cases(test_profile.test_a_profile_that_cannot_be_right_is_refused)
    ]
    texts += [
        test_scale.OWN.replace(str(old), str(new))
        for old, new, _ in cases(test_scale.test_a_scale_that_cannot_be_is_refused_in_one_line)
    ]
    frame = (PANELS / "pattern-123.toml").read_text("utf-8")
    texts += [
        frame.replace('02 = "sat', '0a = "sat').replace('03 = "dis', '0A = "dis'),
        frame.replace('invite = "7E F0 01 0A A1 0D"', 'invite = "7E F0 01 00 01 F2 0D"'),
        frame.replace("01 = ", "001 = "),
        frame.replace("[frame]", "[more]\nx = 1\n[frame]"),
        test_profile.WHOLE.replace("settle_ms = 30", "settle_ms = 30.5"),
        test_profile.WHOLE.replace("[port]", "port = 5\n[ports]"),
    ]
    lines = [refuse(parse_profile, text.encode(), path) for text in texts]
    for values, _ in cases(test_layout.test_a_layout_that_cannot_be_right_is_refused):
        lines.append(refuse(test_layout.lay, values))
    for pushes, _ in cases(test_infer.test_panels_that_cannot_be_told_apart_are_refused):
        lines.append(refuse(describe_panel, Plan("m", "three", "frame"), pushes))
    lines.append(refuse(find_profile, "nope"))
    lines.append(refuse(load_profile, Path("/none.toml")))
    lines.append(refuse(parse_script, "x", find_profile("huiyin-3"), "script"))
    return lines


# Said where a port is open, or a file is huge.
OTHERS = [
    "a.toml: too long; a profile has at most 65536 bytes",
    "more than 256 bytes without a pause: wrong baud or port?",
    "nothing heard of the key for satisfied within 60 s",
    "what was heard makes no sound profile: a.toml: version: missing; must be a number from 1 to 2",
    "no such key: KEY_NOPE",
]


def test_every_refusal_is_said_in_chinese() -> None:
    for line in [*list_lines(), *OTHERS]:
        said = translate(line)
        assert re.search("[一-鿿]", said), line
        assert not ENGLISH.search(re.sub(r"['\"(\[].*?['\")\]]|-byte", "", said)), said


def test_what_a_key_of_a_format_is_is_said_in_chinese() -> None:
    for name in FORMATS:
        assert translate(load_format(name).key_words) != load_format(name).key_words


def test_no_phrase_stands_for_nothing() -> None:
    lines = [*list_lines(), *OTHERS, *(load_format(name).key_words for name in FORMATS)]
    parts = [
        part
        for line in lines
        for part in (line, *re.split(r"must be |allowed here: ", line), *line.split("a list of "))
    ]
    unused = [p for p, _ in PHRASES if not any(re.search(p, part) for part in parts)]
    assert unused == []


def test_the_command_speaks_the_readers_language() -> None:
    chinese = run("decode", "--model", "nope", language="zh_CN.UTF-8").stderr.decode()
    assert chinese.startswith("huiyin-panel: 型号 'nope'：")
    assert "no such profile" in run("decode", "--model", "nope").stderr.decode()
    gone = run("watch", "--model", "huiyin-3", "--port", "/none", "--wait", "0.2", language="zh_CN")
    assert "断开 不存在" in gone.stdout.decode()
