"""A day in real time at a window that runs by its unit: asked at the desk, pressed on the wire.

The player sees no screen: reasons are found by counting keys, in the order of the national table.
"""

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from kiosk.demo.day import Row, Tally, load_day
from kiosk.screen.tags import load_tags
from sync.records import LEVELS
from tests.journeys.stand import Panel, wait_until
from tests.manager import PATIENCE_S

KEYS = {"very_satisfied": "1", "satisfied": "2", "dissatisfied": "3"}
THIS, NEXT, DONE = "1", "2", "3"

DEAF_S = 0.7
"""A reason page hears nothing at first: longer than that, from when the desk says rated."""

FINGER_S = 0.2


class Day:
    """The rows that are still to be played, and the `tally` of those that were."""

    def __init__(self, path: Path, panel: Panel, desk: Callable[[], httpx.Client]) -> None:
        self._rows = load_day(path, tuple(KEYS))
        self._panel = panel
        self._desk = desk
        self.tally = Tally()

    def play(self, count: int) -> None:
        """Play some more rows; the window runs, whether or not a hall answers."""
        rows, self._rows = self._rows[:count], self._rows[count:]
        assert rows, "the day is over"
        with self._desk() as desk:
            for row in rows:
                self._play(desk, row)

    def play_rest(self) -> None:
        self.play(len(self._rows))

    def _play(self, desk: httpx.Client, row: Row) -> None:
        wait_until(lambda: is_free(desk), "the desk never said free")
        asked = desk.post("/v1/invitations", json=row.body)
        if asked.status_code == 409:
            assert asked.json()["type"] == "urn:huiyin:already-rated"
            self.tally.refused += 1
            return
        assert asked.status_code == 201, asked.text
        place = f"/v1/invitations/{asked.json()['invitation']}"
        if row.key:
            self._panel.do("press", KEYS[row.key])
        end = "rated" if row.key else "not_rated"
        wait_until(lambda: desk.get(place).json()["state"] == end, f"line {row.line}: never {end}")
        if row.reasons:
            self._give_reasons(row)
        self.tally.count(row)

    def _give_reasons(self, row: Row) -> None:
        time.sleep(DEAF_S)
        missing = set(row.reasons)
        for code, *_ in load_tags()[LEVELS[row.key]]:
            if not missing:
                break
            self._press(THIS if code in missing else NEXT)
            missing.discard(code)
        self._press(DONE)

    def _press(self, key: str) -> None:
        self._panel.do("press", key)
        time.sleep(FINGER_S)


def is_free(desk: httpx.Client) -> bool:
    try:
        return bool(desk.get("/v1/status").json()["state"] == "free")
    except httpx.TransportError:
        return False


def open_desk(port: int, token: str) -> httpx.Client:
    """A business system at the kiosk's desk."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE_S)
