"""A screen in memory whose picture can be read: Xvfb with its framebuffer in a file."""

import mmap
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

from tests.bench.table import SkippedError

WIDTH, HEIGHT = 1280, 800
STEP = 37  # every so many pixels are compared when two pictures are told apart
POINTS_MAX = 200  # pixels watched
POINTS_MIN = 20
WAIT_S = 30.0  # liveness only

Points = list[tuple[int, bytes]]  # where in the framebuffer, and what must stand there


class Display:
    """An X server of our own. `name` is what DISPLAY must be."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("Xvfb"):
            raise SkippedError("Xvfb is not installed")
        folder.mkdir()
        ours, theirs = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-fbdir", str(folder), "-nolisten", "tcp",
             "-nocursor", "-screen", "0", f"{WIDTH}x{HEIGHT}x24"],
            pass_fds=(theirs,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs)
        with os.fdopen(ours) as told:
            number = told.readline().strip()
        if not number:
            raise SkippedError("Xvfb did not start")
        self.name = f":{number}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(">25I", self._memory[:100])
        self._start = header[0] + header[19] * 12  # the XWD header and its colours

    def picture(self) -> bytes:
        return self._memory[self._start : self._start + WIDTH * HEIGHT * 4]

    def settle(self, calm_s: float = 1.0) -> bytes:
        """The picture, once it has stood still for a while."""
        seen, since = self.picture(), time.monotonic()
        while time.monotonic() < since + calm_s:
            time.sleep(0.05)
            now = self.picture()
            if now != seen:
                seen, since = now, time.monotonic()
        return seen

    def shows(self, points: Points) -> bool:
        memory, start = self._memory, self._start
        return all(memory[start + at : start + at + 4] == pixel for at, pixel in points)

    def wait(self, points: Points, rest_s: float = 0.0) -> int:
        """Nanoseconds on the performance counter when all points stood; looks without a rest, or
        with one where those who are watched need every core.
        """
        give_up = time.perf_counter_ns() + int(WAIT_S * 1e9)
        while not self.shows(points):
            if time.perf_counter_ns() > give_up:
                raise SkippedError("the picture that was waited for did not come")
            if rest_s:
                time.sleep(rest_s)
        return time.perf_counter_ns()

    def close(self) -> None:
        self._memory.close()
        self._process.terminate()
        self._process.wait()


def tell_apart(wanted: list[bytes], others: list[bytes]) -> Points:
    """Points that are the same in all pictures wanted, and differ in each of the others."""
    found = []
    for at in range(0, len(wanted[0]), 4 * STEP):
        pixel = wanted[0][at : at + 4]
        if all(p[at : at + 4] == pixel for p in wanted) and all(
            p[at : at + 4] != pixel for p in others
        ):
            found.append((at, pixel))
    if len(found) < POINTS_MIN:
        raise SkippedError(f"two pictures differ in {len(found)} of the pixels compared")
    return found[:: max(1, len(found) // POINTS_MAX)]
