"""Error lines of settings and set-up files in Chinese: every refusal that the other tests know."""

import re
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.chinese import PHRASES, translate
from kiosk.settings import SettingsError, load_settings
from tests.kiosk import test_settings
from tests.kiosk.setup import test_sheet

ENGLISH = re.compile(r"\b(must|allowed|missing|needs?|Expected|got|Invalid|unknown|not|such)\b")
QUOTED = re.compile(r"'.*?'|`.*?`|\(.*?\)|\[.*?\]")

# Said where a hall answers, a disk fails, or a file is huge.
OTHERS = [
    "s.toml: too long; a set-up file has at most 65536 bytes",
    "s.toml: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    "s.toml: maximum recursion depth exceeded while decoding",
    "s.toml: device 0123 has used it; a file is good for one",
    "s.toml: hall.window: 13, but the grant is for 12",
    "hall.window: 1, but the hall says 2",
    "s.toml: [hall] code or grant: 登记码不对 (code-wrong)",
    "s.toml: [hall] address, code or grant: 联系不上大厅 (unreachable: [Errno 111] refused)",
    "not set up: missing: [hall] grant, or address and code, [panel] port",
    "g.json: not a grant: it must be a JSON object with an address",
    "g.json: not a grant: window, address missing",
    "[Errno 13] Permission denied: '/etc/huiyin'",
    "[Errno 30] Read-only file system: '/etc/huiyin'",
    "[Errno 28] No space left on device: '/etc/huiyin/kiosk.toml'",
    "[Errno 21] Is a directory: '/etc'",
    "[Errno 20] Not a directory: '/etc/passwd/x'",
    "s.toml: hall: Expected `str | object`, got `int` - at `$.grant`",
    "s.toml: window.chosen_s: Expected `float`, got `str`",
    "s.toml: window.shown_items: Expected `array`, got `object`",
    "s.toml: Unterminated string (at end of document)",
]


def cases(test: Any) -> list[tuple[str, str]]:
    """What a test is given by its `parametrize`."""
    (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    return list(mark.args[1])


def list_lines(folder: Path) -> list[str]:
    """Every kind of refusal, made as it is made."""
    lines = []
    for text, _ in cases(test_settings.test_wrong_setting_is_one_clear_line):
        (folder / "s.toml").write_text(text)
        with pytest.raises(SettingsError) as caught:
            load_settings(folder / "s.toml")
        lines.append(str(caught.value).replace(str(folder / "s.toml"), "s.toml"))
    return [*lines, *OTHERS]


def test_every_refusal_is_said_in_chinese(tmp_path: Path) -> None:
    for line in list_lines(tmp_path):
        said = translate(line)
        assert re.search("[一-鿿]", said), line
        assert not ENGLISH.search(QUOTED.sub("", said)), said


@pytest.mark.parametrize("text", [text for text, _ in cases(test_sheet.test_files_that_are_none)])
def test_a_set_up_file_is_refused_in_chinese(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    sheet = tmp_path / "setup.toml"
    sheet.write_text(text)
    where = ["--root", str(tmp_path), "--data", str(tmp_path / "data")]
    assert main(["setup", *where, "--from", str(sheet)]) == 1
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    said = told.replace(str(tmp_path), "").removeprefix("huiyin-kiosk setup: ")
    assert re.search("[一-鿿]", said), told
    assert not ENGLISH.search(QUOTED.sub("", said)), told


def test_no_phrase_stands_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    sheet = tmp_path / "setup.toml"
    for text, _ in cases(test_sheet.test_files_that_are_none):
        sheet.write_text(text)
        where = ["--root", str(tmp_path), "--data", str(tmp_path / "data")]
        assert main(["setup", *where, "--from", str(sheet)]) == 1
    for words in (("--json",), ("--headless",), ("--from", "x", "--only", "panel")):
        assert main(["setup", *words]) == 2
    told = capsys.readouterr().err.splitlines()
    lines = [line.partition(": ")[2] for line in told] + list_lines(tmp_path)
    heard: set[str] = set()
    for line in lines:
        listen(line, heard)
    assert [english for english, _ in PHRASES if english not in heard] == []


def listen(line: str, heard: set[str]) -> None:
    """Which phrase is the one for a line, and for what it found."""
    for english, _ in PHRASES:
        if found := re.search(english, line):
            heard.add(english)
            for group in found.groups():
                listen(group, heard)
            return


def test_what_is_not_known_stays_as_it_is() -> None:
    assert translate("a quite new refusal") == "a quite new refusal"
