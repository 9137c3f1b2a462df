"""A disk that is full, a disk that is read-only, a box without fonts: by the command, for real."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kiosk.health.kit import Box
from tests.walls.house import ROOT

LIVENESS_S = 60


def examine(box: Box, before: str = "true", **env: str) -> dict[int, str]:
    """The doctor's states by number, in a mount namespace in which something was done before."""
    box.case()
    doctor = [sys.executable, "-m", "kiosk", "doctor", "--json", "--data", str(box.data)]
    command = f"{before} && exec {shlex.join([*doctor, '--config', str(box.config)])}"
    unshare = [] if before == "true" else ["unshare", "-m"]
    ran = subprocess.run(
        [*unshare, "sh", "-c", command],
        env={**os.environ, **env},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIVENESS_S,
        check=False,
    )
    assert ran.stdout, ran.stderr
    return {one["number"]: one["state"] for one in json.loads(ran.stdout)["checks"]}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path, "/dev/null")


def require_mounts() -> None:
    """Skip where nobody may mount, as in most containers."""
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount")


def test_a_disk_with_little_room(box: Box) -> None:
    require_mounts()
    data = shlex.quote(str(box.data))
    small = f"cp -a {data} {data}.kept && mount -t tmpfs -o size=9m none {data}"
    seen = examine(box, f"{small} && cp -a {data}.kept/. {data}")
    assert (seen[21], seen[22], seen[24]) == ("ok", "fault", "ok")


def test_a_disk_that_is_read_only(box: Box) -> None:
    require_mounts()
    data = shlex.quote(str(box.data))
    seen = examine(box, f"mount --bind {data} {data} && mount -o remount,bind,ro {data}")
    assert seen[21] == "fault"


def test_a_box_without_fonts(box: Box, tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text('<?xml version="1.0"?><fontconfig></fontconfig>\n', "utf-8")
    assert examine(box)[53] == "ok"
    assert examine(box, FONTCONFIG_FILE=str(fonts))[53] == "fault"
