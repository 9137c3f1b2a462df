"""The technician's long press is no citizen's accident."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from kiosk.screen.corner import HOLD_MS
from kiosk.screen.window import Screen

SIZE = (1024, 600)


@pytest.fixture
def screen(qtbot: QtBot) -> Screen:
    made = Screen("calm")
    qtbot.addWidget(made)
    made.open("1024x600", fullscreen=False)
    qtbot.waitExposed(made)
    return made


def test_the_technician_holds_one_corner_then_the_other(screen: Screen, qtbot: QtBot) -> None:
    called: list[bool] = []
    upper, middle, lower = QPoint(5, 5), QPoint(500, 300), QPoint(SIZE[0] - 5, SIZE[1] - 5)
    screen.on_technician = lambda: called.append(True)
    assert screen.corner.hold.interval() == HOLD_MS
    screen.corner.hold.setInterval(30)

    def hold(spot: QPoint, wait_ms: int = 60) -> None:
        qtbot.mousePress(screen, Qt.MouseButton.LeftButton, pos=spot)
        qtbot.wait(wait_ms)
        qtbot.mouseRelease(screen, Qt.MouseButton.LeftButton, pos=spot)

    for spots in ((middle, lower), (upper, upper), (upper, middle), (lower, upper)):
        for spot in spots:
            hold(spot)
        screen.corner.forget.timeout.emit()  # the time between the two is over
    hold(upper, 0)
    hold(lower)
    assert called == []
    hold(upper)
    hold(lower)
    assert called == [True]
    hold(lower)
    assert called == [True], "each time both"
