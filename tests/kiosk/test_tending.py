"""A kiosk looks after its journal and its box while nobody waits, and writes down what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk import tending
from kiosk.conductor import Conductor
from kiosk.terms import Noted
from kiosk.vitals import LOW_BYTES


class Journal:
    """Two old files to check, then nothing."""

    failed = False

    def __init__(self) -> None:
        self.did: list[str] = []
        self._files = 2

    def check_next(self, stamp: object) -> bool:
        self.did.append("check")
        self._files -= 1
        return self._files > 0

    def lay_ballast(self) -> None:
        self.did.append("ballast")

    def prune(self, stamp: object) -> None:
        self.did.append("prune")


class Window:
    """A conductor that only remembers."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.noted: list[tuple[str, str]] = []
        self.looks: list[int] = []
        self.clock: Any = self

    def stamp(self) -> None: ...

    def handle(self, note: Noted) -> None:
        self.noted.append((note.what, note.state))


class Loop:
    """A loop whose calls are made by hand."""

    def __init__(self) -> None:
        self.waits: list[tuple[int, Callable[[], None]]] = []

    def later(self, wait_ms: int, call: Callable[[], None]) -> None:
        self.waits.append((wait_ms, call))

    def go(self, wait_ms: int) -> None:
        place = next(i for i, (wait, _) in enumerate(self.waits) if wait == wait_ms)
        self.waits.pop(place)[1]()


@pytest.fixture
def window() -> Window:
    return Window()


def begin(window: Window, folder: Path) -> Loop:
    loop = Loop()
    conductor: Conductor = window  # type: ignore[assignment]
    tending.Tending(conductor, folder, loop.later, lambda: window.looks.append(1)).begin()
    return loop


def test_old_files_are_checked_one_at_a_time_and_then_pruned(
    window: Window, tmp_path: Path
) -> None:
    loop = begin(window, tmp_path)
    loop.go(tending.FIRST_MS)
    assert window.journal.did == ["check"]
    loop.go(tending.FIRST_MS)
    assert window.journal.did == ["check", "check", "ballast", "prune"]
    assert tending.TEND_MS in [wait for wait, _ in loop.waits]


def test_a_failed_journal_is_left_alone(window: Window, tmp_path: Path) -> None:
    loop = begin(window, tmp_path)
    window.journal.failed = True
    loop.go(tending.FIRST_MS)
    assert window.journal.did == []


def test_a_disk_that_fills_is_written_down_and_that_it_is_empty_again(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = LOW_BYTES - 1
    monkeypatch.setattr("kiosk.tending.DISK.free", lambda folder: room)
    loop = begin(window, tmp_path)
    room = 10 * LOW_BYTES
    loop.go(tending.LOOK_MS)
    assert window.noted == [("disk_low", "raised"), ("disk_low", "cleared")]


def test_a_clock_that_is_set_is_written_down(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = begin(window, tmp_path)
    monkeypatch.setattr("kiosk.tending.time.time_ns", lambda: 0)
    loop.go(tending.LOOK_MS)
    assert ("clock_jump", "raised") in window.noted


def test_a_new_day_is_told_within_a_minute_though_nobody_presses(
    window: Window, tmp_path: Path
) -> None:
    loop = begin(window, tmp_path)
    loop.go(tending.LOOK_MS)
    loop.go(tending.LOOK_MS)
    assert len(window.looks) == 3
    assert tending.LOOK_MS <= 60_000
