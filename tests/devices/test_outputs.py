"""An output or input that is full, closed or not there: one line that names it, or silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devices.profile import find_profile
from devices.simulator import VirtualPanel
from tests.devices.test_decode import ROOT, lines


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("count", [1, 10_000])
def test_an_output_that_is_full_is_named(count: int, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "devices", "decode", "--model", "huiyin-3"],
            input=lines("K,1,1,D") + b"$" * count,
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            timeout=60,
            env={"LANG": "C.UTF-8", "PYTHONUNBUFFERED": unbuffered},
        )
    assert ran.returncode == 1
    assert ran.stderr == b"huiyin-panel: output: No space left on device\n"


def test_a_full_disk_under_what_watch_saves_is_named(tmp_path: Path) -> None:
    with VirtualPanel(find_profile("huiyin-3"), tmp_path / "panel") as panel:
        watch = subprocess.Popen(
            [sys.executable, "-m", "devices", "watch", "--model", "huiyin-3", "--save", "/dev/full",
             "--port", panel.path, "--wait", "20"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert watch.stdout is not None
        assert b"back" in watch.stdout.readline()
        panel.heartbeat()
        _, error = watch.communicate(timeout=60)
    assert watch.returncode == 1
    assert error == b"huiyin-panel: /dev/full: No space left on device\n"


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m devices decode --model huiyin-3 | head -1"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        input=lines("K,1,1,D", "K,2,1,U") * 9_000,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert ran.stdout.count(b"\n") == 1
    assert ran.stderr == b""


@pytest.mark.parametrize(
    ("closed", "said"), [(">&-", b"output: Bad file"), ("<&-", b"input: Bad file")]
)
def test_a_closed_output_or_input_is_one_line(closed: str, said: bytes) -> None:
    command = f"{sys.executable} -m devices decode --model huiyin-3 {closed}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, cwd=ROOT, timeout=60)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert ran.stderr.count(b"\n") == 1
