"""`huiyin-panel test`: each key, each level, by hand; and the record of it for the kiosk."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from devices.drive import Tell, drive, name_file, read_clock
from devices.press import Back, Event, Fault, Lost, Press, Stray
from devices.profile import Profile
from devices.reader import Reader
from devices.tested import RECORD

WAIT_MS = 60_000  # for each key, unless said
WRONG_MAX = 3  # wrong keys for one level, then the panel has failed


class Trial:
    """Asks for every level in turn; `tell(what, values)` shows what is asked and what came."""

    def __init__(self, profile: Profile, reader: Reader, tell: Tell, wait_ms: int) -> None:
        self._profile = profile
        self._reader = reader
        self._tell = tell
        self._wait_ms = wait_ms
        self._wanted = ("", "")
        self._wrong = 0
        self._passed = False

    def run(self) -> list[tuple[str, str]]:
        """The keys that passed, all of them if the panel is good."""
        passed: list[tuple[str, str]] = []
        if not drive(self._reader, self._wait_ms, self._greet):
            return passed
        self._reader.send("invite", read_clock())
        for number, wanted in enumerate(self._profile.keys, 1):
            self._wanted, self._wrong, self._passed = wanted, 0, False
            self._tell("ask", {"number": number, "key": wanted[0], "level": wanted[1]})
            if not drive(self._reader, self._wait_ms, self._judge):
                self._tell("nothing", {"key": wanted[0], "level": wanted[1]})
                break
            if not self._passed:
                break
            passed.append(wanted)
        self._reader.send("pause", read_clock())
        return passed

    def _greet(self, events: list[Event]) -> bool:
        """Nothing is asked before the panel is there."""
        for event in events:
            if isinstance(event, Lost):
                self._tell("lost", {"why": event.why})
        return any(isinstance(event, Back) for event in events)

    def _judge(self, events: list[Event]) -> bool:
        for event in events:
            if isinstance(event, Press):
                good = (event.key, event.level) == self._wanted
                self._tell("right" if good else "wrong", {"key": event.key, "level": event.level})
                self._passed = good
                self._wrong += not good
                if good:
                    return True
            elif isinstance(event, Fault) and event.state == "raised":
                self._tell("fault", {"what": event.what, "detail": event.detail})
                self._wrong += event.what == "unknown_code"
            elif isinstance(event, Stray):
                self._tell("stray", {"key": event.key, "why": event.why})
            elif isinstance(event, Lost):
                self._tell("lost", {"why": event.why})
        return self._wrong >= WRONG_MAX


def write_record(data: Path, profile: Profile, keys: list[tuple[str, str]]) -> Path:
    """Says in `data` that these keys passed, durably; OSError if it cannot be written."""
    record = {
        "model": profile.model,
        "profile": profile.sha256,
        "keys": [list(pair) for pair in keys],
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    data.mkdir(parents=True, exist_ok=True)
    fresh = data / f"{RECORD}.new"
    with name_file(fresh), fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh.replace(data / RECORD)
