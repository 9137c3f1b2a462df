"""One simulation from one seed: days of trouble, then calm, then all must be in its place."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from sync import store
from sync.chain import hash_line
from sync.errors import HuiyinError
from sync.hall.ledger.audit import MAY_BE_ACCEPTED, audit
from sync.hall.ledger.recount import compare_counts
from sync.outbox import Wait
from sync.records import Invitation, Outcome, Rating, decode_entry
from sync.verify import verify
from tests.simulation.halls import ZONE, Line, SimHall
from tests.simulation.kiosks import SimKiosk
from tests.simulation.tampering import Named, falsify
from tests.simulation.world import Broken, Faults, World, require
from tests.sync.kit import make_key

ACTIONS = 500
KIOSKS = 3
SMALL_EPOCH = 12
CALM_STEPS = 3_000
"""Steps within which everything must be synced once the faults have ended."""

DAY_MS = 24 * 3600 * 1000


@contextmanager
def quiet() -> Iterator[None]:
    """Refusals and faults are what this is about: nothing of them is logged."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def simulate(seed: int, actions: int = ACTIONS, falsified: str | None = None) -> World:
    """Run one simulation; at its end the hall's database may be `falsified` in some way, and the
    audit must name just that. Raises Broken (or whatever a bug raises) with the world's log.
    """
    faults = Faults()
    if seed % 4 == 3:
        faults = Faults(old_card=0.05, hall_restored=0.0)
    world = World(seed, faults)
    folder = Path(tempfile.mkdtemp(prefix="sim", dir=_fast_folder()))
    before, store.EPOCH_ENTRIES = store.EPOCH_ENTRIES, SMALL_EPOCH
    hall = SimHall(world, folder, make_key(99))
    try:
        with quiet():
            kiosks = _make_kiosks(world, hall)
            hall.back_up()
            for _ in range(actions):
                _act(world, hall, kiosks)
            world.faults = faults.none()
            _calm(world, hall, kiosks)
            check(world, hall, kiosks)
            check_audit(hall, kiosks)
            if falsified is not None:
                check_falsified(hall, falsified, seed)
    except BaseException as error:
        error.add_note(f"seed {seed}: {name_replay(seed, actions, falsified)}")
        error.add_note("\n".join(world.log[-40:]))
        raise
    finally:
        store.EPOCH_ENTRIES = before
        hall.close()
        shutil.rmtree(folder)
    return world


def name_replay(seed: int, actions: int, falsified: str | None) -> str:
    """The command that does all of it again; a planted bug is left to who planted it."""
    command = f"python -m tests.simulation --seed {seed}"
    if actions != ACTIONS:
        command += f" --actions {actions}"
    return command if falsified is None else f"{command} --falsify {falsified}"


