"""`huiyin-panel watch`: the bytes, frames and presses of a panel, live; saved for `decode`."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

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
        self._decoder = profile.decoder()
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
        shown = data.hex() if self._as_json else data.hex(" ").upper()
        self._show("bytes", at_ms, {"hex": shown})
        for signal in self._decoder.feed(data, at_ms):  # what each frame said, undebounced
            kind = type(signal).__name__.lower()
            said = {field.name: getattr(signal, field.name) for field in fields(signal)}
            self._show("frame", at_ms, {"said": kind, **said})

    def _show(self, what: str, at_ms: int, values: dict[str, Any]) -> None:
        if self._as_json:
            print(json.dumps({"event": what, "at_ms": at_ms, **values}), flush=True)
            return
        words = " ".join(str(value) for value in values.values())
        print(f"{at_ms:>9} ms  {what} {words}".rstrip(), flush=True)

    def _tell(self, events: list[Event]) -> bool:
        for event in events:
            values = show_event(event)
            at_ms = values.pop("at_ms") - self._started
            if isinstance(event, Press) and not self._as_json:
                values["level"] = say(f"level.{event.level}")
            self._show(values.pop("event"), at_ms, values)
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
