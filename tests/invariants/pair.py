"""One kiosk's journal and courier and one hall's intake: real, but for disk, clock and network."""

from pathlib import Path

from sync.carrier import Carrier, Means
from sync.journal import Journal
from sync.outbox import Wait
from tests.simulation.halls import CAPTURED_MAX, Line, SimHall
from tests.simulation.world import Faults, World
from tests.sync.kit import AT, DEVICE, DEVICE_KEY, HALL_KEY, STAMP, Desk

TURNS_MAX = 1_000
"""Of the courier, within which everything is synced: bounded, whatever was wrong before."""


class Pair:
    """A kiosk that the hall knows; `desk` opens its journal."""

    def __init__(self, folder: Path) -> None:
        self.world = World(0, Faults().none())
        self.world.captured = [b""] * CAPTURED_MAX  # full: nothing is kept to be replayed
        self.hall = SimHall(self.world, folder, HALL_KEY)
        self.hall.enrol(DEVICE_KEY, "3")
        self.line = Line(self.world, self.hall, DEVICE)
        self.desk = Desk()

    def carry(self, journal: Journal) -> Carrier:
        """Have the courier turn until nothing is to be done."""
        means = Means(lambda: AT, lambda: self.world.now_ms, lambda: 0.5)
        carrier = Carrier(journal, HALL_KEY.public, means, lambda call: call(STAMP))
        for _ in range(TURNS_MAX):
            wait = carrier.turn(self.line, DEVICE_KEY)
            if isinstance(wait, Wait):
                if wait.until_ms is None:
                    return carrier
                self.world.now_ms = max(self.world.now_ms, wait.until_ms)
        raise AssertionError(f"no end: {carrier.outbox.refused}, backlog {journal.backlog}")

    def held(self) -> list[bytes]:
        """The lines the hall holds."""
        return self.hall.lines_of(DEVICE)
