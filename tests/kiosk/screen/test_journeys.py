"""Whole visits in each language, by panel and by touch: one press, and nothing more is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from kiosk.screen.phrases import LANGUAGES
from kiosk.screen.tags import NAMES, load_tags
from kiosk.screen.theme import LEVELS as FACES
from sync import records
from tests.kiosk.screen.citizen import LEFT, Citizen

HOWS = ("panel", "touch")
COST = 1
"""What a rating may cost a citizen: one press. Reasons are never owed."""

Come = Callable[..., Citizen]


@pytest.fixture
def come(qtbot: QtBot, tmp_path: Path) -> Iterator[Come]:
    """A citizen comes to a window."""
    opened: list[Citizen] = []

    def open_window(how: str = "panel", **window: object) -> Citizen:
        opened.append(Citizen(qtbot, tmp_path, how, **window))
        return opened[-1]

    yield open_window
    for citizen in opened:
        citizen.close()


def outcomes(citizen: Citizen) -> list[str]:
    return [one.outcome for one in citizen.entries(records.Outcome)]  # type: ignore[union-attr]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_press_is_a_whole_visit(come: Come, how: str, language: str) -> None:
    citizen = come(how)
    citizen.ask("P1", language)
    assert citizen.reads(language, "asking.question")
    assert citizen.reads(language, "frame.unseen")
    citizen.push("2")
    citizen.wait_page("chosen")
    assert citizen.reads(language, "chosen.title")
    assert not citizen.icons() & set(FACES)
    assert not citizen.entries(records.Outcome), "the answer may still be changed"
    for page, phrase in (("reason", "reason.question"), ("thanking", "thanking.title")):
        citizen.skip_page()
        citizen.wait_page(page)
        assert citizen.reads(language, phrase)
    citizen.skip_page()
    citizen.wait_page("free")
    assert citizen.view.language == "zh", "the next citizen reads the hall's language"
    assert citizen.pushes == COST
    (rating,) = citizen.entries(records.Rating)
    assert isinstance(rating, records.Rating)
    told = (rating.level, rating.key, rating.source, rating.language, rating.revision)
    assert told == (4, "2", how, language, 0)
    assert outcomes(citizen) == ["rated"]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_mind(come: Come, how: str, language: str) -> None:
    citizen = come(how)
    citizen.ask("P1", language)
    citizen.push("1")
    citizen.wait_page("chosen")
    citizen.push("3")
    citizen.wait(lambda: len(citizen.entries(records.Rating)) == 2)
    citizen.skip_page()
    citizen.wait_page("reason")
    ratings = citizen.entries(records.Rating)
    assert [(one.level, one.revision) for one in ratings] == [(5, 0), (2, 1)]  # type: ignore[union-attr]
    assert outcomes(citizen) == ["rated"]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_and_none_cost_a_press_each(come: Come, how: str, language: str) -> None:
    citizen = come(how)
    citizen.ask("P1", language)
    citizen.push("3")
    citizen.wait_page("chosen")
    citizen.skip_page()
    citizen.wait_page("reason")
    assert citizen.reads(language, "reason.none")
    assert citizen.view.tags[7].name == load_tags()[2][7][1 + NAMES.index(language)]
    citizen.push("3")  # deaf: the finger of the rating is still there
    assert citizen.view.page == "reason"
    citizen.skip(600)
    citizen.push("1")
    citizen.wait(lambda: citizen.view.tags[0].picked)
    if how == "touch":
        citizen.touch(f"tag:{citizen.view.tags[4].code}")
        citizen.wait(lambda: citizen.view.tags[4].picked)
    assert citizen.reads(language, "reason.done")
    citizen.push("3")
    citizen.wait_page("thanking")
    (reason,) = citizen.entries(records.Reason)
    assert isinstance(reason, records.Reason)
    assert len(reason.reasons) == (2 if how == "touch" else 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_silence_ends_with_a_warning_and_no_rating(come: Come, language: str) -> None:
    citizen = come()
    citizen.ask("P1", language)
    assert (citizen.view.seconds_left, citizen.view.ending) == (30, False)
    calm = citizen.picture()
    citizen.skip(20_000)
    citizen.wait(lambda: citizen.view.ending)
    assert citizen.view.seconds_left == 10
    warned = citizen.picture()
    assert warned != calm
    citizen.skip_page()
    citizen.wait_page("free")
    assert outcomes(citizen) == ["not_rated"]
    assert not citizen.entries(records.Rating)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_panel_pulled_out_in_the_middle(come: Come, language: str) -> None:
    citizen = come()
    citizen.ask("P1", language)
    citizen.panel.down("1")
    citizen.wait(lambda: citizen.view.keys[0].lit)
    citizen.panel.unplug()
    citizen.wait_page("fault")
    assert citizen.view.fault_number == 11
    assert citizen.reads("zh", "faults.panel_lost")
    assert outcomes(citizen) == ["interrupted"]
    citizen.panel.replug()
    citizen.panel.heartbeat()
    citizen.wait_page("free")
    assert not citizen.entries(records.Rating), "a key that was down when it went is no press"
    citizen.ask("P2", language)
    citizen.push("1")
    citizen.wait_page("chosen")
    citizen.panel.unplug()
    citizen.wait_page("fault")
    assert outcomes(citizen) == ["interrupted", "rated"]


def test_the_outer_keys_together_for_a_second_choose_a_language(come: Come) -> None:
    citizen = come()
    citizen.ask("P1")
    for language in ("en", "bo"):
        citizen.panel.down("1")
        citizen.panel.down("3")
        citizen.wait(lambda language=language: citizen.view.language == language)  # type: ignore[misc]
        citizen.panel.up("3")
        citizen.panel.up("1")
        citizen.qtbot.wait(50)
        citizen.skip(1_000)  # what it took: a key lights up only so often in a second
    assert citizen.view.page == "asking"
    assert not citizen.entries(records.Rating)
    citizen.push("1")
    citizen.wait_page("chosen")
    assert citizen.reads("bo", "chosen.title")
    assert citizen.entries(records.Rating)[0].language == "bo"  # type: ignore[union-attr]
    citizen.ask("P2")
    assert citizen.view.language == "zh"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_finger_chooses_a_language(come: Come, language: str) -> None:
    citizen = come("touch")
    citizen.ask("P1")
    citizen.wait(lambda: len(citizen.app.screen._offered) == 4)
    citizen.touch(f"language:{language}")
    citizen.wait(lambda: citizen.view.language == language)
    assert citizen.reads(language, "asking.question")
    citizen.push("1")
    citizen.wait_page("chosen")
    assert citizen.entries(records.Rating)[0].language == language  # type: ignore[union-attr]


def test_a_window_whose_touch_is_off_hears_no_finger(come: Come) -> None:
    citizen = come("panel")
    citizen.ask("P1")
    citizen.touch("1")
    citizen.skip_page()
    citizen.wait_page("free")
    assert outcomes(citizen) == ["not_rated"]


@pytest.mark.parametrize("how", HOWS)
def test_whoever_walks_up(come: Come, how: str) -> None:
    citizen = come(how, mode="walk_up")
    assert citizen.view.seconds_left is None
    citizen.push("1")
    citizen.wait_page("chosen")
    for page in ("reason", "thanking", "asking"):
        citizen.skip_page()
        citizen.wait_page(page)
    assert citizen.pushes == COST
    assert outcomes(citizen) == ["rated"]


def test_two_languages_at_once_stand_on_the_keys(come: Come) -> None:
    citizen = come(second="bo")
    citizen.ask("P1")
    for language in ("zh", "bo"):
        assert citizen.reads(language, "levels.satisfied")
    citizen.ask("P2", "bo")
    assert citizen.read().count("ཡིད་མི་ཚིམ") == 1, "not twice the same words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_reads_the_code_off_the_screen(come: Come, language: str, tmp_path: Path) -> None:
    citizen = come()
    url = "http://127.0.0.1:8700/e/{}"
    citizen.conductor.settle(replace(citizen.conductor.facts, echo=url.format))
    invitation = citizen.ask("P1", language)
    citizen.push("3")
    for page in ("chosen", "reason", "thanking"):
        citizen.wait_page(page)
        citizen.app.save_picture(tmp_path / f"{page}.png")
        with Image.open(tmp_path / f"{page}.png") as picture:
            found = zxingcpp.read_barcodes(picture.convert("L"))
        expected = [url.format(invitation)] if page == "thanking" else []
        assert [code.text for code in found] == expected
        citizen.skip_page()
    assert citizen.pushes == COST


def test_the_technicians_corner_is_told_to_the_app(come: Come, qtbot: QtBot) -> None:
    citizen = come()
    told: list[bool] = []
    citizen.app.on_technician = lambda: told.append(True)
    citizen.app.screen.corner.hold.setInterval(30)
    for spot in (QPoint(5, 5), QPoint(795, 475)):
        qtbot.mousePress(citizen.app.screen, LEFT, pos=spot)
        qtbot.wait(100)
        qtbot.mouseRelease(citizen.app.screen, LEFT, pos=spot)
    assert told == [True]
