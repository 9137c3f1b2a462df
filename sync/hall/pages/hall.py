"""A running hall: store, intake and writer joined to the event loop. Knows no routes."""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from sync import keys
from sync.hall.ledger import clerks, moment
from sync.hall.ledger.bulletin import make_daily
from sync.hall.ledger.fleet import list_kiosks
from sync.hall.ledger.gate import Checked, Known
from sync.hall.ledger.intake import Intake, Job, Taken
from sync.hall.ledger.roster import Tries
from sync.hall.ledger.store import KEY_FILE, Connection, Store
from sync.hall.ledger.tally import Tally
from sync.hall.ledger.writer import Results, Writer
from sync.hall.pages.gatehouse import Gatehouse
from sync.hall.pages.pins import Pins
from sync.hall.pages.rates import Callers
from sync.hall.refusal import Refused
from sync.hall.settings import Settings
from sync.wire import HallSettings, Heartbeat, settings_text

BODIES_MAX = 64
"""Large bodies read, checked or waiting at one time: what bounds the server's memory."""

LIVE_BYTES = 3 * 1024
"""A body of at most so many bytes may be of a live kiosk and is read even when full batches are
turned away.
"""

STOP_S = 4.0
"""How long the writer may take to finish what waits."""

HOUSE_S = 60.0
"""How often the hall looks whether a bulletin is due or a kiosk is missing."""

LINES_A_MS = 20
"""A kiosk is asked to wait a millisecond before its next batch for so many lines that wait already:
about as long as they take.
"""


class Hall:
    """One hall, from its folder. Made inside the event loop; `stop` ends it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(folder)
        self.key = keys.load_or_make(folder / KEY_FILE)
        self.intake = Intake(self.store, self.key, settings.zone)
        with self.store.read() as connection:
            self.intake.roster.load(connection)
        self.tries = Tries()
        self.callers = Callers()
        self.pins = Pins()
        self.seen: dict[str, tuple[int, Heartbeat]] = {}
        self.bulletin: dict[str, Any] | None = None
        self.stopping = False
        self._admitted = 0
        self._alarms = 0
        self._bells: dict[str, asyncio.Event] = {}
        self._loop = asyncio.get_running_loop()
        self.gatehouse = Gatehouse(self._loop, self.intake.turn.stand_aside)
        self._waiting: dict[Future[object], asyncio.Future[object]] = {}
        self._writer = Writer(self.intake, self.clock, self._hand_over)
        self._writer.start()

    @staticmethod
    def clock() -> int:
        """Now, in ms since 1970."""
        return time.time_ns() // 1_000_000

    @staticmethod
    def monotonic() -> float:
        """Seconds that never jump."""
        return time.monotonic()

    async def submit(self, batch: Checked) -> object:
        """Have a batch taken. Raises Refused."""
        return await self._wait(self._writer.submit(batch))

    async def do(self, job: Job) -> object:
        """Have a job done in the next transaction. Raises Refused."""
        return await self._wait(self._writer.do(job))

    async def _wait(self, future: "Future[object]") -> object:
        waiting = self._waiting[future] = self._loop.create_future()
        result = await waiting
        if isinstance(result, Refused):
            raise result
        return result

    def _hand_over(self, results: Results) -> None:
        """From the writer's thread: one call into the loop for all answers of a commit."""
        self._loop.call_soon_threadsafe(self._answer, results)

    def _answer(self, results: Results) -> None:
        self.intake.turn.stand_aside()
        for future, result in results:
            waiting = self._waiting.pop(future)
            if not waiting.done():
                # Receipts are signed here: the writer is at the next commit meanwhile.
                answer = self.intake.answer(result) if isinstance(result, Taken) else result
                waiting.set_result(answer)

    @contextmanager
    def admit(self, content_length: str | None) -> Iterator[None]:
        """Room for one body until it is answered. Raises Refused where there is none; small ones
        always pass.
        """
        small = (content_length or "").isdigit() and int(content_length or "") <= LIVE_BYTES
        if not small and (self._admitted >= BODIES_MAX or not self._writer.has_room()):
            raise self._writer.slow_down()
        self._admitted += not small
        try:
            yield
        finally:
            self._admitted -= not small

    def next_after_ms(self) -> int:
        """When the hall would like to hear again: at once, unless much waits."""
        return self._writer.waiting() // LINES_A_MS

    def ring_for(self, device: str) -> asyncio.Event:
        """The bell that rings when there is a command for a device."""
        return self._bells.setdefault(device, asyncio.Event())

    def settings_for(self, hall: str, window: str) -> dict[str, Any]:
        """What a kiosk is told of its window as it is enrolled."""
        ours = self.settings
        told = {"hall": hall, "window": window, "time_zone": ours.time_zone}
        return told | {"echo_url": ours.echo_url}

    def sign_settings(self, connection: Connection, device: Known, counter: int) -> HallSettings:
        """What a kiosk is told in answer to the request of this counter, signed."""
        hall, window = connection.exec_driver_sql(
            "SELECT hall, window FROM devices WHERE id = ?", (device.id,)
        ).one()
        told = HallSettings(
            device=device.device,
            counter=str(counter),
            **self.settings_for(hall, window),
            clerks=clerks.read_text(connection, hall),
        )
        return msgspec.structs.replace(told, signature=self.key.sign(settings_text(told)))

    def settings_version(self, connection: Connection, device: Known) -> int:
        """Changes when a kiosk should ask for its settings again."""
        text = repr(self.settings) + clerks.read_hash(connection, device.id)
        return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)

    def find_trouble(self) -> str | None:
        """Why batches are not taken, None while they are."""
        if self.stopping or not self._writer.is_alive():
            return "the hall is stopping"
        if self._writer.failing:
            return "the hall cannot write its database"
        if not self._writer.has_room():
            return "too many batches wait"
        return None

    def measure(self) -> dict[str, float]:
        """Figures of this run."""
        now = self.clock()
        return {
            "commits_total": self._writer.commits,
            "lines_total": self._writer.lines,
            "devices": len(self.intake.roster.devices),
            "devices_heard_5m": sum(now - at < 300_000 for at, _ in self.seen.values()),
            "alarms": self._alarms,
            "went_back_total": self.intake.receipts.went_back,
            "time_seconds": now / 1000,
        }

    async def keep_house(self) -> None:
        """Sign the day's bulletin and look for alarms, now and then, until cancelled."""
        while True:
            now = self.clock()
            found = await self.do(partial(self._make_bulletin, now))
            if isinstance(found, tuple):
                self.bulletin = {"bulletin": found[0], "day": found[1]}
            with self.store.read() as connection:
                kiosks = list_kiosks(connection, now)
            self._alarms = sum(len(kiosk.alarms) for kiosk in kiosks)
            await asyncio.sleep(HOUSE_S)

    def _make_bulletin(self, now: int, connection: Connection, _tally: Tally) -> object:
        return make_daily(connection, self.key, self.settings.zone, now)

    def begin_stop(self) -> None:
        """Answer what is held, take nothing more."""
        self.stopping = True
        for bell in self._bells.values():
            bell.set()

    async def stop(self) -> None:
        """End the writer and close the database."""
        self.begin_stop()
        self.gatehouse.stop()
        self._writer.stop()
        await asyncio.to_thread(self._writer.join, STOP_S)
        self.store.close()

    @property
    def now_text(self) -> str:
        """Now as the wire writes it."""
        return moment.write(self.clock())
