"""`huiyin-panel watch`: the bytes, frames and presses of a panel, live; saved for `decode`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from devices.drive import Tap, drive, name_file, name_values, read_clock, show_event
from devices.formats.format import Signal
from devices.port import Link
from devices.press import Event
from devices.profile import Profile
from devices.reader import Reader, open_port
from devices.words import name


class Save:
    """The file that `decode --timed` reads: `ms hex` a line, from the first opening of the port.

    A line without bytes: the port was lost, or opened anew, and nothing is known from before.
    """

    def __init__(self, path: Path) -> None:
        """OSError if it cannot be written."""
        self._path = path
        self._file = path.open("wb", buffering=0)
        self._zero_ms: int | None = None
        self._lost_ms = 0

    def begin(self, now_ms: int) -> None:
        if self._zero_ms is None:
            self._zero_ms = now_ms
        else:
            self.write(b"", self._lost_ms)
            self.write(b"", now_ms)

    def note_end(self) -> None:
        """The port is closed: written down only if it opens again."""
        self._lost_ms = read_clock()

    def write(self, data: bytes, now_ms: int) -> None:
        at_ms = max(1, now_ms - (self._zero_ms or 0))  # the port was open before anything came
        line = f"{at_ms} {data.hex()}".rstrip()
        with name_file(self._path):
            self._file.write(line.encode("ascii") + b"\n")

    def close(self) -> None:
        self._file.close()


class Watch:
    """Shows what comes: to people a line each, or one object a line."""

    def __init__(self, profile: Profile, port: str, as_json: bool, save: Save | None) -> None:
        self._as_json = as_json
        self._save = save
        self._started = read_clock()
        self._reader = Reader(profile, port, self._open, self._tell_frame)

    def run(self, wait_ms: int | None) -> None:
        try:
            self._reader.send("invite", read_clock())  # many raters stay dark until told
            drive(self._reader, wait_ms, self._tell)
        finally:
            self._reader.send("pause", read_clock())
            self._reader.close()
            if self._save is not None:
                self._save.close()

    def _open(self, profile: Profile, port: str) -> Link:
        link = open_port(profile, port)
        if self._save is None:
            return Tap(link, self._see)
        self._save.begin(read_clock())
        return Tap(link, self._see, self._save.note_end)

    def _see(self, data: bytes) -> None:
        now_ms = read_clock()
        if self._save is not None:
            self._save.write(data, now_ms)
        shown = data.hex() if self._as_json else data.hex(" ").upper()
        self._show("bytes", now_ms - self._started, {"hex": shown})

    def _tell_frame(self, signal: Signal, now_ms: int) -> None:
        """What each frame said, undebounced."""
        said = {"said": type(signal).__name__.lower(), **asdict(signal)}
        self._show("frame", now_ms - self._started, said)

    def _show(self, what: str, at_ms: int, values: dict[str, Any]) -> None:
        if self._as_json:
            print(json.dumps({"event": what, "at_ms": at_ms, **values}), flush=True)
            return
        words = " ".join(str(value) for value in name_values(values).values())
        print(f"{at_ms:>9} ms  {name(what)} {words}".rstrip(), flush=True)

    def _tell(self, events: list[Event]) -> bool:
        for event in events:
            values = show_event(event)
            at_ms = values.pop("at_ms") - self._started
            self._show(values.pop("event"), at_ms, values)
        return False


def watch_panel(
    profile: Profile, port: str, as_json: bool, save: Path | None, wait_ms: int | None
) -> int:
    """Until it is interrupted, or for `wait_ms`. OSError if `save` cannot be written."""
    Watch(profile, port, as_json, Save(save) if save is not None else None).run(wait_ms)
    return 0
