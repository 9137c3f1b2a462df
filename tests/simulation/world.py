"""What all of one simulation share: one seed, one clock for time that passes, a network that fails.

Every kiosk has a wall clock of its own, right or wrong, on top of the common time.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sync.records import Stamp

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Broken(AssertionError):
    """An invariant does not hold."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


@dataclass
class Faults:
    """How likely each trouble is, in one action; all zero once the simulation calms down."""

    lost_request: float = 0.08
    lost_answer: float = 0.08
    doubled: float = 0.05
    busy: float = 0.04
    hall_crash: float = 0.04
    power_cut: float = 0.05
    io_error: float = 0.03
    full_disk: float = 0.03
    clock_jump: float = 0.03
    index_deleted: float = 0.02
    file_damage: float = 0.02
    hall_restored: float = 0.02
    backup: float = 0.10
    heartbeat: float = 0.10
    replay: float = 0.10
    old_card: float = 0.0
    long_time: float = 0.02
    stop: float = 0.05

    def none(self) -> "Faults":
        return Faults(*[0.0] * len(self.__dataclass_fields__))


@dataclass
class World:
    """`now_ms` passes only when somebody waits."""

    seed: int
    faults: Faults = field(default_factory=Faults)
    now_ms: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.captured: list[bytes] = []

    def happens(self, name: str) -> bool:
        """Whether this trouble comes now."""
        chance: float = getattr(self.faults, name)
        return chance > 0 and self.rng.random() < chance

    def note(self, what: str) -> None:
        self.log.append(f"{self.now_ms:>12} {what}")

    def hall_ms(self) -> int:
        """The hall's clock, in ms since 1970."""
        return int(START.timestamp() * 1000) + self.now_ms


class SimClock:
    """A kiosk's clock, as kiosk.clock.Clock is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.boot = ""
        self.boot_ms = 0
        self.off = timedelta(0)
        self.restart()

    def restart(self) -> None:
        self.boot = f"{self._world.rng.getrandbits(128):032x}"
        self.boot_ms = self._world.now_ms

    def jump(self) -> None:
        """1970, 2106, years off, or right again."""
        years = self._world.rng.choice([-56, -50, -1, 0, 0, 1, 50, 80])
        self.off = timedelta(days=365 * years)

    def mono_ms(self) -> int:
        return self._world.now_ms - self.boot_ms

    def wall(self) -> datetime:
        return START + timedelta(milliseconds=self._world.now_ms) + self.off

    def write_time(self) -> str:
        return self.wall().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def stamp(self) -> Stamp:
        return Stamp(self.write_time(), self.boot, self.mono_ms(), "unsynced")
