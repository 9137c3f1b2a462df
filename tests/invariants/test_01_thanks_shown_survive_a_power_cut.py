"""Thanks shown ⇒ the rating survives a power cut at any later instant.

A script of appends, receipts, index writes, rotations and restarts runs on a simulated disk; the
power goes at every step of it, and again at every step of the recovery that follows.
"""

import itertools

import pytest

from sync import store
from sync.chain import hash_line
from sync.journal import Journal
from tests.sync.kit import STAMP, Desk, lines_of, losses_of, sign_receipt, visit
from tests.sync.simdisk import PowerCut, SimDisk

VISITS = 5
SMALL_EPOCH = 4
"""So that a new epoch begins within the script."""


@pytest.fixture(autouse=True)
def small_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "EPOCH_ENTRIES", SMALL_EPOCH)


def run_script(desk: Desk, acked: list[bytes]) -> None:
    """Append visits; what was acknowledged is added to `acked` line by line."""
    journal = desk.open()
    number = itertools.count()
    for _ in range(2):
        for _ in range(VISITS):
            for drafts in visit(next(number)):
                journal.append(STAMP, drafts)
                head = journal.head
                acked += journal.read(head.epoch, head.seq)
            journal.index()
            journal.receipts.add(sign_receipt(journal.head))
        journal.close()
        journal = desk.open()
    journal.close()


def check_survived(disk: SimDisk, acked: list[bytes], at: object) -> Journal:
    journal = Desk(disk, itertools.count(1000)).open()
    lines = lines_of(journal)
    assert lines[: len(acked)] == acked, at
    assert len(lines) <= len(acked) + 1, at
    assert losses_of(journal) == [], at
    return journal


def cut_at(step: int, seed: int) -> tuple[SimDisk, list[bytes], bool]:
    disk = SimDisk(seed)
    disk.cut_at = step
    acked: list[bytes] = []
    try:
        run_script(Desk(disk), acked)
    except PowerCut:
        disk.cut_power()
        return disk, acked, True
    disk.cut_at = None
    return disk, acked, False


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(s, marks=pytest.mark.slow) for s in range(2, 40))]
)
def test_at_every_step_of_a_day(seed: int) -> None:
    for step in itertools.count(1):
        disk, acked, was_cut = cut_at(step, seed)
        check_survived(disk, acked, (step, seed)).close()
        if not was_cut:
            assert step > 60
            break


@pytest.mark.parametrize(
    "seed", [3, *(pytest.param(s, marks=pytest.mark.slow) for s in range(4, 12))]
)
def test_and_at_every_step_of_the_recovery(seed: int) -> None:
    for step in range(2, 400, 7):
        disk, acked, was_cut = cut_at(step, seed)
        if not was_cut:
            break
        for again in itertools.count(1):
            other = disk.copy()
            other.rng.seed(again)
            other.cut_at = again
            try:
                Desk(other, itertools.count(500)).open().close()
            except PowerCut:
                other.cut_power()
            else:
                break
            check_survived(other, acked, (step, again, seed)).close()


def test_a_rating_is_on_the_disk_before_append_returns() -> None:
    disk = SimDisk(7)
    journal = Desk(disk).open()
    journal.append(STAMP, visit(1)[0])
    (file,) = [file for path, file in disk.files.items() if path.endswith(f"{1:032x}.ndjson")]
    assert file.synced == len(file.data)
    assert hash_line(bytes(file.data).splitlines()[0]) == journal.head.hash


def test_lines_left_between_write_and_sync_are_synced_before_anything_builds_on_them() -> None:
    disk = SimDisk(1)
    journal = Desk(disk).open()
    for number in range(SMALL_EPOCH):
        journal.append(STAMP, visit(number)[0])
    journal.close()
    (file,) = [file for path, file in disk.files.items() if path.endswith("1.ndjson")]
    file.synced = bytes(file.data).rindex(b"\n", 0, -1) + 1
    disk.rows.clear()
    again = Desk(disk, itertools.count(50)).open()
    again.append(STAMP, visit(9)[0])
    lines = lines_of(again)
    disk.cut_power()
    check_survived(disk, lines, "after")
