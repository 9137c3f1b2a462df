"""Both commands work from nothing: a new system with a shell, git and Python, in a chroot.

Where packages come from is taken over from this machine: settings of apt and pip, certificates.
"""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walls.house import ROOT, walk

BASE = "python3,git,ca-certificates"
TAKEN_OVER = ("PIP_", "UV_", "SSL_CERT_", "REQUESTS_CA_", "http_proxy", "https_proxy", "no_proxy")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
STEP_S = 900  # liveness only

# A mount namespace of its own: whatever ends the command, nothing stays mounted.
ENTER = """
mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" &&
exec chroot "$1" sh -c "cd /huiyin && $2"
"""


class Fresh:
    """A machine in a folder, with the repository at /huiyin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        taken = {k: v for k, v in os.environ.items() if k.startswith(TAKEN_OVER)}
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = {**taken, "PATH": path, "HOME": "/root", "CI": "true", **more}
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", ENTER, "sh", str(self.folder), command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_S,
            check=False,
        )


def mirror_of_this_machine() -> str:
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return next((line for line in told if "security" not in line), "")


def take_over_settings(folder: Path) -> None:
    shutil.rmtree(folder / "etc/apt")
    shutil.copytree("/etc/apt", folder / "etc/apt", symlinks=True)
    shutil.copytree("/usr/share/keyrings", folder / "usr/share/keyrings", dirs_exist_ok=True)
    for name in ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", str(CERTIFICATES)):
        if Path(name).exists():
            shutil.copyfile(name, folder / name[1:])


def copy_house(target: Path) -> None:
    for path in walk(ROOT):
        place = target / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    if os.geteuid() != 0:
        pytest.skip("a chroot needs root")
    if not shutil.which("debootstrap") or not shutil.which("apt-get"):
        pytest.skip("debootstrap is not installed, or this is no Debian or Ubuntu")
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    folder = tmp_path_factory.mktemp("fresh")
    make = ["debootstrap", "--variant=minbase", f"--include={BASE}", release, str(folder)]
    made = subprocess.run(
        [*make, mirror_of_this_machine()],
        capture_output=True,
        text=True,
        timeout=STEP_S,
        check=False,
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    take_over_settings(folder)
    copy_house(folder / "huiyin")
    yield Fresh(folder)
    shutil.rmtree(folder)


@pytest.mark.slow
def test_both_commands_work_from_nothing(fresh: Fresh) -> None:
    day = "tests/days/short.csv"
    ran = fresh.run(f"./dev run --replay {day} --headless --json")
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    addresses, report = (json.loads(line) for line in ran.stdout.splitlines())
    assert {"hall", "desk", "desk_token", "panel", "data"} <= addresses.keys()
    assert report["report"]["ratings"] > 0
    for step in ("1/4", "2/4", "3/4", "4/4", "python3-venv", "libegl1", "Set up."):
        assert step in ran.stderr, f"set-up did not say {step}"

    tests = "tests/setup/test_qt.py tests/walls/test_imports.py"
    ran = fresh.run(f"./dev test {tests}")
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout

    again = fresh.run("./dev setup", LANG="zh_CN.UTF-8")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.slow
def test_a_step_that_fails_names_itself_and_the_remedy(fresh: Fresh) -> None:
    broken = "PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_NO_INDEX= PIP_RETRIES=0"
    ran = fresh.run(f"rm -rf .venv && env -u PIP_FIND_LINKS {broken} ./dev setup")
    assert ran.returncode == 1
    assert "PIP_INDEX_URL" in ran.stderr.splitlines()[-1]
