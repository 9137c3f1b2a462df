"""A real ext4 cut under a journal, many times: every acknowledged entry is there afterwards.

The cut is EXT4_IOC_SHUTDOWN, with and without flushing ext4's own log. Needs root and a loop
device.
"""

import contextlib
import fcntl
import os
import random
import select
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.chain import hash_line
from sync.journal import Journal, open_journal
from sync.verify import verify
from tests.journeys.stand import ROOT
from tests.sync.kit import DEVICE, HALL_KEY, STAMP, losses_of, visit

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
NOLOGFLUSH, LOGFLUSH, DEFAULT = 2, 1, 0
HOWS = (NOLOGFLUSH, LOGFLUSH, DEFAULT)
SIZE = 64 * 1024 * 1024
CUTS_OF_A_LIFE = 20
"""Cuts that one journal goes through before another one begins."""

LIVES = 11

IN_FLIGHT = 1
"""Syncs that a cut may fall into: ext4 was seen to call such a one a success though
the line is gone, with nothing but write and fdatasync in the process. Power never comes back so.
"""

ACKS_MAX = 60
LATER_S = 0.004
"""A cut comes at most this long after the acknowledgement it waits for."""

READ_MAX = 65536
Heads = dict[tuple[str, int], str]
"""(epoch, seq) -> hash"""

MINOR = {"torn", "index_filled", "index_failed"}
"""What recovery may find after a cut: never a line lost, damaged or restored."""


def run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


class Ext4:
    """An ext4 in a file, mounted at `top`."""

    def __init__(self, device: str, top: Path) -> None:
        self.device = device
        self.top = top

    def mount(self) -> None:
        run("mount", "-t", "ext4", self.device, self.top)

    def unmount(self) -> None:
        run("umount", self.top)

    def cut(self, how: int) -> None:
        """Nothing reaches this disk any more."""
        handle = os.open(self.top, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", how))
        finally:
            os.close(handle)


@pytest.fixture
def ext4(tmp_path: Path) -> Iterator[Ext4]:
    if os.geteuid() != 0:
        pytest.skip("only root may mount and cut a file system")
    if not all(map(shutil.which, ("mkfs.ext4", "losetup", "mount", "umount"))):
        pytest.skip("mkfs.ext4, losetup or mount is not installed")
    image, top = tmp_path / "image", tmp_path / "top"
    top.mkdir()
    with image.open("wb") as file:
        file.truncate(SIZE)
    run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
    with contextlib.ExitStack() as stack:
        try:
            device = run("losetup", "--find", "--show", image)
            stack.callback(run, "losetup", "--detach", device)
            disk = Ext4(device, top)
            disk.mount()
            stack.callback(leave, disk)
            disk.cut(NOLOGFLUSH)
            disk.unmount()
            disk.mount()
        except OSError as error:
            pytest.skip(f"no ext4 that can be cut on this machine: {error}")
        yield disk


def leave(disk: Ext4) -> None:
    """Unmount whatever the test left mounted."""
    if os.path.ismount(disk.top):
        run("umount", "--lazy", disk.top)


def write_until_cut(
    disk: Ext4, folder: Path, rng: random.Random, how: int, *words: str
) -> tuple[Heads, Heads]:
    """Let a kiosk append until the disk is cut; what it acknowledged before, and since the cut."""
    command = [sys.executable, "-m", "tests.journeys.writer", str(folder), *words]
    kiosk = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, bufsize=0
    )
    assert kiosk.stdout is not None
    pipe, before = kiosk.stdout.fileno(), b""
    try:
        wanted = rng.randrange(ACKS_MAX)
        while before.count(b"\n") < wanted:
            part = os.read(pipe, READ_MAX)
            assert part, "the kiosk ended before the cut"
            before += part
        time.sleep(rng.random() * LATER_S)
        while select.select([pipe], [], [], 0)[0]:
            before += os.read(pipe, READ_MAX)
        disk.cut(how)
    finally:
        kiosk.kill()
        since, _ = kiosk.communicate()
    disk.unmount()
    disk.mount()
    whole, _, begun = before.rpartition(b"\n")
    return read_heads(whole), read_heads((begun + since).rpartition(b"\n")[0])


def read_heads(told: bytes) -> Heads:
    """Acknowledgements by their place."""
    heads = [line.split() for line in told.decode().splitlines()]
    return {(epoch, int(seq)): entry_hash for epoch, seq, entry_hash in heads}


def hashes_of(journal: Journal) -> Heads:
    return {
        (place.epoch, seq): hash_line(line)
        for place in journal.epochs()
        for seq, line in enumerate(journal.read(place.epoch, 1), start=1)
    }


def open_again(folder: Path) -> Journal:
    journal = open_journal(folder, DEVICE, STAMP, hall_key=HALL_KEY.public)
    journal.open_index(STAMP)
    while journal.check_next(STAMP):
        pass
    return journal


def check_after_cut(folder: Path, acked: Heads, since: Heads, number: int) -> int:
    """What was acknowledged is there, the journal whole, and it goes on; how many of those
    acknowledged since the cut are not there.
    """
    with contextlib.closing(open_again(folder)) as journal:
        held = hashes_of(journal)
        gone = sorted(acked.items() - held.items())
        assert not gone, f"acknowledged and not there: {gone}"
        assert {finding.what for finding in journal.findings} <= MINOR, journal.findings
        assert losses_of(journal) == []
        for drafts in visit(number):
            journal.append(STAMP, drafts)
        acked |= hashes_of(journal)
    report = verify(folder, HALL_KEY.public)
    assert report.whole, report.findings
    return len(since.items() - held.items())


@pytest.mark.slow
def test_acknowledged_entries_outlive_every_cut_of_a_real_disk(ext4: Ext4) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    entries = in_flight = 0
    for life in range(LIVES):
        folder = ext4.top / f"{life}"
        acked: Heads = {}
        for cut in range(CUTS_OF_A_LIFE):
            words = [str(cut * 1000), *(["index"] if cut % 2 else [])]
            how = HOWS[(life + cut) % len(HOWS)]
            before, since = write_until_cut(ext4, folder, rng, how, *words)
            entries += len(before)
            acked |= before
            missing = check_after_cut(folder, acked, since, cut * 1000 + 999)
            assert missing <= IN_FLIGHT, f"cut {cut} of life {life}"
            in_flight += missing
        shutil.rmtree(folder)
    print(f"{LIVES * CUTS_OF_A_LIFE} cuts, {entries} acknowledged, {in_flight} gone in flight")
    assert entries > LIVES * CUTS_OF_A_LIFE * ACKS_MAX / 4, "the cuts came too early to say much"


@pytest.mark.slow
def test_a_cut_does_lose_what_was_not_synced(ext4: Ext4) -> None:
    rng = random.Random(1)
    lost = 0
    for number in range(5):
        folder = ext4.top / f"{number}"
        before, _ = write_until_cut(ext4, folder, rng, NOLOGFLUSH, "0", "unsynced")
        with contextlib.closing(open_again(folder)) as journal:
            lost += len(before.items() - hashes_of(journal).items())
    assert lost > 0
