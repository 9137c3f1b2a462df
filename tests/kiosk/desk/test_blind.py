"""The clerk learns that a service was rated, never how: not by bodies, times, order or lamps."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.desk import gate
from tests.kiosk.desk.clerk import LEVELS, Window, draw_manner, measure_auc

AUC_MAX = 0.55
"""Area under the curve at telling the bad ones; 0.5 is guessing."""

AUC_CAUGHT = 0.65
"""A leak that is planted must be seen at least this clearly."""

Leak = Callable[[Window, str], None]


@pytest.fixture(autouse=True)
def _no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "KNOWN_RATE_S", 1e6)
    monkeypatch.setattr(gate, "KNOWN_BURST", 10**6)


def watch(folder: Path, visits: int, leak: Leak | None, seed: int = 7) -> float:
    dice = random.Random(seed)
    window = Window(folder / "journal", leak)
    seen = []
    try:
        for _ in range(visits):
            key, manner = dice.choice("123"), draw_manner(dice)
            seen.append((window.serve(key, manner), manner, LEVELS[key] <= 2))
    finally:
        window.close()
    return measure_auc(seen)


def test_the_same_manner_looks_the_same_whatever_the_answer(tmp_path: Path) -> None:
    dice = random.Random(11)
    window = Window(tmp_path / "journal")
    try:
        for _ in range(15):
            manner = draw_manner(dice)
            looks = {window.serve(key, manner).exact for key in dice.sample("123", 3)}
            assert len(looks) == 1, f"a clerk can tell answers apart: {manner}"
    finally:
        window.close()


@pytest.mark.slow
def test_over_two_thousand_visits_nobody_can_tell_the_bad_ones(tmp_path: Path) -> None:
    auc = watch(tmp_path, 2_000, None)
    print(f"AUC {auc:.3f}")
    assert auc <= AUC_MAX


def _late(window: Window, spot: str) -> None:
    if spot == "tell" and window.level <= 2:
        window.now_ms += 50


def _lamp(window: Window, spot: str) -> None:
    if spot == "signal" and window.level <= 2:
        window.seen.append(("signal", window.now_ms, "thanks"))


def _slow(window: Window, spot: str) -> None:
    if spot == "tell":
        window.counter.status = _slowed(window)  # type: ignore[method-assign]


def _slowed(window: Window) -> Callable[[], object]:
    plain = type(window.counter).status

    def status() -> object:
        if window.level <= 2:
            time.sleep(0.004)
        return plain(window.counter)

    return status


def _count(window: Window, spot: str) -> None:
    if spot == "tell" and window.level <= 2 and window.conductor.visit.state != "asking":
        window.counter.count("waiting")
        window.counter.count("rated")


def _order(window: Window, spot: str) -> None:
    if spot == "tell" and window.level <= 2:
        window.herald.look()


def _page(window: Window, spot: str) -> None:
    visit = window.conductor.visit
    if spot == "tell" and window.level <= 2 and visit.until_ms is not None:
        window.conductor.visit = replace(visit, until_ms=visit.until_ms + 700)


def _body(window: Window, spot: str) -> None:
    if spot == "tell" and window.level <= 2:
        word = window.conductor.visit.state
        window.bridge.tell("status", {"state": word, "asked": 1, "answered": 1})


@pytest.mark.slow
@pytest.mark.parametrize("leak", [_late, _lamp, _slow, _count, _order, _page, _body])
def test_a_leak_that_is_planted_is_caught(tmp_path: Path, leak: Leak) -> None:
    assert watch(tmp_path, 300, leak) >= AUC_CAUGHT
