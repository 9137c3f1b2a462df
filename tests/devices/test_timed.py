"""`decode --timed`: captures with times, judged as a kiosk would judge the bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.devices.test_decode import EXAMPLE, decode, lines, press, run


def timed(capture: str, *which: str) -> list[object]:
    found = decode(capture.encode(), *(which or ("--model", "pattern-byte")), "--timed")
    return [one.get("key") or one["what"] for one in found]


def test_bare_bytes_with_times() -> None:
    capture = "500 41\n1000 42\n1010 43\n2000 43\n2060 41\n3000 41\n"
    assert timed(capture) == ["41", "bad_frame", "43", "41", "41"]


def test_a_timed_capture_does_not_begin_in_silence() -> None:
    """A kiosk that opens its port has to hear the silence first, and so has decode."""
    assert timed("1 41\n1000 42\n") == ["bad_frame", "42"]
    assert timed("59 41\n1000 42\n") == ["bad_frame", "42"]
    assert timed("60 41\n1000 42\n") == ["41", "42"]


def test_a_capture_that_counts_from_its_first_bytes_was_begun_in_silence() -> None:
    assert timed("0 41\n1000 42\n") == ["41", "42"]
    assert timed("0 41\n0 42\n1000 42\n") == ["bad_frame", "42"]
    assert timed("0\n0 41\n1000 42\n") == ["bad_frame", "42"]


def test_a_line_without_bytes_is_a_port_lost_or_opened() -> None:
    assert timed("500 41\n2000\n3000\n3020 42\n4000 43\n") == ["41", "bad_frame", "43"]
    assert timed("500 41\n520\n3000\n4000 43\n") == ["43"]
    capture = "".join(
        f"{at} {line.hex()}\n" if line else f"{at}\n"
        for at, line in enumerate((lines("K,8,1,D"), b"", lines("K,1,1,D"), lines("K,2,1,U")))
    )
    assert timed(capture, "--model", "huiyin-3") == ["1", "1"]


def test_noise_that_never_pauses_is_told_in_a_timed_capture() -> None:
    capture = "".join(f"{at} 41\n" for at in range(1, 5_000, 20))
    assert timed(capture) == ["no_silence", "no_silence", "bad_frame"]


POLLED = """
model = "polled"
version = 1
format = "frame"
scale = "three"
[frame]
length = 1
code_at = 0
check = "none"
quiet_ms = 60
[send]
poll = "05"
[levels]
41 = "very_satisfied"
42 = "satisfied"
43 = "dissatisfied"
"""


def test_the_last_code_of_a_polled_panel_has_its_silence_too(tmp_path: Path) -> None:
    (tmp_path / "polled.toml").write_text(POLLED)
    assert timed("500 41\n900 42\n", "--profile", str(tmp_path / "polled.toml")) == ["41", "42"]


def test_frames_with_a_check_need_no_times_even_if_they_ask_for_silence(tmp_path: Path) -> None:
    profile = tmp_path / "example.toml"
    profile.write_text(EXAMPLE.replace("check_at = 5", "check_at = 5\nquiet_ms = 60"))
    data = bytes.fromhex("AA5503010103 AA5503010200 AA5503010105")
    found = decode(data, "--profile", str(profile))
    assert [one.get("key") or one["what"] for one in found] == ["01", "02", "bad_frame"]
    capture = "500 AA5503010103\n1000 AA5503010200\n1020 00\n"
    assert timed(capture, "--profile", str(profile)) == ["01", "bad_frame"]


def test_other_formats_with_times_too() -> None:
    data = b"".join(
        b"%d %s\n" % (at, bytes([b]).hex().encode()) for at, b in enumerate(lines("K,1,1,D"))
    )
    assert decode(data, "--model", "huiyin-3", "--timed") == [press("1", "very_satisfied")]


@pytest.mark.parametrize(
    "line", [b"x\n", b"5 4\n", b"9 41\n8 42\n", b"-1 41\n", b"1 41 4\n", b"\xff\n"]
)
def test_a_bad_line_of_a_timed_capture_is_one_line(line: bytes) -> None:
    ran = run("decode", "--model", "pattern-byte", "--timed", data=line)
    assert ran.returncode == 1
    assert ran.stderr.count(b"\n") == 1
    assert b"Traceback" not in ran.stderr
