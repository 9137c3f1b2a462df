"""Real processes, real terminals: a Modbus slave, a socat pair, a panel killed and made again."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.drive import drive
from devices.formats.line import frame_line
from devices.press import Back, Event, Fault, Lost, Press
from devices.profile import find_profile
from devices.reader import Reader

ROOT = Path(__file__).resolve().parents[2]
LIVE_MS = 20_000  # a liveness limit, never a speed
BACK_MS = 3_000  # replug -> counting again, as the goals have it


class Watcher:
    """A reader with a real clock, and all that it has told."""

    def __init__(self, model: str, port: str) -> None:
        self.reader = Reader(find_profile(model), port)
        self.events: list[Event] = []

    def wait(self, done: Callable[[list[Event]], bool], limit_ms: int = LIVE_MS) -> bool:
        """Until `done` says so of what was told since now."""
        before = len(self.events)

        def tell(events: list[Event]) -> bool:
            self.events += events
            return done(self.events[before:])

        return drive(self.reader, limit_ms, tell)

    def wait_for(self, kind: type, limit_ms: int = LIVE_MS) -> bool:
        return self.wait(lambda told: any(isinstance(event, kind) for event in told), limit_ms)

    def pass_ms(self, limit_ms: int) -> None:
        self.wait(lambda told: False, limit_ms)

    def presses(self) -> list[str]:
        return [event.key for event in self.events if isinstance(event, Press)]


@pytest.fixture
def watch() -> Iterator[Callable[[str, str], Watcher]]:
    made: list[Watcher] = []

    def make(model: str, port: str) -> Watcher:
        made.append(Watcher(model, port))
        return made[-1]

    yield make
    for one in made:
        one.reader.close()


@contextmanager
def start(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended by its own id, whatever happens."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


def order(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@contextmanager
def join() -> Iterator[tuple[str, str]]:
    """Two terminals joined back to back, as a null-modem cable joins two ports."""
    ends = [os.openpty(), os.openpty()]
    for master, slave in ends:
        tty.setraw(slave)
        os.set_blocking(master, False)
    stop = threading.Event()

    def carry() -> None:
        masters = [ends[0][0], ends[1][0]]
        while not stop.is_set():
            for ready in select.select(masters, [], [], 0.1)[0]:
                os.write(masters[1 - masters.index(ready)], os.read(ready, 4_096))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        stop.set()
        thread.join()
        for pair in ends:
            for fd in pair:
                os.close(fd)


def test_a_real_modbus_slave_is_polled_and_its_inputs_are_presses(
    watch: Callable[[str, str], Watcher],
) -> None:
    with (
        join() as (ours, theirs),
        start(
            sys.executable, "-W", "ignore", str(ROOT / "tests/devices/slave.py"), theirs
        ) as slave,
    ):
        assert answer(slave) == "ready"
        watcher = watch("modbus-8", ours)
        watcher.reader.send("invite", 0)
        assert watcher.wait_for(Back)
        watcher.pass_ms(300)
        for key in ("0", "4", "2"):
            order(slave, f"{key} 1")
            assert answer(slave) == "ok"
            watcher.pass_ms(300)
            order(slave, f"{key} 0")
            assert answer(slave) == "ok"
            assert watcher.wait_for(Press)
        assert watcher.presses() == ["0", "4", "2"]
        order(slave, "7 1")  # an input that no button is wired to
        watcher.pass_ms(300)
        assert watcher.presses() == ["0", "4", "2"]


@pytest.mark.slow
def test_a_slave_that_dies_behind_a_whole_cable_is_lost_by_its_silence(
    watch: Callable[[str, str], Watcher],
) -> None:
    script = str(ROOT / "tests/devices/slave.py")
    with join() as (ours, theirs), start(sys.executable, "-W", "ignore", script, theirs) as slave:
        assert answer(slave) == "ready"
        watcher = watch("modbus-8", ours)
        assert watcher.wait_for(Back)
        slave.kill()
        assert watcher.wait_for(Lost)
        assert [event.why for event in watcher.events if isinstance(event, Lost)] == ["silent"]


def test_a_panel_killed_and_made_again_counts_within_three_seconds(
    watch: Callable[[str, str], Watcher], tmp_path: Path
) -> None:
    link = tmp_path / "panel"
    command = [sys.executable, "-m", "devices", "simulate", "--model", "huiyin-3", "--json"]
    command += ["--link", str(link)]
    watcher = watch("huiyin-3", str(link))
    for killed in range(3):
        with start(*command) as panel:
            assert answer(panel).startswith('{"panel"')
            assert watcher.wait_for(Back, BACK_MS)
            order(panel, "2 80")
            assert watcher.wait_for(Press)
            order(panel, "1 60000")  # a finger on the key when the panel dies
            watcher.pass_ms(200)
            panel.send_signal(signal.SIGKILL)
            assert watcher.wait_for(Lost)
        assert watcher.presses() == ["2"] * (killed + 1)
    assert not watcher.wait_for(Press, 1_500)


@pytest.mark.skipif(shutil.which("socat") is None, reason="socat is not installed")
def test_a_socat_pair_that_dies_and_comes_back(
    watch: Callable[[str, str], Watcher], tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    watcher = watch("huiyin-3", str(ours))
    assert watcher.wait_for(Lost)
    counter = 0
    for _ in range(3):
        with start("socat", f"pty,raw,echo=0,link={ours}", f"pty,raw,echo=0,link={theirs}") as pair:
            assert watcher.wait_for(Back, LIVE_MS)
            other = os.open(theirs, os.O_RDWR | os.O_NOCTTY)
            for edge in "DU":
                counter += 1
                os.write(other, frame_line(f"K,{counter},3,{edge}"))
                time.sleep(0.05)
            assert watcher.wait_for(Press)
            os.write(other, frame_line(f"K,{counter + 1},1,D")[:9])  # cut in the middle
            watcher.pass_ms(100)
            os.close(other)
            pair.kill()
            assert watcher.wait_for(Lost)
    assert watcher.presses() == ["3", "3", "3"]


PLAYED = {  # what counts of three keys, one of them pressed thrice: see the script
    "huiyin-3": "A B C A",  # the flipped down of C was no press; of a flood one finger counts
    "pattern-123": "A B C A",
    "pattern-byte": "A B C",  # its flood is noise
    "modbus-8": "A B C C A",  # a damaged answer is followed by the next
    "keyboard-3": "A B C A",
}


@pytest.mark.slow
@pytest.mark.parametrize("model", PLAYED)
def test_a_virtual_panel_plays_a_script_with_every_fault(
    watch: Callable[[str, str], Watcher], tmp_path: Path, model: str
) -> None:
    link, script = tmp_path / "panel", tmp_path / "script"
    a, b, c = [key for key, _ in find_profile(model).keys][:3]
    script.write_text(
        f"1500 {a} 200\n400 noise 9000\n400 {b} 200\n400 flip\n0 {c} 200\n400 unplug 500\n"
        f"2500 {c} 200\n400 flood 5\n"
    )
    watcher = watch(model, str(link))
    watcher.reader.send("invite", 0)
    with start(
        sys.executable, "-m", "devices", "simulate", "--model", model, "--link", str(link),
        "--script", str(script),
    ) as panel:  # fmt: skip
        assert watcher.wait(has_gone_twice)
        assert panel.wait(timeout=20) == 0
    names = {"A": a, "B": b, "C": c}
    assert watcher.presses() == [names[letter] for letter in PLAYED[model].split()]
    assert any(isinstance(event, Fault) for event in watcher.events)
    assert not link.exists()


def has_gone_twice(told: list[Event]) -> bool:
    """The cable was pulled once, and then the script was over."""
    turns = [type(event) for event in told if isinstance(event, (Back, Lost))]
    return turns[-4:] == [Back, Lost, Back, Lost]


@pytest.mark.parametrize("given", ["nothing", "a pipe", "a closed pipe", "an empty file"])
def test_a_virtual_panel_without_a_terminal_lives_until_it_is_stopped(
    tmp_path: Path, given: str
) -> None:
    link, empty = tmp_path / "panel", tmp_path / "empty"
    empty.touch()
    stdin = {"nothing": subprocess.DEVNULL, "an empty file": os.open(empty, os.O_RDONLY)}
    command = [sys.executable, "-m", "devices", "simulate", "--model", "huiyin-3"]
    panel = subprocess.Popen(
        [*command, "--link", str(link)],
        stdin=stdin.get(given, subprocess.PIPE),
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert panel.stdout is not None
    os.close(stdin["an empty file"])
    if given == "a closed pipe" and panel.stdin is not None:
        panel.stdin.close()
    assert panel.stdout.readline().startswith(b"virtual panel huiyin-3 at ")
    time.sleep(0.3)
    assert panel.poll() is None
    assert link.is_symlink()
    panel.terminate()
    assert panel.wait(timeout=20) == 0
    assert not link.is_symlink()
    for pipe in (panel.stdout, panel.stdin):
        if pipe is not None:
            pipe.close()


def test_eof_ends_a_panel_that_is_fed_by_a_pipe(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devices", "simulate", "--model", "keyboard-3"]
    ran = subprocess.run(
        command, input=b"KEY_1 10\nhello\n", capture_output=True, cwd=ROOT, timeout=60
    )
    assert ran.returncode == 0
    assert ran.stderr.count(b"keys: KEY_1") == 2
