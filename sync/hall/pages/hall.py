"""A running hall: store, intake and writer joined to the event loop. Knows no routes."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future
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
from sync.hall.pages.pins import Pins
from sync.hall.pages.rates import Callers
from sync.hall.refusal import Refused
from sync.hall.settings import Settings
from sync.wire import BatchAnswer, HallSettings, Heartbeat, settings_text

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
        self.store = Store(folder, alone=True)
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
        self.devices_changed: Callable[[], None] = lambda: None
        self._changes_told = 0
        self._alarms = 0
        self._bells: dict[str, asyncio.Event] = {}
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Future[object], Callable[[object], None]] = {}
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

    def submit(self, batch: Checked, answer: Callable[[object], None]) -> None:
        """Have a batch taken; `answer` is called with the BatchAnswer or the Refused. Raises
        Refused.
        """
        self._waiting[self._writer.submit(batch)] = answer

    async def take(self, batch: Checked) -> BatchAnswer:
        """Have a batch taken. Raises Refused."""
        answer = self._loop.create_future()
        self.submit(batch, partial(_settle, answer))
        result = await answer
        assert isinstance(result, BatchAnswer)
        return result

    async def do(self, job: Job) -> object:
        """Have a job done in the next transaction. Raises Refused."""
        done = self._loop.create_future()
        self._waiting[self._writer.do(job)] = partial(_settle, done)
        return await done

    def _hand_over(self, results: Results) -> None:
        """From the writer's thread: one call into the loop for all answers of a commit."""
        self._loop.call_soon_threadsafe(self._answer, results)

    def _answer(self, results: Results) -> None:
        if self.intake.roster.changes != self._changes_told:
            self._changes_told = self.intake.roster.changes
            self.devices_changed()
        wait_ms = self.next_after_ms()
        for future, result in results:
            # Receipts are signed here: the writer is at the next commit meanwhile.
            answer = self.intake.answer(result, wait_ms) if isinstance(result, Taken) else result
            self._waiting.pop(future)(answer)

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
        self._writer.stop()
        await asyncio.to_thread(self._writer.join, STOP_S)
        self.store.close()

    @property
    def now_text(self) -> str:
        """Now as the wire writes it."""
        return moment.write(self.clock())


def _settle(waiting: "asyncio.Future[object]", result: object) -> None:
    """Hand a result to whoever waits for it, if they still do."""
    if waiting.done():
        return
    if isinstance(result, Refused):
        waiting.set_exception(result)
    else:
        waiting.set_result(result)
