"""Four languages, the same keys in all, and drafts that say so."""

import tomllib
from pathlib import Path

import pytest

from kiosk.screen.phrases import LANGUAGES, PHRASES, PhrasesError, load_phrases


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert load_phrases(language).table.keys() == load_phrases("zh").table.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_stand_in_the_same_phrases(language: str) -> None:
    chinese = load_phrases("zh").table
    for key, words in load_phrases(language).table.items():
        assert ("{n}" in words) == ("{n}" in chinese[key]), key
        assert words.strip() == words != ""


@pytest.mark.parametrize("language", ["bo", "mn"])
def test_a_draft_says_that_no_native_reader_has_checked_it(language: str) -> None:
    text = (PHRASES / f"{language}.toml").read_text("utf-8")
    assert tomllib.loads(text)["language"]["draft"] is True
    assert "No native reader has checked" in " ".join(text.replace("#", "").split())


def test_every_phrase_is_used() -> None:
    code = "".join(path.read_text("utf-8") for path in Path("kiosk/screen").glob("*.py"))
    pages = ("starting", "unenrolled", "chosen", "thanking", "paused", "fault")
    for key in load_phrases("zh").table:
        part, name = key.split(".")
        spelled = f'"{key}"' in code or f"'{key}'" in code
        built = part in ("levels", "short", "faults", "spoken") or (
            part in pages and name in ("title", "detail")
        )
        assert spelled or built, key


@pytest.mark.parametrize("text", ["", "[language]\nname = 1", "=", "[language]\nfamilies = 3"])
def test_a_broken_file_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "xx.toml").write_text(text)
    with pytest.raises(PhrasesError, match=r"xx\.toml") as raised:
        load_phrases("xx", tmp_path)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PhrasesError, match=r"yy\.toml"):
        load_phrases("yy", tmp_path)
