"""Every fault that is raised anywhere has a number, and words in every language."""

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.picture import FAULT_NUMBERS, OTHER_FAULT
from kiosk.screen.items import Text
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.samples import make_view
from tests.kiosk.screen.kit import lay

RAISERS = {"Fault", "Flaw", "Raised", "Noted", "draft_fault", "note"}
ON_THE_WIRE = {
    "panel_lost",
    "key_stuck",
    "unknown_code",
    "missed_presses",
    "disk_low",
    "clock_jump",
}
CAPTURES = {"no_silence"}  # said by `huiyin-panel decode` of a capture without times


def list_raised() -> set[str]:
    """The first argument of each call that raises a fault, where the code spells it."""
    found: set[str] = set()
    for room in ("devices", "kiosk"):
        for path in Path(room).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            names = {
                target.id: node.value.value
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args:
                    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    first = node.args[0]
                    what = names.get(first.id) if isinstance(first, ast.Name) else None
                    what = first.value if isinstance(first, ast.Constant) else what
                    if called in RAISERS and isinstance(what, str):
                        found.add(what)
    return found


def test_the_search_finds_what_is_known_to_be_raised() -> None:
    assert {"key_stuck", "bad_frame", "unknown_code", "missed_presses", "revoked"} <= list_raised()


def test_every_fault_has_a_number_and_words() -> None:
    kinds = set(FAULT_NUMBERS)
    assert list_raised() | ON_THE_WIRE | CAPTURES <= kinds
    assert len(set(FAULT_NUMBERS.values()) | {OTHER_FAULT}) == len(kinds) + 1, "each its own"
    for language in LANGUAGES:
        phrases = load_phrases(language)
        words = {key.removeprefix("faults.") for key in phrases.table if key.startswith("faults.")}
        assert words == kinds, language
        assert len({phrases.say(f"faults.{kind}") for kind in kinds}) == len(kinds)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_says_number_and_words_and_an_unknown_ones_own_name(language: str) -> None:
    view = make_view("fault", language)
    for kind, number in {**FAULT_NUMBERS, "never_heard_of": OTHER_FAULT}.items():
        items = lay(replace(view, fault_number=number, fault_what=kind))
        said = "".join(item.text for item in items if isinstance(item, Text))
        words = load_phrases(language).table.get(f"faults.{kind}", kind)
        assert f"{number}" in said
        assert words.replace("\u200b", "") in said
