"""The packages of a release, built once a session by the command that everybody uses."""

import os
import platform
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.chroot import STEP_S, Chroot, Workshop, require_root
from tests.walls.house import ROOT

CODENAMES = {"12": "bookworm", "13": "trixie"}
NEWER = "0.9.9"
MOMENT = {"SOURCE_DATE_EPOCH": "1790000000"}
"""A commit between two builds makes them two; here it may not."""


@dataclass(frozen=True)
class Packages:
    """Where the files lie: the version of today, and a newer one of the same code."""

    now: Path
    newer: Path


def build(folder: Path, *words: str, umask: int = -1, **more: str) -> None:
    """`./dev package`."""
    ran = subprocess.run(
        [str(ROOT / "dev"), "package", str(folder), "--fast", *words],
        env={**os.environ, **MOMENT, **more},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=STEP_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.splitlines(), "it names the files it made"


def require_debian() -> None:
    """Skip where the releases cannot be had, and say why."""
    require_root()
    if platform.freedesktop_os_release()["ID"] != "debian":
        pytest.skip("no Debian: its mirror is not known here")


@pytest.fixture(scope="session")
def packages(workshop: Workshop) -> Callable[[str], Packages]:
    """The packages of a release, by its number."""

    def make(release: str) -> Packages:
        folder = workshop.folder / f"packages-{release}"
        with workshop.once(folder.name) as fresh:
            if fresh is not None:
                build(fresh / "now", "--release", release)
                build(fresh / "newer", "--release", release, "--version", NEWER)
        return Packages(folder / "now", folder / "newer")

    return make


@pytest.fixture
def debian(workshop: Workshop) -> Callable[[str], AbstractContextManager[Chroot]]:
    """Makes a machine of a release, by its number."""
    require_debian()
    return lambda release: workshop.chroot(CODENAMES[release])
