"""The courier: a thread that carries what follows the hall's head to the hall, nudged by an append
or by time. What a step does is in `carrier`, what is due in `outbox`.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.backoff import wait_ms
from sync.carrier import Carrier, Means, OnMain
from sync.counter import Counter
from sync.errors import HallUnreachable, HuiyinError
from sync.hall_client import HallClient
from sync.identity import COUNTER, KEY, Identity, present
from sync.journal import Journal
from sync.outbox import SLOW_MS, Wait
from sync.wire import Place

UNKNOWN = "device-unknown"
"""What a kiosk is whose grant the hall does not take."""

IDLE_S = 300.0
"""The courier looks at the journal this often even if nobody nudges it."""

GATHER_S = 0.05
"""How long a nudge waits for more lines, so that what belongs together goes together."""

STOP_S = 2.0
"""How long `stop` waits for a request that is under way; the thread ends with the process."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CourierState:
    """How the conversation stands: `refused` is the hall's word, `forked` where the chains part."""

    online: bool = False
    refused: str | None = None
    forked: Place | None = None
    went_back: int = 0
    hall_ahead: Place | None = None


class CourierThread(threading.Thread):
    """Sends until it is stopped. `write_time` gives the clock's time for checkpoints (RFC 3339).

    `on_change` is called from this thread; `on_main` has what changes the journal run on its own.
    `counter` is shared with a listener of the same device.
    """

    def __init__(
        self,
        journal: Journal,
        identity: Identity,
        data: Path,
        write_time: Callable[[], str],
        on_change: Callable[[CourierState], None] | None = None,
        on_main: OnMain | None = None,
        counter: Counter | None = None,
    ) -> None:
        super().__init__(name="courier", daemon=True)
        self._identity = identity
        self._data = data
        self._on_change = on_change
        self._counter = counter
        self._awake = threading.Event()
        self._heard: Place | None = None
        self._state = CourierState()
        self.known = threading.Event()
        means = Means(write_time, _now_ms, random.random)
        self._carrier = Carrier(journal, identity.hall_key, means, on_main)

    @property
    def state(self) -> CourierState:
        """How the conversation stands."""
        return self._state

    def nudge(self) -> None:
        """Something was appended."""
        self._awake.set()

    def hear_head(self, head: Place) -> None:
        """A heartbeat's answer named the hall's head: it may have gone back to an older backup."""
        self._heard = head
        self._awake.set()

    def stop(self) -> None:
        """End soon; what was not sent is sent after the next start."""
        self._carrier.stopping = True
        self._awake.set()
        if self.is_alive():
            self.join(STOP_S)

    def run(self) -> None:
        """Send what is due, wait, again."""
        from sync import keys

        self._present()
        key = keys.load(self._data / KEY)
        counter = self._counter or Counter(self._data / COUNTER)
        client = HallClient(self._identity.address, key, counter, self._identity.ca)
        while not self._carrier.stopping:
            head, self._heard = self._heard, None
            if head is not None:
                self._carrier.outbox.on_head(head)
            wait = self._carrier.turn(client, key)
            if wait is not None:
                self._rest(wait)
            else:
                self._tell()
        client.close()

    def _present(self) -> None:
        """Present the grant of a kiosk that was set up with no hall in reach, until it is taken."""
        failures = 0
        while self._identity.grant is not None and not self._carrier.stopping:
            try:
                self._identity = present(self._data, self._identity)
            except (HuiyinError, OSError) as error:
                failures += 1
                log.info("the grant was not taken: %s", error)
                asked_ms = 0
                if not isinstance(error, HallUnreachable):
                    asked_ms = SLOW_MS
                    self._say(CourierState(refused=UNKNOWN))
                self._awake.wait(wait_ms(failures, random.random(), asked_ms) / 1000)
                self._awake.clear()
        self.known.set()

    def _rest(self, wait: Wait) -> None:
        if wait.until_ms is not None:
            time_s = max(0.0, (wait.until_ms - _now_ms()) / 1000)
            self._awake.wait(min(time_s, IDLE_S))
        elif self._awake.wait(IDLE_S) and not self._carrier.stopping:
            time.sleep(GATHER_S)
        self._awake.clear()

    def _tell(self) -> None:
        mind = self._carrier.outbox
        online = mind.failures == 0
        self._say(CourierState(online, mind.refused, mind.forked, mind.went_back, mind.hall_ahead))

    def _say(self, state: CourierState) -> None:
        if state != self._state:
            self._state = state
            if self._on_change is not None:
                self._on_change(state)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
