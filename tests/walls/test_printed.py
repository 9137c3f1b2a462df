"""The printed documents: the same ones in both languages, and the faults are the doctor's own."""

import re

import pytest

from tests.walls.faults import DOCS, find_page, write


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_faults_are_the_doctors(language: str) -> None:
    page = find_page(language).read_text("utf-8")
    assert page == write(language), "python -m tests.walls.faults --write"


def test_both_languages_have_the_same_documents_and_commands() -> None:
    english = {path.name: path.read_text("utf-8") for path in (DOCS / "en").glob("*.md")}
    chinese = {path.name: path.read_text("utf-8") for path in (DOCS / "zh").glob("*.md")}
    assert english.keys() == chinese.keys()
    assert {"install.md", "wiring.md", "faults.md", "card.md", "move.md", "hall.md"} <= set(english)
    for name in sorted(english.keys() - {"faults.md"}):
        assert commands(english[name]) == commands(chinese[name]), name


def commands(text: str) -> set[str]:
    """What a page tells to type, without the line breaks of its paragraphs."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)  # a drawing, in the language's words
    return {" ".join(found.split()) for found in re.findall(r"`([^`]+)`", text)}
