"""The listener: a thread that tells the hall how the kiosk is and hears at once what it wants.

The hall holds each heartbeat open until it has a command. Commands and bulletins go to callbacks,
called from this thread; what they mean is not known here.
"""

import logging
import random
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.backoff import wait_ms
from sync.counter import Counter
from sync.errors import HallRefused, HallUnreachable
from sync.hall_client import HOLD_MAX_S, HallClient
from sync.identity import KEY, Identity
from sync.wire import HallSettings, Heartbeat, HeartbeatAnswer, Place

log = logging.getLogger(__name__)

SEEN_MAX = 1_000
"""Command ids remembered, so that one told twice is done once."""

PATIENT_S = 60.0
"""How long to wait after a refusal that trying again soon does not mend."""

STOP_S = 1.0
SETTINGS = "settings"
"""The command that says they changed."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who is told what was heard; each is called from the listener's thread."""

    command: Callable[[dict[str, Any]], None]
    bulletin: Callable[[dict[str, Any]], None]
    head: Callable[[Place], None] = lambda _: None
    settings: Callable[[HallSettings], None] = lambda _: None
    refused: Callable[[str | None], None] = lambda _: None


class Ears:
    """What is new in an answer: commands by their id, bulletins by their content. No thread, no
    network.
    """

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._bulletin: dict[str, Any] | None = None
        self._version: int | None = None
        self.wants_settings = False

    def hear(self, answer: HeartbeatAnswer) -> None:
        """Pass on what was not heard before."""
        if answer.head is not None:
            self._hearing.head(answer.head)
        if answer.bulletin is not None and answer.bulletin != self._bulletin:
            self._bulletin = answer.bulletin
            self._hearing.bulletin(answer.bulletin)
        if answer.settings_version != self._version:
            self._version = answer.settings_version
            self.wants_settings = True
        for command in answer.commands:
            self.wants_settings |= command.get("command") == SETTINGS
            name = str(command.get("id") or command)
            if name not in self._seen:
                self._seen[name] = None
                self._hearing.command(command)
        while len(self._seen) > SEEN_MAX:
            self._seen.popitem(last=False)


class ListenerThread(threading.Thread):
    """Heartbeats until it is stopped, from when the hall knows the kiosk (`known`) on. `make_beat`
    is called from this thread with the wait to ask for.
    """

    def __init__(
        self,
        identity: Identity,
        data: Path,
        counter: Counter,
        make_beat: Callable[[float], Heartbeat],
        hearing: Hearing,
        known: threading.Event | None = None,
    ) -> None:
        super().__init__(name="listener", daemon=True)
        self._identity = identity
        self._data = data
        self._counter = counter
        self._make_beat = make_beat
        self._hearing = hearing
        self._known = known
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon; a heartbeat that is held ends with the process."""
        self._stopping.set()
        if self.is_alive():
            self.join(STOP_S)

    def run(self) -> None:
        """Ask, hear, again; after a failure with full jitter."""
        from sync import keys

        key = keys.load(self._data / KEY)
        client = HallClient(self._identity.address, key, self._counter, self._identity.ca)
        ears = Ears(self._hearing)
        failures = 0
        hold_s = 0.0
        while not self._stopping.is_set():
            if self._known is not None and not self._known.wait(STOP_S):
                continue
            wait_s = 0.0
            try:
                answer = client.heartbeat(self._make_beat(hold_s))
                if self._stopping.is_set():
                    break
                ears.hear(answer)
                self._fetch_settings(client, ears)
                failures, hold_s = 0, HOLD_MAX_S
                self._hearing.refused(None)
            except HallRefused as refusal:
                failures += 1
                log.info("no heartbeat: %s", refusal)
                wait_s = pause_s(refusal, failures)
                if not isinstance(refusal, HallUnreachable):
                    self._hearing.refused(refusal.word)
            self._stopping.wait(wait_s)
        client.close()

    def _fetch_settings(self, client: HallClient, ears: Ears) -> None:
        """Ask for settings that changed; what fails is tried after the next heartbeat."""
        if not ears.wants_settings:
            return
        try:
            self._hearing.settings(client.settings())
            ears.wants_settings = False
        except HallRefused as refusal:
            log.info("no settings: %s", refusal)


def pause_s(refusal: HallRefused, failures: int) -> float:
    """How long to wait after no answer; a counter that was too low is tried again at once."""
    if refusal.word == "replayed":
        return 0.0
    asked_s = refusal.retry_after_s or 0.0
    if refusal.word in ("device-unknown", "device-revoked", "signature"):
        asked_s = max(asked_s, PATIENT_S)
    return wait_ms(failures, random.random(), int(asked_s * 1000)) / 1000
