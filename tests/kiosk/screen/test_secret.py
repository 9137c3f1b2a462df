"""Who stands beside the window sees, hears and feels the same, whatever was pressed."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from kiosk.screen.items import Box, Icon
from tests.kiosk.screen.citizen import Citizen

KEYS = ("1", "2", "3")
OTHER = {"1": "2", "2": "3", "3": "1"}
Trace = list[object]


def follow(citizen: Citizen, key: str, changes: bool) -> Trace:
    """What can be sensed from the answer on: pictures, waits, bytes to the panel."""
    url = "http://127.0.0.1:8700/e/always-the-same"
    citizen.conductor.settle(replace(citizen.conductor.facts, echo=lambda _: url))
    citizen.ask("P1")
    before = len(citizen.panel.received)
    citizen.push(key)
    citizen.wait_page("chosen")
    if changes:
        citizen.push(OTHER[key])
    trace: Trace = []
    while citizen.view.page != "free":
        page, until_ms = citizen.view.page, citizen.conductor.visit.until_ms
        trace += [page, until_ms - citizen.clock.mono_ms(), look(citizen)]
        citizen.skip_page()
    return [*trace, citizen.panel.received[before:]]


def look(citizen: Citizen) -> object:
    """The picture; of the reasons, whose names must differ, all but the names."""
    if citizen.view.page != "reason":
        picture = citizen.picture().convertToFormat(QImage.Format.Format_RGB32)
        return bytes(picture.constBits())
    items = citizen.app.screen._items
    boxes = [(i.rect, i.fill, i.outline) for i in items if isinstance(i, Box)]
    return boxes, [item for item in items if isinstance(item, Icon)]


@pytest.mark.parametrize("how", ["panel", "touch"])
@pytest.mark.parametrize("changes", [False, True])
def test_nothing_that_can_be_sensed_tells_the_level(
    qtbot: QtBot, tmp_path: Path, how: str, changes: bool
) -> None:
    traces = []
    for key in KEYS:
        with Citizen(qtbot, tmp_path / key, how) as citizen:
            traces.append(follow(citizen, key, changes))
    assert traces[0][0] == "chosen"
    assert "reason" in traces[0]
    assert traces[0] == traces[1] == traces[2]
