"""The Dockerfile's steps, done in a chroot of the release it starts from; and the compose file."""

import json
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
import yaml

from tests.chroot import Chroot
from tests.journeys.stand import wait_until
from tests.manager import PATIENCE_S
from tests.packages.box import free_port
from tests.packages.conftest import CODENAMES, Packages
from tests.walls.house import ROOT

FOLDER = ROOT / "deploy/docker"
Steps = list[tuple[str, str]]


def read_steps() -> Steps:
    lines = (FOLDER / "Dockerfile").read_text("utf-8").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    return [(word, rest) for word, rest in steps]


def values(steps: Steps, word: str) -> list[str]:
    return [rest for name, rest in steps if name == word]


def test_the_compose_file_fits_the_dockerfile() -> None:
    steps = read_steps()
    told = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    kept = set(values(steps, "VOLUME")[0].split())
    (port,) = values(steps, "EXPOSE")
    hall = told["services"]["hall"]
    build = hall["build"]
    assert (FOLDER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).exists()
    assert hall["ports"] == [f"{port}:{port}"]
    for service in told["services"].values():
        mounts = {volume.split(":")[0]: volume.split(":")[1] for volume in service["volumes"]}
        assert kept <= set(mounts.values()), "nothing is kept inside a container"
        named = {name for name in mounts if not name.startswith(".")}
        assert named == set(told["volumes"])
        assert all((FOLDER / name).exists() for name in mounts if name.startswith("."))
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


def do_step(chroot: Chroot, word: str, rest: str, context: Path) -> None:
    """What a builder does for one line."""
    if word == "COPY":
        pattern, target = rest.split()
        found = list(context.glob(pattern))
        assert found, f"COPY {pattern}: nothing there"
        for file in found:
            shutil.copy2(file, chroot.folder / target[1:])
    elif word == "RUN":
        chroot.do(rest, DEBIAN_FRONTEND="noninteractive")
    else:
        assert word in {"FROM", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


@pytest.mark.slow
def test_its_steps_make_a_hall_that_serves(
    debian: Callable[[str], AbstractContextManager[Chroot]],
    packages: Callable[[str], Packages],
    tmp_path: Path,
) -> None:
    steps = read_steps()
    assert values(steps, "FROM") == [f"debian:{CODENAMES['13']}-slim"]
    (tmp_path / "dist").mkdir()
    for file in packages("13").now.glob("huiyin-hall_*.deb"):
        shutil.copy2(file, tmp_path / "dist")
    with debian("13") as chroot:
        for word, rest in steps:
            do_step(chroot, word, rest, tmp_path)
        (user,) = values(steps, "USER")
        shift = (
            f"setpriv --reuid {user} --regid {user} --clear-groups env {values(steps, 'ENV')[0]}"
        )
        (command,) = values(steps, "CMD")
        port = free_port()
        words = shlex.join(json.loads(command)).replace(":8700", f":{port}")
        hall = subprocess.Popen(
            chroot.words(f"exec {shift} {words}"),
            env=chroot.environment(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(lambda: answers(port), "the hall never answered")
            check = shlex.join(json.loads(values(steps, "HEALTHCHECK")[0].removeprefix("CMD ")))
            chroot.do(f"{shift} {check} {port}")
            assert chroot.run(f"{shift} {check} {free_port()}").returncode != 0
            chroot.do(f"{shift} /usr/lib/huiyin-hall/backup && {shift} /usr/lib/huiyin-hall/prune")
            (kept,) = (chroot.folder / "var/backups/huiyin-hall").iterdir()
            assert (kept / "hall.db").exists()
            hall.send_signal(signal.SIGTERM)
            assert hall.wait(PATIENCE_S) == 0
        finally:
            hall.kill()
            hall.wait(PATIENCE_S)
        old_backups_go(chroot, shift)


def old_backups_go(chroot: Chroot, shift: str) -> None:
    """The newest stay, and whatever is no backup of a day."""
    folder = chroot.folder / "var/backups/huiyin-hall"
    days = [f"2026-01-{day:02}" for day in range(1, 21)]
    chroot.do(f"cd /var/backups/huiyin-hall && {shift} mkdir {' '.join(days)} before-the-move")
    chroot.do(f"{shift} /usr/lib/huiyin-hall/prune")
    left = sorted(path.name for path in folder.iterdir())
    assert left[:-2] == days[-13:], "fourteen, with today's"
    assert "before-the-move" in left


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).status_code == 200
    except httpx.TransportError:
        return False
