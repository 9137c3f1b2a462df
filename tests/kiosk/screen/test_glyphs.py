"""Every shipped phrase and tag can be set in the fonts its language names."""

import pytest
from PySide6.QtGui import QFont, QFontInfo, QTextLayout

from kiosk.health import words
from kiosk.screen.items import Script
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.sheet import DATA
from kiosk.screen.tags import NAMES, load_tags

pytestmark = pytest.mark.usefixtures("qapp")


def list_missing(text: str, script: Script, bold: bool) -> list[str]:
    """Glyphs set as an empty box, and fonts that the script does not name."""
    font = QFont(list(script.families))
    font.setPixelSize(40)
    font.setBold(bold)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(100_000)
    layout.endLayout()
    missing = []
    for run in layout.glyphRuns():
        family = run.rawFont().familyName()
        if 0 in run.glyphIndexes():
            missing.append(f"an empty box in {family}")
        if not any(family.startswith(name.rsplit(" ", 1)[0]) for name in script.families):
            missing.append(f"borrowed from {family}")
    return missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_named_families_are_installed(language: str) -> None:
    for family in load_phrases(language).script.families:
        assert QFontInfo(QFont(family)).family() == family


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_misses_a_glyph(language: str, bold: bool) -> None:
    phrases = load_phrases(language)
    for key in phrases.table:
        words = phrases.say(key, "A03 号").replace("\u200b", "").replace("\n", "")
        assert not list_missing(words, phrases.script, bold), (key, words)


def test_no_tag_misses_a_glyph() -> None:
    for rows in load_tags().values():
        for _, *names in rows:
            for language, name in zip(NAMES, names, strict=True):
                for bold in (False, True):
                    script = load_phrases(language).script
                    assert not list_missing(name, script, bold), (language, name)


def test_a_missing_glyph_is_found() -> None:
    assert list_missing("\U000e1234", DATA, False)


def test_what_the_doctor_says_misses_no_glyph() -> None:
    pieces = (*words.STATES.values(), *words.NAMES.values(), *words.REMEDIES.values())
    for text in ("0123456789 / ✓ → …", *(text for pair in pieces for text in pair)):
        assert not list_missing(text, DATA, True), text
