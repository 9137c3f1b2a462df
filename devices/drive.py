"""Runs a reader from a command: waits for its descriptor and its deadline with a real clock."""

from __future__ import annotations

import json
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from devices.port import Link
from devices.press import Event
from devices.reader import Reader
from devices.words import name, say

IDLE_MS = 1_000  # the longest sleep, so that a signal is noticed


Tell = Callable[[str, dict[str, Any]], None]


def make_teller(as_json: bool, order: str) -> Tell:
    """Shows what an order has to say: one object a line, or a phrase `<order>_<what>`."""

    def tell(what: str, values: dict[str, Any]) -> None:
        if as_json:
            print(json.dumps({"event": what, **values}, ensure_ascii=False), flush=True)
            return
        print(say(f"{order}_{what}", **name_values(values)), flush=True)

    return tell


@contextmanager
def name_file(path: Path) -> Iterator[None]:
    """An error while writing names its file, as one while opening does."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def name_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values as people call them: levels, faults and reasons by their names."""
    words = dict(values)
    for key in {"what", "why", "state"} & values.keys():
        words[key] = name(values[key])
    if "level" in values:
        words["level"] = say(f"level.{values['level']}")
    return words


def read_clock() -> int:
    """Monotonic milliseconds."""
    return time.monotonic_ns() // 1_000_000


def drive(reader: Reader, wait_ms: int | None, tell: Callable[[list[Event]], bool]) -> bool:
    """Until `tell` says that it is enough (True), or `wait_ms` have passed (False)."""
    end = None if wait_ms is None else read_clock() + wait_ms
    while True:
        now_ms = read_clock()
        if end is not None and now_ms >= end:
            return False
        due = [at - now_ms for at in (reader.deadline, end) if at is not None]
        handle = reader.fileno()
        watched = [] if handle is None else [handle]
        ready, _, _ = select.select(watched, [], [], max(0, min([*due, IDLE_MS])) / 1_000)
        now_ms = read_clock()
        events = reader.on_readable(now_ms) if ready else []
        if reader.deadline is not None and reader.deadline <= now_ms:
            events += reader.on_tick(now_ms)
        if events and tell(events):
            return True


def show_event(event: Event) -> dict[str, Any]:
    """An event as one object for `--json`."""
    return {"event": type(event).__name__.lower(), **asdict(event)}


class Tap:
    """A link that lets somebody see the bytes that it reads, and hear of its end."""

    def __init__(
        self,
        link: Link,
        seen: Callable[[bytes], None],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._link = link
        self._seen = seen
        self._ended = ended

    def fileno(self) -> int:
        return self._link.fileno()

    def read(self) -> bytes:
        data = self._link.read()
        if data:
            self._seen(data)
        return data

    def write(self, data: bytes) -> None:
        self._link.write(data)

    def close(self) -> None:
        self._ended()
        self._link.close()
