"""The technician's way in, by the panel's keys alone: a long press, a code, the doctor's page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from kiosk.hatch import Hatch
from kiosk.kept import CODE, load_code
from kiosk.latch import TRIES_MAX
from sync import records
from tests.kiosk.screen.citizen import Citizen


@pytest.fixture(params=["panel", "touch"])
def citizen(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Citizen]:
    with Citizen(qtbot, tmp_path, how=request.param) as one:
        hatch = Hatch(one.app, one.app.kit.data, None)
        one.app.guest = hatch.hear
        one.app.on_technician = hatch.open
        one.app.at_end(hatch.end)
        yield one


def press_long(citizen: Citizen) -> None:
    """The outer two keys together, or two corners of the glass, which Qt's timers make slow."""
    if citizen.how == "touch":
        citizen.app.on_technician()
    else:
        citizen.panel.down("1")
        citizen.panel.down("3")
        citizen.wait_page("code")
        citizen.panel.up("1")
        citizen.panel.up("3")
        citizen.qtbot.wait(100)
    assert citizen.view.page == "code"


def type_in(citizen: Citizen, code: str) -> None:
    for place in code:
        citizen.push(place)


def count_ratings(citizen: Citizen) -> int:
    entries = citizen.conductor.journal.entries()
    return sum(isinstance(one, records.Rating) for one in entries)


def test_the_doctor_is_asked_with_the_code_and_no_press_is_a_citizens(citizen: Citizen) -> None:
    press_long(citizen)
    type_in(citizen, load_code(citizen.app.kit.data))
    citizen.wait_page("doctor")
    citizen.wait(lambda: len(citizen.view.notes) > 1)
    citizen.panel.down("2")
    citizen.panel.up("2")
    citizen.wait_page("free")
    assert count_ratings(citizen) == 0


def test_a_wrong_code_opens_nothing_and_many_lock_it(citizen: Citizen) -> None:
    (citizen.app.kit.data / CODE).write_text("33333333")
    press_long(citizen)
    for _ in range(TRIES_MAX):
        assert citizen.view.page == "code"
        type_in(citizen, "11111111")
    citizen.wait_page("free")
    citizen.app.on_technician()
    assert citizen.view.page == "free"
    assert count_ratings(citizen) == 0


def test_a_citizen_comes_first_and_the_next_press_is_a_rating(citizen: Citizen) -> None:
    press_long(citizen)
    citizen.ask("P1")
    citizen.push("1")
    citizen.wait_page("chosen")
    assert count_ratings(citizen) == 1


def test_nobody_is_asked_for_a_code_while_a_citizen_is_asked(citizen: Citizen) -> None:
    citizen.ask("P1")
    citizen.app.on_technician()
    assert citizen.view.page == "asking"
    citizen.push("3")
    citizen.wait_page("chosen")
    assert count_ratings(citizen) == 1


def test_the_code_of_a_box_with_two_keys_has_two_places(tmp_path: Path) -> None:
    for number in range(20):
        assert set(load_code(tmp_path / str(number), keys=2)) <= set("12")


def test_a_spoiled_code_lets_nobody_in_and_serving_goes_on(
    citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    (citizen.app.kit.data / CODE).write_text("spoiled")
    citizen.app.on_technician()
    assert citizen.view.page == "free"
    assert "not a code" in caplog.text
    citizen.ask("P1")
    citizen.push("1")
    citizen.wait_page("chosen")


def test_a_code_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / CODE).write_text("4" * 8)
    with pytest.raises(ValueError, match=r"service-code: not a code"):
        load_code(tmp_path)


def test_a_code_nobody_types_is_waited_for_no_longer(
    citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.hatch.REST_MS", 50)
    citizen.app.on_technician()
    citizen.wait_page("free")
