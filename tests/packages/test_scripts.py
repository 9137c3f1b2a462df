"""What is shell, and what judges packages, has nothing to say."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chroot import STEP_S
from tests.packages.conftest import Packages, build, require_debian
from tests.walls.house import ROOT, walk


def shell_files() -> list[Path]:
    """Every file of ours that begins as a shell script."""
    return [path for path in walk(ROOT) if path.read_bytes()[:9] == b"#!/bin/sh"]


def run(*words: str | Path) -> str:
    ran = subprocess.run(words, capture_output=True, text=True, timeout=STEP_S, check=False)
    return ran.stdout + ran.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shell_scripts_are_clean() -> None:
    parts = ROOT / "deploy/package/scripts"  # judged when they are put together
    files = [path for path in shell_files() if not path.is_relative_to(parts)]
    assert {"dev", "make", "session", "firstboot"} <= {path.name for path in files}
    assert run("shellcheck", *files) == ""


@pytest.mark.slow
def test_the_packages_are_clean(packages: Callable[[str], Packages], tmp_path: Path) -> None:
    """lintian; and the scripts as they were put together."""
    require_debian()
    if not shutil.which("lintian") or not shutil.which("shellcheck"):
        pytest.skip("lintian or shellcheck is not installed")
    files = sorted(packages("12").now.glob("*.deb"))
    assert len(files) == 2
    for file in files:
        control = tmp_path / file.name
        run("dpkg-deb", "-e", file, control)
        scripts = [control / name for name in ("preinst", "postinst", "prerm", "postrm")]
        assert run("shellcheck", "-e", "SC2043", *scripts) == ""
    told = run("lintian", "--allow-root", "--fail-on", "error,warning", *files)
    assert not re.findall(r"^[EW]: .*", told, re.MULTILINE), told


@pytest.mark.slow
def test_the_same_code_makes_the_same_bytes(
    packages: Callable[[str], Packages], tmp_path: Path
) -> None:
    """Another folder, another mask, another time zone, another language."""
    require_debian()
    made = packages("13").now
    others = {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8"}
    build(tmp_path, "--release", "13", umask=0o077, **others)
    assert [path.name for path in sorted(made.glob("*.deb"))] == [
        path.name for path in sorted(tmp_path.glob("*.deb"))
    ]
    for path in sorted(made.glob("*.deb")):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
