"""One run of a player program: fed without waiting, heard out, ended when it hangs."""

import io
import os
import select
import time
from pathlib import Path

import pytest

from kiosk.sound import player, program
from kiosk.sound.player import Player
from kiosk.sound.program import Program
from tests.kiosk.sound.stand import is_running, write_wav

RATE = 22_050


def run_out(run: Program) -> str:
    """Feed it until it ends; why it failed."""
    while True:
        ready, hungry, _ = select.select(run.inputs, run.outputs, [], 30)
        assert ready or hungry
        if ready and (why := run.listen()) is not None:
            return why
        if hungry and run.is_hungry:
            run.end()
        elif hungry:
            run.feed()


def test_a_program_that_takes_all_ends_well() -> None:
    run = Program(["sh", "-c", "cat > /dev/null"], RATE)
    run.give(b"\x01\x00" * 200_000)
    assert run_out(run) == ""


def test_a_program_that_dies_says_why() -> None:
    run = Program(["sh", "-c", "echo no card >&2; exit 3"], RATE)
    run.give(b"\x01\x00" * 200_000)
    assert run_out(run) == "ended with 3: no card"


def test_a_program_that_talks_without_end_is_cut_short() -> None:
    run = Program(["sh", "-c", "yes no | head -c 1000000 >&2; exit 3"], RATE)
    assert len(run_out(run)) < program.LAST_WORDS + 30


def test_a_program_that_closes_its_mouth_and_stays_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(program, "END_S", 0.2)
    run = Program(["sh", "-c", "exec 2>&-; exec sleep 600"], RATE)
    assert run_out(run).startswith("ended with -1")
    assert not is_running(run._process.pid)


def test_a_program_may_run_as_long_as_its_sound_and_a_little_more() -> None:
    run = Program(["sleep", "600"], RATE)
    before = run.left_s
    run.give(bytes(2 * RATE * 60))
    assert 59 < run.left_s - before < 61
    run.kill()


def test_no_such_program_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        Program(["/nowhere/aplay"], RATE)


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A player in this process, its input a pipe; what it tells."""
    told = io.StringIO()
    monkeypatch.setattr(player, "tell", lambda line: told.write(line + "\n"))
    write_wav(tmp_path / "a.wav", b"\x01\x00" * 100)
    return told


def listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: bytes, *command: str) -> Player:
    ours, theirs = os.pipe()
    monkeypatch.setattr(player, "INPUT", ours)
    os.write(theirs, lines)
    one = Player(list(command), [str(tmp_path)], "none")
    one._listen()
    os.close(theirs)
    return one


def test_a_program_that_hangs_is_ended_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: io.StringIO
) -> None:
    monkeypatch.setattr(program, "GRACE_S", 0.2)
    hung = listen(tmp_path, monkeypatch, b"play\t100\t*a\n", "sleep", "600")
    assert hung._program is not None
    pid = hung._program._process.pid
    run = hung._program
    while run.left_s > 0:
        time.sleep(0.05)
    monkeypatch.setattr(hung, "_wait", iter([True, False]).__next__)
    hung.run()
    assert played.getvalue().splitlines() == ["heard", "fault the player program does not end"]
    assert not is_running(pid)


@pytest.mark.parametrize(
    "line",
    [b"\n", b"play\n", b"play\t70\n", b"play\tx\t*a\n", b"play\t-1\t*a\n", b"jump\n", b"\xff\n"],
)
def test_a_line_that_is_none_is_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: io.StringIO, line: bytes
) -> None:
    assert listen(tmp_path, monkeypatch, line, "cat")._program is None
    assert played.getvalue() == "heard\n"


def test_a_line_that_never_ends_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: io.StringIO
) -> None:
    one = listen(tmp_path, monkeypatch, b"x" * 60_000, "cat")
    assert len(one._input) == player.LINE_MAX
    assert played.getvalue() == ""
