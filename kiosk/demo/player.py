"""Plays a day: asks through the desk's HTTP, presses on the panel's wire, skips the waits.

Runs in a thread of its own. It sees the window as people do: the desk's answers, what is painted.
"""

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from devices.simulator import VirtualPanel
from kiosk.app import App
from kiosk.clock import SkippedClock
from kiosk.demo.day import Row, Tally
from kiosk.screen.view import View
from sync.errors import HuiyinError

PATIENCE_S = 60.0
"""How long any one step may take before the replay gives up: liveness, not speed."""

KEY_GAP_S = 0.035
"""From a push that was seen to work to the next: longer than the panel's settling time."""


class PlayError(HuiyinError):
    """The window did not do what a day needs."""


class Player:
    """One replay on a running app."""

    def __init__(self, app: App, clock: SkippedClock, panel: VirtualPanel, token: str) -> None:
        self._app = app
        self._clock = clock
        self._panel = panel
        self._token = token
        self._views: queue.SimpleQueue[View] = queue.SimpleQueue()
        self._view: View | None = None
        self._keys = {level: key for key, level in app.kit.profile.keys}
        self._order = [key for key, _ in app.kit.profile.keys]
        self._desk: http.client.HTTPConnection | None = None
        self._last_press_s = 0.0

    def play(self, rows: list[Row], progress: Callable[[int, int], None]) -> Tally:
        """Play every row; returns what was pressed."""
        tally = Tally()
        self._call(self._open_eyes)
        self._call(self._clock.stop)
        for number, row in enumerate(rows, start=1):
            if self._ask(row):
                self._answer(row)
                tally.count(row)
            else:
                tally.refused += 1
            progress(number, len(rows))
        self._call(self._clock.go_on)
        return tally

    def _ask(self, row: Row) -> bool:
        """Invite through the desk; False where the service has its rating already."""
        status, body = self._post(row.body)
        if status == 409 and body.get("type") == "urn:huiyin:already-rated":
            return False
        if status not in (200, 201):
            raise PlayError(f"line {row.line}: the desk answered {status}: {body}")
        self._wait("asking")
        return True

    def _answer(self, row: Row) -> None:
        if not row.key:
            self._skip_to("free")
            return
        self._press(self._keys[row.key])
        self._wait("chosen")
        self._skip_to("reason", "thanking")
        if self._now().page == "reason":
            self._give_reasons(row)
        self._skip_to("free")

    def _give_reasons(self, row: Row) -> None:
        """By the panel's keys as the screen shows them: this, next, none or done."""
        this, following, done = self._order[0], self._order[1], self._order[-1]
        self._skip(self._app.conductor.visit.rules.deaf_ms if self._app.conductor else 0)
        missing = set(row.reasons)
        while missing:
            view = self._now()
            tag = view.tags[view.cursor]
            if tag.code in missing:
                missing.discard(tag.code)
                self._press_until(this, partial(_is_picked, tag.code))
            else:
                self._press_until(following, partial(_has_moved, view.cursor))
        self._press(done)
        self._wait("thanking")

    # The wire, the clock, the eyes.

    def _open_eyes(self) -> None:
        self._app.on_shown = self._views.put
        if self._app.shown is not None:
            self._views.put(self._app.shown)

    def _press(self, key: str) -> None:
        gap_s = self._last_press_s + KEY_GAP_S - time.monotonic()
        if gap_s > 0:
            time.sleep(gap_s)
        self._panel.press(key)
        self._last_press_s = time.monotonic()

    def _press_until(self, key: str, is_done: Callable[[View], bool]) -> None:
        self._press(key)
        self._wait_for(is_done, f"key {key} changed nothing on the reason page")

    def _skip(self, wait_ms: int) -> None:
        def skip() -> None:
            self._clock.skip(wait_ms)
            self._app.look()

        self._call(skip)

    def _skip_to(self, *pages: str) -> None:
        """Let time pass, deadline by deadline, until one of these pages is painted."""
        give_up_s = time.monotonic() + PATIENCE_S
        while self._now().page not in pages:
            self._call(self._skip_to_deadline)
            self._look(0.2)
            if time.monotonic() > give_up_s:
                raise PlayError(f"the screen stays at {self._now().page}; {pages} was due")

    def _skip_to_deadline(self) -> None:
        conductor = self._app.conductor
        if conductor is not None and conductor.visit.until_ms is not None:
            self._clock.skip(conductor.visit.until_ms - self._clock.mono_ms())
            self._app.look()

    def _wait(self, page: str) -> None:
        self._wait_for(lambda view: view.page == page, f"the page {page} was not painted")

    def _wait_for(self, is_done: Callable[[View], bool], otherwise: str) -> None:
        give_up_s = time.monotonic() + PATIENCE_S
        while self._view is None or not is_done(self._view):
            if time.monotonic() > give_up_s:
                page = self._view.page if self._view else "nothing"
                raise PlayError(f"{otherwise}; the screen shows {page}")
            self._look(0.2)
        self._last_press_s = time.monotonic()  # a late reader hears the key later than we pushed it

    def _look(self, wait_s: float) -> None:
        try:
            self._view = self._views.get(timeout=wait_s)
            while True:
                self._view = self._views.get_nowait()
        except queue.Empty:
            return

    def _now(self) -> View:
        self._look(0.001)
        if self._view is None:
            raise PlayError("nothing was painted yet")
        return self._view

    def _call(self, call: Callable[[], Any]) -> None:
        """Have the main thread do it, and wait until it has."""
        done = threading.Event()

        def run() -> None:
            call()
            done.set()

        self._app.mailbox.post(run)
        if not done.wait(PATIENCE_S):
            raise PlayError("the kiosk's main thread does not answer")

    def _post(self, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if self._desk is None:
            address = self._app.services.desk_address if self._app.services else None
            if address is None:
                raise PlayError("the desk does not listen")
            self._desk = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
        self._desk.request("POST", "/v1/invitations", json.dumps(body), headers)
        answer = self._desk.getresponse()
        return answer.status, json.loads(answer.read())


def _is_picked(code: str, view: View) -> bool:
    return any(tag.code == code and tag.picked for tag in view.tags)


def _has_moved(cursor: int, view: View) -> bool:
    return view.cursor != cursor
