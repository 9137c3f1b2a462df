"""`decode`: presses without a clock, on the command as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from devices.formats.line import frame_line

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = """
model = "example"
version = 1
format = "frame"
scale = "three"
[frame]
header = "AA55"
length = 6
address_at = 3
code_at = 4
check = "xor8"
check_from = 2
check_at = 5
[levels]
01 = "very_satisfied"
02 = "satisfied"
03 = "dissatisfied"
"""


def run(
    *arguments: str, data: bytes = b"", language: str = "C.UTF-8"
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "devices", *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        env={"LANG": language, "PATH": "/usr/bin:/bin"},
    )


def decode(data: bytes, *arguments: str) -> list[dict[str, object]]:
    ran = run("decode", *arguments, data=data)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == b""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def press(key: str, level: str) -> dict[str, object]:
    return {"event": "press", "key": key, "level": level}


def test_the_line_format() -> None:
    data = b"$K,1,1,D*C0DF\r\n$K,2,1,U*CC5B\r\n$K,3,3,D*C007\r\n"
    expected = [press("1", "very_satisfied"), press("3", "dissatisfied")]
    assert decode(data, "--model", "huiyin-3") == expected
    assert decode(data, "--model", "huiyin-3", "--json") == expected


def test_the_published_frames(tmp_path: Path) -> None:
    profile = tmp_path / "example.toml"
    profile.write_text(EXAMPLE)
    data = bytes.fromhex("AA5503010103 AA5503010200 AA5503010105")
    found = decode(data, "--profile", str(profile))
    assert found[:2] == [press("01", "very_satisfied"), press("02", "satisfied")]
    assert found[2]["event"] == "fault"
    assert len(found) == 3


def test_the_published_modbus_answers() -> None:
    data = bytes.fromhex("01020100A188 010201016048 01020104A04B 01020100A188")
    expected = [press("0", "very_satisfied"), press("2", "basically_satisfied")]
    assert decode(data, "--model", "modbus-8") == expected
    assert decode(data[6:], "--model", "modbus-8") == expected[1:]


def lines(*bodies: str) -> bytes:
    return b"".join(frame_line(body) for body in bodies)


def test_a_second_down_without_an_up_is_no_press() -> None:
    data = lines("K,1,1,D", "K,2,1,D", "K,3,1,U", "K,4,1,D")
    assert len(decode(data, "--model", "huiyin-3")) == 2


def test_a_jump_is_told_with_n_and_the_press_counts() -> None:
    found = decode(lines("K,1,1,D", "K,5,1,D"), "--model", "huiyin-3")
    assert found == [
        press("1", "very_satisfied"),
        {"event": "fault", "what": "missed_presses", "n": 3},
        press("1", "very_satisfied"),
    ]


def test_a_restart_of_the_board_is_no_jump() -> None:
    data = lines("H,9,HY3,1", "K,8,1,D", "K,9,1,U", "H,0,HY3,1", "K,1,2,D")
    assert [one["event"] for one in decode(data, "--model", "huiyin-3")] == ["press", "press"]


def test_a_code_outside_the_map_is_a_fault_and_never_a_press() -> None:
    found = decode(lines("K,1,9,D", "K,2,9,U", "K,3,9,D"), "--model", "huiyin-3")
    assert found == [{"event": "fault", "what": "unknown_code", "detail": "9"}] * 2


def test_a_capture_cut_off_is_a_fault() -> None:
    (found,) = decode(b"$K,1,1,D*C0", "--model", "huiyin-3")
    assert found["what"] == "bad_frame"


def test_bare_bytes_without_times_are_one_fault() -> None:
    assert decode(b"ABCABC" * 99, "--model", "pattern-byte") == [
        {"event": "fault", "what": "no_silence"}
    ]


def test_a_finger_on_a_key_while_the_board_starts_again_is_one_press() -> None:
    """As in a kiosk: the board tells a key that is still down again."""
    data = lines("H,9,HY3,1", "K,8,1,D", "H,0,HY3,1", "K,1,1,D", "K,2,1,U", "K,3,1,D")
    assert [one["key"] for one in decode(data, "--model", "huiyin-3")] == ["1", "1"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("decode", "--model", "none"), 1, "no such profile"),
        (("decode", "--profile", "/none.toml"), 1, "/none.toml: cannot be read"),
        (("decode", "--model", "keyboard-3"), 1, "a keyboard has no bytes to capture"),
        (("decode",), 2, "--model"),
        (("decode", "--model", "huiyin-3", "--profile", "x"), 2, "not allowed with"),
        ((), 2, "COMMAND"),
        (("dance",), 2, "dance"),
        (("simulate", "--model", "huiyin-3", "--script", "/none"), 1, "/none: No such file"),
        (("simulate", "--model", "huiyin-3", "--link", "/none/x/y"), 1, "No such file"),
        (("watch", "--model", "huiyin-3"), 2, "--port"),
        (("watch", "--model", "huiyin-3", "--port", "x", "--wait", "0"), 2, "more than 0"),
        (
            ("learn", "--port", "/none", "--out", "a.toml"),
            1,
            "/none: the port cannot be used: absent",
        ),
        (("learn", "--port", "/none", "--out", "A B.toml"), 1, "must be a new file named in small"),
        (("learn", "--port", "serial:none", "--out", "a.toml"), 1, "serial:none: the port cannot"),
        (
            ("test", "--model", "huiyin-3", "--port", "/none", "--wait", "0.2"),
            1,
            "test failed: 0 of 3",
        ),
    ],
)
def test_bad_orders_are_one_clear_line(arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = run(*arguments)
    assert ran.returncode == code
    assert said in ran.stderr.decode()
    assert "Traceback" not in ran.stderr.decode()
    if code == 1:
        assert ran.stderr.count(b"\n") == 1


def test_a_file_in_the_links_place_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "panel").write_text("precious")
    ran = run("simulate", "--model", "huiyin-3", "--link", str(tmp_path / "panel"))
    assert ran.returncode == 1
    assert b"is there already, and is no link" in ran.stderr
    assert (tmp_path / "panel").read_text() == "precious"


def test_help_is_there_in_both_languages() -> None:
    for order in ("list", "learn", "test", "watch", "decode", "simulate"):
        assert run(order, "--help").returncode == 0
    assert "列出" in run("--help", language="zh_CN.UTF-8").stdout.decode()
    assert "live bytes" in run("--help").stdout.decode()


def test_list_tells_ports_and_profiles() -> None:
    found = json.loads(run("list", "--json").stdout)
    assert {row["model"] for row in found["profiles"]} >= {"huiyin-3", "modbus-8", "pattern-byte"}
    assert all(row["false_presses"] >= 0 for row in found["profiles"])
    assert all(
        {"maker", "serial", "path", "held_by", "fits"} <= row.keys() for row in found["ports"]
    )
    assert "huiyin-3" in run("list").stdout.decode()
    assert "型号" in run("list", language="zh_CN.UTF-8").stdout.decode()
