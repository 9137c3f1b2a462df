"""`huiyin-panel watch`: the bytes, frames and presses of a panel, live; saved for `decode`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from devices.drive import Tap, drive, read_clock, show_event
from devices.port import Link
from devices.press import Event, Press
from devices.profile import Profile
from devices.reader import Reader, open_port
from devices.words import say


class Watch:
    """Shows what comes: to people a line each, or one object a line."""

    def __init__(self, profile: Profile, port: str, as_json: bool, save: TextIO | None) -> None:
        self._as_json = as_json
        self._save = save
        self._started = read_clock()
        self._reader = Reader(profile, port, self._open)

    def run(self, wait_ms: int | None) -> None:
        try:
            self._reader.send("invite", read_clock())  # many raters stay dark until told
            drive(self._reader, wait_ms, self._tell)
        finally:
            self._reader.send("pause", read_clock())
            self._reader.close()

    def _open(self, profile: Profile, port: str) -> Link:
        return Tap(open_port(profile, port), self._see)

    def _see(self, data: bytes) -> None:
        at_ms = read_clock() - self._started
        if self._save is not None:
            print(at_ms, data.hex(), file=self._save, flush=True)
        if self._as_json:
            shown = json.dumps({"event": "bytes", "hex": data.hex(), "at_ms": at_ms})
        else:
            shown = f"{at_ms:>9} ms  {data.hex(' ').upper()}"
        print(shown, flush=True)

    def _tell(self, events: list[Event]) -> bool:
        for event in events:
            shown = show_event(event)
            shown["at_ms"] = event.at_ms - self._started
            if self._as_json:
                print(json.dumps(shown), flush=True)
                continue
            at_ms, what = shown.pop("at_ms"), shown.pop("event")
            level = say(f"level.{event.level}") if isinstance(event, Press) else ""
            words = " ".join(f"{name}={value}" for name, value in shown.items())
            print(f"{at_ms:>9} ms  {what} {words} {level}".rstrip(), flush=True)
        return False


def watch_panel(
    profile: Profile, port: str, as_json: bool, save: Path | None, wait_ms: int | None
) -> int:
    """Until it is interrupted, or for `wait_ms`. OSError if `save` cannot be written."""
    if save is None:
        Watch(profile, port, as_json, None).run(wait_ms)
        return 0
    with save.open("w", encoding="ascii") as file:
        Watch(profile, port, as_json, file).run(wait_ms)
    return 0
