"""One kiosk: real visit, conductor, journal and courier's steps on a simulated disk and clock."""

import contextlib
import errno
from collections.abc import Sequence
from pathlib import Path

from kiosk import terms
from kiosk.conductor import Conductor, Outlets
from kiosk.counter import Counter
from kiosk.orders import Orders
from kiosk.picture import Facts
from kiosk.screen.view import View
from sync.carrier import Carrier, Means
from sync.errors import StoreFailed
from sync.journal import Journal, open_journal
from sync.keys import Key
from sync.lines import ENDING
from sync.outbox import Wait
from sync.records import AnyEntry, Draft, Stamp, Transaction
from sync.wire import Place
from tests.simulation.halls import Line, SimHall
from tests.simulation.world import SimClock, World
from tests.sync.simdisk import PowerCut, SimDisk, SimIndex

KEYS = (("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied"))
LEVELS = {"1": 5, "2": 4, "3": 2}


class SimKiosk:
    """`thanked` is what a citizen saw thanks for: invitation -> (revision, level)."""

    def __init__(self, world: World, name: str, key: Key, hall_key: str, line: Line) -> None:
        self.world = world
        self.name = name
        self.key = key
        self.thanked: dict[str, tuple[int, int]] = {}
        self.disk = SimDisk(world.rng.getrandbits(32))
        self.clock = SimClock(world)
        self.folder = Path("/") / name / "journal"
        self.on = False
        self._hall_key = hall_key
        self._line = line
        self._served = 0
        self._epochs = 0
        self._card: SimDisk | None = None
        self.acked: list[bytes] = []
        self.swapped = False
        self._hurt = False
        self.journal: Journal
        self.conductor: Conductor
        self.carrier: Carrier

    # On and off.

    def start(self) -> None:
        """Switch on; a disk that does not let it stays off until the next try."""
        try:
            self.journal = open_journal(
                self.folder,
                self.key.device,
                self.clock.stamp(),
                self.disk,
                hall_key=self._hall_key,
                open_index=lambda _: SimIndex(self.disk),
                make_epoch=self._name_epoch,
            )
        except StoreFailed as error:
            self.world.note(f"{self.name}: does not start: {error}")
            self.disk.held.clear()
            self.disk.room = None
            return
        for finding in self.journal.findings:
            self.world.note(f"{self.name}: {finding}")
        self.on = True
        self._watch(self.journal)
        means = Means(self.clock.write_time, lambda: self.world.now_ms, self.world.rng.random)
        self.carrier = Carrier(self.journal, self._hall_key, means, self._on_main)
        rules = terms.Rules(hall="H", window=self.name, interval_ms=100)
        outlets = Outlets(self._show, lambda _: None, lambda _: None, lambda: None)
        facts = Facts(keys=KEYS)
        visit = terms.Visit(rules)
        self.conductor = Conductor(visit, self.journal, self.clock, facts, outlets)  # type: ignore[arg-type]
        self.conductor.start({"software": "sim", "clean": self.journal.was_clean})
        self.orders = Orders(self.conductor, Counter(self.conductor), lambda: None)
        with contextlib.suppress(StoreFailed):
            self.journal.open_index(self.clock.stamp())
            while self.journal.check_next(self.clock.stamp()):
                pass
            self._hurt = False

    def _watch(self, journal: Journal) -> None:
        """Remember every line that was acknowledged."""
        append = journal.append

        def watched(stamp: Stamp, drafts: Sequence[Draft]) -> list[AnyEntry]:
            entries = append(stamp, drafts)
            head = journal.head
            self.acked += journal.read(head.epoch, head.seq - len(entries) + 1)
            return entries

        journal.append = watched  # type: ignore[method-assign]

    def _name_epoch(self) -> str:
        self._epochs += 1
        return f"{self.world.rng.getrandbits(96):024x}{self._epochs:08x}"

    def stop(self) -> None:
        """A clean stop."""
        if self.on:
            self.journal.close()
        self.on = False

    def cut_power(self) -> None:
        self.world.note(f"{self.name}: power cut")
        self.disk.cut_power()
        self.clock.restart()
        self.on = False

    @contextlib.contextmanager
    def _powered(self):  # type: ignore[no-untyped-def]
        """An action during which the power or the disk may fail at any step."""
        if self.world.happens("power_cut"):
            self.disk.cut_at = self.disk.steps + self.world.rng.randint(1, 8)
        if self.world.happens("io_error"):
            self.disk.fail_at = self.disk.steps + self.world.rng.randint(1, 4)
            self.disk.fail_with = self.world.rng.choice([errno.EIO, errno.ENOSPC, errno.EROFS])
        try:
            yield
        except PowerCut:
            self.cut_power()
        self.disk.cut_at = self.disk.fail_at = None

    # What the world sees.

    def _show(self, view: View) -> None:
        visit = self.conductor.visit
        if view.page in ("chosen", "reason", "thanking") and visit.asked and visit.answer:
            self.thanked[visit.asked.id] = (visit.answer.revision, visit.answer.level)

    def _on_main(self, call) -> None:  # type: ignore[no-untyped-def]
        with contextlib.suppress(StoreFailed):
            call(self.clock.stamp())

    # What happens to it.

    def act(self) -> None:
        """One thing happens at the window."""
        with self._powered():
            if not self.on:
                self.start()
                return
            event = self._choose()
            if event is not None:
                self.conductor.handle(event)
            self.conductor.tick()
            if self.world.rng.random() < 0.7:
                self.journal.index()

    def _choose(self) -> terms.Event | None:
        rng = self.world.rng
        match rng.randrange(12):
            case 0 | 1 | 2:
                self._served += 1
                served = Transaction(project_no=f"{self.name}-{self._served}", service_no="1")
                return terms.Invited(f"{rng.getrandbits(128):032x}", served)
            case 3 | 4 | 5 | 6:
                key = rng.choice("123")
                return terms.Pressed(key, LEVELS[key], "panel", f"{rng.getrandbits(128):032x}")
            case 7:
                return terms.Cancelled()
            case 8:
                return rng.choice([terms.Opened("c1"), terms.Paused("c1"), terms.Opened("c2")])
            case _:
                self.world.now_ms += rng.choice([50, 700, 3_500, 40_000])
                return None

    def sync(self) -> Wait | None:
        """One step of the courier."""
        wait: Wait | None = Wait(None)
        if self.on:
            with self._powered():
                wait = self.carrier.turn(self._line, self.key)
        return wait

    def beat(self, hall: SimHall) -> None:
        """A heartbeat: its answer carries the newest bulletin."""
        told = hall.newest_bulletin()
        if self.on and told is not None:
            with self._powered():
                self.orders.witness(told)

    def suffer_from(self, hall: SimHall) -> None:
        """Trouble that does not wait for an action."""
        world = self.world
        if world.happens("clock_jump"):
            self.clock.jump()
        if world.happens("full_disk"):
            world.note(f"{self.name}: disk full")
            self.disk.room = self.disk.used() + world.rng.randint(0, 900)
        elif self.disk.room is not None and world.rng.random() < 0.3:
            self.disk.room = None
        if self.on and world.happens("long_time"):
            with self._powered(), contextlib.suppress(StoreFailed):
                gone = self.journal.prune(self.clock.stamp())
                world.note(f"{self.name}: pruned {len(gone)}")
        if self.on and world.happens("stop"):
            self.stop()
        if not self.on and not self._hurt and world.happens("index_deleted"):
            self.disk.rows.clear()
            self.disk.rows_durable.clear()
        elif not self.on and world.rng.random() < 5 * world.faults.file_damage:
            self._damage()
        if world.happens("old_card"):
            self._swap_card(hall)

    def _damage(self) -> None:
        """A bit of a line file flips, or its tail is cut, while the index is whole."""
        held = {epoch for epoch, _ in self.disk.rows}
        paths = [p for p in self.disk.files if p.endswith(ENDING) and Path(p).stem in held]
        paths = [p for p in paths if self._is_indexed(p)]
        if not paths:
            return
        path = self.world.rng.choice(sorted(paths))
        file = self.disk.files[path]
        self.world.note(f"{self.name}: {Path(path).name} damaged")
        if self.world.rng.random() < 0.3:
            del file.data[self.world.rng.randrange(len(file.data)) :]
        else:
            file.data[self.world.rng.randrange(len(file.data))] ^= 1 << self.world.rng.randrange(8)
        file.synced = len(file.data)
        self._hurt = True

    def _is_indexed(self, path: str) -> bool:
        lines = bytes(self.disk.files[path].data).count(b"\n")
        return (
            all((Path(path).stem, seq) in self.disk.rows for seq in range(1, lines + 1))
            and lines > 0
        )

    def _swap_card(self, hall: SimHall) -> None:
        """An image of the card is taken, or an older one is put back: what only the newer one had
        is gone with it.
        """
        if self._card is None or self.world.rng.random() < 0.5:
            # An empty card with the old key begins an epoch that a technician must confirm.
            if (
                not self.on
                and not self._hurt
                and any(path.endswith(ENDING) for path in self.disk.files)
            ):
                self._card = self.disk.copy()
            return
        self.world.note(f"{self.name}: an old card is put back")
        self.on = False
        self.disk = self._card.copy()
        self.disk.rng.seed(self.world.rng.getrandbits(32))
        self._card = None
        self.swapped = True
        card = [bytes(file.data) for file in self.disk.files.values()]
        here = b"\n".join(card).split(b"\n")
        held = hall.lines_of(self.key.device)
        self.thanked = {
            name: told
            for name, told in self.thanked.items()
            if _has(here, name, told) or (_has(held, name, told) and _has_outcome(held, name))
        }

    # At the end.

    def restart(self) -> None:
        """A clean stop and start: the courier asks again."""
        self.stop()
        self.start()

    def finish_with_a_rating(self) -> None:
        """One more visit, so that there is something to send."""
        self.conductor.handle(terms.Opened("c1"))
        served = Transaction(project_no=f"{self.name}-last", service_no="1")
        self.conductor.handle(terms.Invited(f"{self.world.rng.getrandbits(128):032x}", served))
        self.conductor.handle(terms.Pressed("3", 2, "panel", ""))
        for _ in range(5):
            self.world.now_ms += 60_000
            self.conductor.tick()

    def all_lines(self, place: Place) -> list[bytes]:
        """Every line of an epoch."""
        return [line for line in self.journal.read(place.epoch, 1) if line]


def _has(lines: list[bytes], name: str, told: tuple[int, int]) -> bool:
    """Whether a rating is among lines, whole."""
    mark = b'"revision":%d,' % told[0]
    mine = [line for line in lines if name.encode() in line and mark in line]
    return any(b'"rating"' in line and line.endswith(b"}") for line in mine)


def _has_outcome(lines: list[bytes], name: str) -> bool:
    """Whether the hall can count it without the card that is gone."""
    return any(name.encode() in line and b'"kind":"outcome"' in line for line in lines)
