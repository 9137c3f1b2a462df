"""The watchdog is petted by a kiosk that paints and whose journal is whole, and by no other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.pulse import Pulse
from sync.notify import notify, watchdog_ms
from tests.manager import PATIENCE_S, Manager
from tests.walls.house import ROOT

QUIET_S = 2.0
"""Several beats long: who still pets would have been heard."""

WATCHDOG_USEC = 600_000


@pytest.fixture(params=["path", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Manager]:
    address = str(tmp_path / "notify")
    made = Manager(address if request.param == "path" else "@huiyin" + address)
    monkeypatch.setenv("NOTIFY_SOCKET", made.address)
    monkeypatch.setenv("WATCHDOG_USEC", str(WATCHDOG_USEC))
    yield made
    made.line.close()


class Loop:
    """A main loop whose time stands still until a test lets it go on."""

    def __init__(self) -> None:
        self.waits: list[tuple[int, Callable[[], None]]] = []
        self.paints = True
        self.whole = True
        self.pulse = Pulse(self.later, lambda: self.paints, lambda: self.whole)

    def later(self, wait_ms: int, call: Callable[[], None]) -> None:
        self.waits.append((wait_ms, call))

    def turn(self) -> int:
        wait_ms, call = self.waits.pop(0)
        call()
        return wait_ms


def test_ready_comes_with_the_first_paint_and_pets_follow(manager: Manager) -> None:
    loop = Loop()
    loop.paints = False
    loop.pulse.begin()
    loop.turn()
    manager.wait("STATUS=starting")
    assert manager.heard(0) == []
    loop.paints = True
    loop.turn()
    manager.wait("READY=1")
    assert loop.turn() == WATCHDOG_USEC / 1000 / 3
    manager.wait("WATCHDOG=1")
    loop.pulse.end()
    manager.wait("STOPPING=1")
    loop.turn()
    assert not loop.waits


@pytest.mark.parametrize("what", ["paints", "whole"])
def test_no_paint_or_no_journal_no_pet(manager: Manager, what: str) -> None:
    loop = Loop()
    loop.pulse.begin()
    manager.wait("READY=1")
    setattr(loop, what, False)
    loop.turn()
    loop.turn()
    manager.line.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.line.recv(100)
    setattr(loop, what, True)
    loop.turn()
    assert manager.line.recv(100) == b"WATCHDOG=1"


def test_nobody_listens_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    loop = Loop()
    loop.pulse.begin()
    assert not loop.waits


def test_a_manager_that_is_gone_or_full_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "absent"))
    assert not notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "not-an-address")
    assert not notify("READY=1")
    deaf = Manager(str(tmp_path / "deaf"))
    monkeypatch.setenv("NOTIFY_SOCKET", deaf.address)
    assert not all(notify("WATCHDOG=1") for _ in range(5_000))
    deaf.line.close()


@pytest.mark.parametrize(
    ("told", "limit"), [("30000000", 30_000), ("", None), ("-5", None), ("999", None), ("x", None)]
)
def test_the_limit_is_believed_only_if_it_is_one(
    told: str, limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", told)
    assert watchdog_ms() == limit


# A real kiosk.

BLIND = """
import os, sys
from kiosk import app
make = app.App.__init__
def watch(self, *args, **more):
    make(self, *args, **more)
    def look():
        if os.path.exists(os.environ["BLIND"]):
            self.screen.setUpdatesEnabled(False)
        self.later(50, look)
    self.later(50, look)
app.App.__init__ = watch
from kiosk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def kiosk(manager: Manager, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    data, settings = tmp_path / "kiosk", tmp_path / "kiosk.toml"
    settings.write_text('[panel]\nport = "/dev/null/none"\n', "utf-8")
    words = ["run", "--headless", "--data", str(data), "--config", str(settings)]
    started = subprocess.Popen(
        [sys.executable, "-c", BLIND, *words, "--desk", "127.0.0.1:0"],
        cwd=ROOT,
        env={**os.environ, "BLIND": str(tmp_path / "blind")},
        stderr=subprocess.DEVNULL,
    )
    try:
        manager.wait("READY=1")
        manager.wait("WATCHDOG=1")
        yield started
    finally:
        started.send_signal(signal.SIGCONT)
        started.kill()
        started.wait(PATIENCE_S)


def test_a_main_loop_that_stands_still_is_not_petted_for(
    manager: Manager, kiosk: subprocess.Popen[bytes]
) -> None:
    kiosk.send_signal(signal.SIGSTOP)
    time.sleep(0.2)
    assert "WATCHDOG=1" not in manager.heard(QUIET_S)
    kiosk.send_signal(signal.SIGCONT)
    manager.wait("WATCHDOG=1")
    kiosk.send_signal(signal.SIGTERM)
    manager.wait("STOPPING=1")
    assert kiosk.wait(PATIENCE_S) == 0


def test_a_screen_that_paints_no_more_is_not_petted_for(
    manager: Manager, kiosk: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (tmp_path / "blind").touch()
    time.sleep(0.5)
    assert "WATCHDOG=1" not in manager.heard(QUIET_S)
    assert kiosk.poll() is None, "the loop itself runs on"
