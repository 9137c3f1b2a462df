"""The reference board's firmware, compiled for the host and heard by our own decoder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from devices.decode import decode_bytes
from devices.formats.format import Beat, Edge
from devices.formats.line import LineDecoder, frame_line
from devices.profile import find_profile

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "deploy" / "firmware"
BOARD = Path(__file__).parent / "board"
COMPILER = shutil.which("g++") or shutil.which("c++")

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C++ compiler on this machine")


@pytest.fixture(scope="module", params=[3, 5])
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    out = tmp_path_factory.mktemp("board") / "board"
    command = [
        str(COMPILER),
        "-std=c++17",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-DKEYS={request.param}",
    ]
    command += ["-fsanitize=undefined", "-fno-sanitize-recover", f"-I{BOARD}", f"-I{FIRMWARE}"]
    built = subprocess.run(
        [*command, str(BOARD / "board.cpp"), "-o", str(out)], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    return request.param, out


def run(out: Path, *script: str) -> tuple[bytes, list[tuple[int, int, int]]]:
    """What the board said, and each change of a lamp or the buzzer: (ms, pin, level)."""
    text = "\n".join(script) + "\n"
    ran = subprocess.run([out], input=text.encode(), capture_output=True, timeout=60)
    assert ran.returncode == 0
    lit = [tuple(map(int, line.split())) for line in ran.stderr.decode().splitlines()]
    return ran.stdout, lit  # type: ignore[return-value]


def say(body: str) -> str:
    return "say " + frame_line(body).hex()


def test_every_key_is_a_press_of_its_level(board: tuple[int, Path]) -> None:
    keys, out = board
    script = ["100 wait"]
    for pin in range(2, 2 + keys):
        script += [f"{pin} low", "80 wait", f"{pin} high", "200 wait"]
    heard, _ = run(out, *script)
    found = list(decode_bytes(find_profile(f"huiyin-{keys}"), [heard]))
    assert [(f.get("key"), f.get("level")) for f in found] == list(
        find_profile(f"huiyin-{keys}").keys
    )


def test_a_bouncing_contact_is_one_press(board: tuple[int, Path]) -> None:
    _, out = board
    bounce = ["2 low", "3 wait", "2 high", "2 wait"] * 4
    heard, _ = run(out, "50 wait", *bounce, "2 low", "90 wait", *bounce, "2 high", "90 wait")
    edges = [s for s in LineDecoder().feed(heard, 0) if isinstance(s, Edge)]
    assert edges == [Edge("1", True), Edge("1", False)]


def test_a_heartbeat_at_once_and_every_two_seconds(board: tuple[int, Path]) -> None:
    keys, out = board
    heard, _ = run(out, "10500 wait")
    assert heard.count(b"$H,") == 6
    assert heard.startswith(b"$H,0,")
    assert b"$H,10,HY" in heard
    beats = LineDecoder().feed(heard, 0)
    assert beats == [Beat(f"HY{keys}", "1", uptime) for uptime in range(0, 12, 2)]


def test_the_clock_going_round_after_49_days_is_no_restart(board: tuple[int, Path]) -> None:
    _, out = board
    heard, _ = run(out, "start 4294960000", "9000 wait", "2 low", "80 wait", "2 high", "80 wait")
    signals = LineDecoder().feed(heard, 0)
    assert [s for s in signals if isinstance(s, Edge)] == [Edge("1", True), Edge("1", False)]
    assert all(isinstance(s, (Edge, Beat)) for s in signals)
    assert heard.count(b"$H,") == 5


def test_lamps_and_buzzer_follow_the_words(board: tuple[int, Path]) -> None:
    keys, out = board
    _, lit = run(out, "10 wait", say("S,invite"), "500 wait", say("S,thanks"), "500 wait")
    lamps = range(8, 8 + keys)
    assert lit == [
        *((11, pin, 1) for pin in lamps),
        (11, 7, 1),
        (131, 7, 0),
        *((511, pin, 0) for pin in lamps),
        (511, 7, 1),
        (631, 7, 0),
    ]


def test_a_mask_lights_single_lamps(board: tuple[int, Path]) -> None:
    _, out = board
    _, lit = run(out, "10 wait", say("L,5"), "100 wait", say("S,pause"), "100 wait")
    assert lit == [(11, 8, 1), (11, 10, 1), (111, 8, 0), (111, 10, 0)]


def test_a_fault_blinks_until_another_word(board: tuple[int, Path]) -> None:
    keys, out = board
    _, lit = run(out, "10 wait", say("S,fault"), "3000 wait", say("S,pause"), "3000 wait")
    assert len([change for change in lit if change[1] == 8]) >= 5
    assert max(at for at, _, _ in lit) <= 3_100
    assert {pin for _, pin, _ in lit} == set(range(8, 8 + keys))


@pytest.mark.parametrize(
    "bad",
    [
        b"$S,invite*6F26\r\n",
        b"$S,invite*6F25\n",
        b"S,invite*6F25\r\n",
        b"$" + b"A" * 80 + b"\r\n",
        b"$\r\n" * 9,
    ],
)
def test_damaged_words_are_not_obeyed(board: tuple[int, Path], bad: bytes) -> None:
    _, out = board
    _, lit = run(out, "10 wait", "say " + bad.hex(), "100 wait")
    assert lit == []
    _, lit = run(out, "10 wait", "say " + bad.hex(), "100 wait", say("S,invite"), "50 wait")
    assert lit


def test_it_is_one_short_file() -> None:
    assert len((FIRMWARE / "huiyin.ino").read_text("utf-8").splitlines()) <= 150
