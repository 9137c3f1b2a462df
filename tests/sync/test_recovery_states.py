"""Crash enumeration: cut at every byte, every bit flipped, file, index and receipts of every age.

Every state is healed or declared, and nothing acknowledged is silently gone. The daily run takes a
sample of each enumeration with a printed seed, `--all` takes every state.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest

from sync.chain import hash_line
from sync.lines import ENDING
from sync.receipts import NAME as RECEIPTS
from sync.wire import Place
from tests.sync.kit import FOLDER, STAMP, Desk, levels_of, lines_of, losses_of, sign_receipt, visit
from tests.sync.simdisk import File, SimDisk

EPOCH = f"{1:032x}"
PATH = str(FOLDER / (EPOCH + ENDING))
SAMPLE = 1_500
SEED = 20260302

Item = TypeVar("Item")


@dataclass(frozen=True)
class Made:
    """A whole journal: its lines, and the disk it lies on."""

    lines: list[bytes]
    disk: SimDisk

    def disk_with(self, data: bytes, rows: int, receipt: int) -> SimDisk:
        disk = SimDisk()
        disk.folders.add(str(FOLDER))
        if data:
            disk.files[PATH] = File(bytearray(data), len(data))
        disk.rows = {(EPOCH, seq): self.lines[seq - 1] for seq in range(1, rows + 1)}
        if receipt:
            import msgspec

            place = Place(EPOCH, receipt, hash_line(self.lines[receipt - 1]))
            line = msgspec.json.encode(sign_receipt(place)) + b"\n"
            disk.files[str(FOLDER / RECEIPTS)] = File(bytearray(line), len(line))
        return disk


def make(visits: int) -> Made:
    desk = Desk()
    journal = desk.open()
    for number in range(visits):
        for drafts in visit(number):
            journal.append(STAMP, drafts)
    journal.index()
    lines = lines_of(journal)
    journal.close()
    return Made(lines, desk.disk)


MADE = make(4)
N = len(MADE.lines)
BODY = b"".join([line + b"\n" for line in MADE.lines])


def some(states: Sequence[Item], whole: bool) -> Iterator[Item]:
    """All states, or a sample of them."""
    if whole or len(states) <= SAMPLE:
        return iter(states)
    return iter(random.Random(SEED).sample(states, SAMPLE))


def open_lines(disk: SimDisk) -> tuple[list[bytes], list[tuple[str, int, int]], dict[str, int]]:
    """What a start makes of a disk; then it must be usable, and the next start finds it whole."""
    desk = Desk(disk, itertools.count(100))
    journal = desk.open()
    first = [line for line in lines_of(journal) if line]
    losses = losses_of(journal)
    levels = levels_of(journal)
    journal.append(STAMP, visit(999)[0])
    journal.close()
    again = desk.open()
    assert {finding.what for finding in again.findings} <= {"asked_back"}
    assert [line for line in lines_of(again) if line][: len(first)] == first
    again.close()
    return first, losses, levels


WHOLE = pytest.param(True, marks=pytest.mark.slow, id="every-state")
sampled = pytest.mark.parametrize("whole", [pytest.param(False, id="sample"), WHOLE])


@sampled
def test_cut_at_every_byte_with_a_whole_index_loses_nothing(whole: bool) -> None:
    for size in some(range(len(BODY) + 1), whole):
        lines, losses, _ = open_lines(MADE.disk_with(BODY[:size], N, 0))
        assert (lines, losses) == (MADE.lines, []), size


@sampled
def test_cut_at_every_byte_without_an_index_keeps_every_whole_line(whole: bool) -> None:
    for size in some(range(len(BODY) + 1), whole):
        lines, losses, _ = open_lines(MADE.disk_with(BODY[:size], 0, 0))
        assert (lines, losses) == (MADE.lines[: BODY[:size].count(b"\n")], []), size


@sampled
def test_a_cut_below_the_receipt_is_declared(whole: bool) -> None:
    lines, losses, _ = open_lines(MADE.disk_with(BODY[:-1], 0, N))
    assert (lines, losses) == (MADE.lines, [])  # only the newline is gone: the receipt names it
    for size in some(range(len(BODY) - 1), whole):
        lines, losses, _ = open_lines(MADE.disk_with(BODY[:size], 0, N))
        kept = BODY[:size].count(b"\n")
        assert lines[:kept] == MADE.lines[:kept]
        assert losses == [(EPOCH, N + 1, N)], size


@sampled
def test_every_bit_flipped_with_a_whole_index_is_healed(whole: bool) -> None:
    for bit in some(range(len(BODY) * 8), whole):
        lines, losses, _ = open_lines(MADE.disk_with(flip(BODY, bit), N, 0))
        assert (lines, losses) == (MADE.lines, []), bit


@sampled
def test_every_bit_flipped_without_an_index_is_declared_and_the_rest_kept(whole: bool) -> None:
    """Without index and receipt nothing vouches for the last line's content, so its bits are
    left out.
    """
    last = len(BODY) - len(MADE.lines[-1]) - 1
    for bit in some(range(last * 8), whole):
        disk = MADE.disk_with(flip(BODY, bit), 0, 0)
        lines, losses, _ = open_lines(disk)
        assert losses, bit
        lost = sum(end - start + 1 for _, start, end in losses)
        assert len(lines) == N - lost + len(losses), bit
        assert lost <= 3, bit


@sampled
def test_every_bit_flipped_below_a_receipt_is_asked_back(whole: bool) -> None:
    for bit in some(range(len(BODY) * 8), whole):
        desk = Desk(MADE.disk_with(flip(BODY, bit), 0, N), itertools.count(100))
        journal = desk.open()
        missing = [seq for holes in journal.holes.values() for seq in holes]
        assert 1 <= len(missing) <= 3, bit
        here = [line for line in lines_of(journal) if line][: N - len(missing)]
        assert here == [line for seq, line in enumerate(MADE.lines, 1) if seq not in missing]
        journal.close()


@sampled
def test_file_index_and_receipts_of_every_age(whole: bool) -> None:
    offsets = [0, *itertools.accumulate(len(line) + 1 for line in MADE.lines)]
    states = list(itertools.product(range(N + 1), repeat=3))
    for in_file, in_index, receipt in some(states, whole):
        disk = MADE.disk_with(BODY[: offsets[in_file]], in_index, receipt)
        lines, losses, _ = open_lines(disk)
        have = max(in_file, in_index)
        assert lines[:have] == MADE.lines[:have], (in_file, in_index, receipt)
        said = [(EPOCH, receipt + 1, receipt)] if receipt > have else []
        assert losses == said, (in_file, in_index, receipt)


@sampled
def test_every_bit_of_the_receipts_flipped_loses_nothing(whole: bool) -> None:
    data = bytes(MADE.disk_with(BODY, N, N).files[str(FOLDER / RECEIPTS)].data)
    for bit in some(range(len(data) * 8), whole):
        disk = MADE.disk_with(BODY, N, N)
        disk.files[str(FOLDER / RECEIPTS)].data[:] = flip(data, bit)
        lines, losses, _ = open_lines(disk)
        assert (lines, losses) == (MADE.lines, []), bit


def flip(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def test_every_state_is_more_than_a_hundred_thousand() -> None:
    """What the enumerations above come to with `--all`, the receipts' bits left aside."""
    cuts, bits, last = len(BODY), len(BODY) * 8, (len(MADE.lines[-1]) + 1) * 8
    assert 3 * cuts + (bits + bits - last + bits) + (N + 1) ** 3 >= 10**5