def _fast_folder() -> str | None:
    """Memory, where there is some: nothing here depends on a real disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _make_kiosks(world: World, hall: SimHall) -> list[SimKiosk]:
    kiosks = []
    for number in range(KIOSKS):
        key = make_key(1000 + number)
        hall.enrol(key, f"w{number}")
        line = Line(world, hall, key.device)
        kiosks.append(SimKiosk(world, f"w{number}", key, hall.key.public, line))
    return kiosks


def _act(world: World, hall: SimHall, kiosks: list[SimKiosk]) -> None:
    kiosk = world.rng.choice(kiosks)
    kiosk.suffer_from(hall)
    if world.rng.random() < 0.35:
        kiosk.sync()
    else:
        kiosk.act()
    world.now_ms += world.rng.choice([0, 10, 1_000])
    if world.happens("heartbeat"):
        kiosk.beat(hall)
    if world.happens("backup"):
        hall.back_up()
    if world.happens("hall_restored"):
        hall.restore()
    if world.happens("long_time"):
        _pass_weeks(world, hall, kiosks)
    if world.captured and world.happens("replay"):
        with suppress(HuiyinError):
            hall.post(world.rng.choice(world.captured))


def _pass_weeks(world: World, hall: SimHall, kiosks: list[SimKiosk]) -> None:
    """Fifty days in which kiosks meet the hall, and a backup is made: a kiosk keeps 90 days, and a
    hall that lost older entries than that, or never had them in a backup, is another promise.
    """
    faults, world.faults = world.faults, world.faults.none()
    for kiosk in kiosks:
        for _ in range(60):
            if isinstance(wait := kiosk.sync(), Wait):
                world.now_ms = max(world.now_ms, wait.until_ms or 0)
    world.faults = faults
    world.now_ms += 50 * DAY_MS
    hall.back_up()


def _calm(world: World, hall: SimHall, kiosks: list[SimKiosk]) -> None:
    """No more faults: visits end, everything is synced in bounded steps and time, and a bulletin
    of it witnessed.
    """
    for kiosk in kiosks:
        kiosk.disk.room = None
        for _ in range(50):
            if not kiosk.on:
                kiosk.start()
            world.now_ms += 60_000
            kiosk.conductor.tick()
        require(
            kiosk.conductor.visit.state in ("free", "serving", "paused"), "a visit does not end"
        )
        while kiosk.journal.check_next(kiosk.clock.stamp()):
            pass
        kiosk.finish_with_a_rating()
        _drain(world, kiosk)
    hall.sign_bulletin()
    for kiosk in kiosks:
        kiosk.beat(hall)
        _drain(world, kiosk)


def _drain(world: World, kiosk: SimKiosk) -> None:
    for _ in range(CALM_STEPS):
        wait = kiosk.sync()
        if isinstance(wait, Wait):
            if wait.until_ms is None and not kiosk.journal.holes and kiosk.journal.backlog == 0:
                return
            world.now_ms = max(world.now_ms + 1_000, wait.until_ms or 0)
            if wait.until_ms is None:
                kiosk.restart()
    refused = kiosk.carrier.outbox.refused
    raise Broken(f"{kiosk.name}: not synced: backlog {kiosk.journal.backlog}, refused {refused}")


# What must hold.


def check(world: World, hall: SimHall, kiosks: list[SimKiosk]) -> None:
    expected = dict.fromkeys(range(1, 6), 0)
    for kiosk in kiosks:
        check_thanked(kiosk, _read_hall(hall.lines_of(kiosk.key.device)))
        check_lines(hall, kiosk)
        counted = hall.lines_of(kiosk.key.device, counted=True)  # others wait for a technician
        for _, level in _read_hall(counted).values():
            expected[level] += 1
        kiosk.stop()
        report = verify(kiosk.folder, hall.key.public, kiosk.disk)
        require(report.whole, f"{kiosk.name}: {[str(finding) for finding in report.findings]}")
    counts = hall.counts()
    found = {level: counts.get(f"level:{level}:three", 0) for level in expected}
    require(found == expected, f"the hall counts {found} (of {counts}), the chains say {expected}")


def check_audit(hall: SimHall, kiosks: list[SimKiosk]) -> None:
    """The hall's audit finds nothing, but of a kiosk whose card was swapped that its chain parted;
    and what is counted is what the lines say.
    """
    swapped = {kiosk.key.device for kiosk in kiosks if kiosk.swapped}
    for found in [*audit(hall.folder).findings, *compare_counts(hall.folder, ZONE)]:
        parted = found.kind in MAY_BE_ACCEPTED and found.device in swapped
        require(parted, f"the audit of an honest hall finds {found}")


def check_falsified(hall: SimHall, way: str, seed: int) -> None:
    """What is done to the database is named by the audit, and nothing but its neighbours else."""
    before = _audit(hall)
    expected = falsify(hall, way, seed)
    found = _audit(hall) - before
    touched = {(*place, seq + by) for _, *place, seq in expected for by in (-1, 0, 1)}
    elsewhere = {one for one in found if one[1:] not in touched}
    named = expected <= found and not elsewhere
    require(named, f"{way}: the audit finds {found}, it was {expected}")


def _audit(hall: SimHall) -> Named:
    found = audit(hall.folder).findings
    return {(one.kind, one.device, one.epoch, one.seq) for one in found}


def _read_hall(lines: list[bytes]) -> dict[str, tuple[int, int]]:
    """Invitation -> (revision, level), of every rated visit in what the hall holds of a device."""
    levels: dict[str, tuple[int, int]] = {}
    ended: dict[str, str] = {}
    asked: set[str] = set()
    for line in lines:
        entry = decode_entry(line)
        if isinstance(entry, Invitation):
            asked.add(entry.invitation)
        if isinstance(entry, Rating):
            old = levels.get(entry.invitation, (-1, 0))
            levels[entry.invitation] = max(old, (entry.revision, entry.level))
        if isinstance(entry, Outcome):
            ended[entry.invitation] = entry.outcome
    return {
        name: rated
        for name, rated in levels.items()
        if name in asked and ended.get(name) == "rated"
    }


def check_thanked(kiosk: SimKiosk, told: dict[str, tuple[int, int]]) -> None:
    """A rating that was thanked counts as it was, unless the citizen changed it once more."""
    for name, (revision, level) in kiosk.thanked.items():
        require(name in told, f"{kiosk.name}: {name} was thanked, and is not in the hall's lines")
        last, counted = told[name]
        require(last >= revision, f"{kiosk.name}: revision {revision} of {name} is not at the hall")
        same = last > revision or counted == level
        require(same, f"{kiosk.name}: {name} was thanked as {level}, is {counted}")


def check_lines(hall: SimHall, kiosk: SimKiosk) -> None:
    """What was acknowledged is at the hall, byte for byte, and the hall has nothing else."""
    held = {hash_line(line) for line in hall.lines_of(kiosk.key.device)}
    here = {hash_line(line) for place in kiosk.journal.epochs() for line in kiosk.all_lines(place)}
    require(here <= held, f"{kiosk.name}: {len(here - held)} lines are not at the hall")
    if not kiosk.swapped:
        missing = [line for line in kiosk.acked if hash_line(line) not in held]
        require(not missing, f"{kiosk.name}: acknowledged and gone: {missing[:3]}")
    ends = {place.epoch: place for place in kiosk.journal.epochs()}
    for epoch, place in ends.items():
        mark = kiosk.journal.receipts.mark(epoch)
        require(mark is None or mark.seq <= place.seq, f"{kiosk.name}: a receipt past the end")
    for line in hall.lines_of(kiosk.key.device):
        require(msgspec.json.decode(line)["device"] == kiosk.key.device, "a line of another device")
