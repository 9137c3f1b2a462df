"""A scanner on a real pseudo-terminal in Qt's own loop: slips ask, anything else does nothing."""

import logging
import os
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from kiosk.desk.slip import Patterns
from kiosk.desk.window import Refused
from kiosk.slips import Slips
from sync.records import Transaction

PATIENCE_MS = 60_000


class Scan:
    """What was asked about, and the scanner's own end of the line behind a link."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.asked: list[Transaction] = []
        self.refusal: Refused | None = None
        self.master = self.slave = -1
        self.plug()

    def plug(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.link.symlink_to(os.ttyname(self.slave))

    def pull(self) -> None:
        self.link.unlink()
        os.close(self.master)
        os.close(self.slave)

    def read(self, slip: bytes) -> None:
        os.write(self.master, slip)

    def ask(self, transaction: Transaction) -> None:
        self.asked.append(transaction)
        if self.refusal is not None:
            raise self.refusal


@pytest.fixture
def scan(tmp_path: Path, qapp: QCoreApplication) -> Iterator[Scan]:
    scan = Scan(tmp_path / "scanner")
    slips = Slips(str(scan.link), Patterns(), scan.ask)
    slips.begin()
    yield scan
    slips.close()
    scan.pull()


def wait(qtbot: QtBot, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so, timeout=PATIENCE_MS)


def test_a_slip_asks_about_what_it_names(scan: Scan, qtbot: QtBot) -> None:
    scan.read(b"11530000-0042|2\r\nA012\r11530000-0043\n")
    wait(qtbot, lambda: len(scan.asked) == 3)
    assert scan.asked == [
        Transaction(project_no="11530000-0042", service_no="2"),
        Transaction(ticket_no="A012"),
        Transaction(project_no="11530000-0043", service_no="1"),
    ]


def test_what_is_no_slip_or_is_refused_stops_nothing(
    scan: Scan, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scan.refusal = Refused("already-rated", "this service has its rating", 409)
    scan.read("一 二 三\n".encode() + b"\xff\xfe\nP1\n")
    wait(qtbot, lambda: len(scan.asked) == 1)
    scan.refusal = None
    scan.read(b"P2\n")
    wait(qtbot, lambda: len(scan.asked) == 2)
    said = [record.getMessage() for record in caplog.records if record.name == "kiosk.slips"]
    assert [line.split(": ")[1] for line in said] == ["malformed", "already-rated"]
    assert not any("P1" in line for line in said)


def test_a_scanner_that_was_pulled_out_comes_back_by_itself(scan: Scan, qtbot: QtBot) -> None:
    for number in range(3):
        scan.read(b"P%d\n" % number)
        wait(qtbot, lambda: len(scan.asked) == number + 1)  # noqa: B023
        scan.pull()
        scan.plug()
        # The new line is a scanner's only once it was opened: until then bytes are nobody's.
        wait(qtbot, lambda: _is_open(scan.link))


def test_without_a_scanner_the_window_goes_on(tmp_path: Path, qtbot: QtBot) -> None:
    slips = Slips(str(tmp_path / "none"), Patterns(), lambda _: None)
    slips.begin()
    qtbot.wait(300)
    slips.close()


def _is_open(link: Path) -> bool:
    """Whether this process has opened the link's device besides the test's own end."""
    device = os.path.realpath(link)
    found = 0
    for handle in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{handle}") == device
        except OSError:
            continue
    return found > 1
