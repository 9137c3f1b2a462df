"""Debian releases in folders: bootstrapped once a session, copied for each test that wants one.

Where packages come from is taken over from this machine: settings of apt and pip, certificates.
"""

import fcntl
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.walls.house import ROOT, walk

BASE = "python3,git,ca-certificates"
TAKEN_OVER = ("PIP_", "UV_", "SSL_CERT_", "REQUESTS_CA_", "http_proxy", "https_proxy", "no_proxy")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STEP_S = 900  # liveness only

# A mount namespace of its own: whatever ends the command, nothing stays mounted.
ENTER = """
mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" &&
exec chroot "$1" sh -c "$2"
"""

# A chroot is thrown away: its packages need not be on the disk, nor their manuals.
QUICK = """force-unsafe-io
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/huiyin-*
"""


class Chroot:
    """A machine in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def words(self, command: str) -> list[str]:
        """What is started outside to run a shell command inside."""
        return ["unshare", "--mount", "sh", "-c", ENTER, "sh", str(self.folder), command]

    def environment(self, **more: str) -> dict[str, str]:
        """The little that a process inside inherits."""
        taken = {k: v for k, v in os.environ.items() if k.startswith(TAKEN_OVER)}
        return {**taken, "PATH": PATHS, "HOME": "/root", "LANG": "C.UTF-8", **more}

    def run(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command inside, to its end."""
        return subprocess.run(
            self.words(command),
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_S,
            check=False,
        )

    def do(self, command: str, **more: str) -> str:
        """Run a shell command that must succeed; returns what it printed."""
        ran = self.run(command, **more)
        assert ran.returncode == 0, f"{command}\n{ran.stdout[-2000:]}{ran.stderr[-4000:]}"
        return ran.stdout

    def install(self, *packages: str) -> str:
        """Install packages, by name or file."""
        install = "apt-get install -q -y --no-install-recommends"
        told = f"apt-get update -q >/dev/null && {install} {' '.join(packages)}"
        return self.do(told, DEBIAN_FRONTEND="noninteractive")

    def copy_house(self, place: str) -> None:
        """The repository as it stands, without what is generated."""
        for path in walk(ROOT):
            target = self.folder / place / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def release_of_this_machine() -> str:
    """Its code name."""
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def mirror_of_this_machine() -> str:
    """Where its own packages come from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return next((line for line in told if "security" not in line), "")


def take_over_settings(folder: Path, release: str) -> None:
    """Network, certificates and package indexes as on this machine."""
    lists = folder / "etc/apt/sources.list"
    theirs = lists.read_text("utf-8") if lists.exists() else ""
    shutil.rmtree(folder / "etc/apt")
    shutil.copytree("/etc/apt", folder / "etc/apt", symlinks=True)
    if release != release_of_this_machine():
        shutil.rmtree(folder / "etc/apt/sources.list.d", ignore_errors=True)
        lists.write_text(theirs, "utf-8")
    shutil.copytree("/usr/share/keyrings", folder / "usr/share/keyrings", dirs_exist_ok=True)
    for name in ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", str(CERTIFICATES)):
        if Path(name).exists():
            shutil.copyfile(name, folder / name[1:])
    quick = folder / "etc/dpkg/dpkg.cfg.d/quick"
    quick.parent.mkdir(parents=True, exist_ok=True)
    quick.write_text(QUICK, "utf-8")


class Workshop:
    """A folder that the test processes of a session share; what is made in it is made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def once(self, name: str) -> Iterator[Path | None]:
        """Hold a name alone: the folder to make if nobody has made it, else None."""
        place = self.folder / name
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if place.exists():
                yield None
                return
            fresh = self.folder / f"{name}.part"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            yield fresh
            fresh.rename(place)

    def bootstrap(self, release: str) -> Path:
        """The smallest system of a release that has Python and git."""
        with self.once(release) as fresh:
            if fresh is not None:
                make = ["debootstrap", "--variant=minbase", f"--include={BASE}", release]
                made = subprocess.run(
                    [*make, str(fresh), mirror_of_this_machine()],
                    capture_output=True,
                    text=True,
                    timeout=STEP_S,
                    check=False,
                )
                assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
                take_over_settings(fresh, release)
        return self.folder / release

    @contextmanager
    def chroot(self, release: str) -> Iterator[Chroot]:
        """A copy of a release, for one user; gone afterwards."""
        require_root()
        folder = self.folder / f"{release}-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        copy = ["cp", "-a", "--reflink=auto", str(self.bootstrap(release)), str(folder)]
        subprocess.run(copy, check=True)
        try:
            yield Chroot(folder)
        finally:
            shutil.rmtree(folder)


def require_root() -> None:
    """Skip where no chroot can be made, and say why."""
    if os.geteuid() != 0:
        pytest.skip("a chroot needs root")
    if not shutil.which("debootstrap") or not shutil.which("apt-get"):
        pytest.skip("debootstrap is not installed, or this is no Debian or Ubuntu")


@contextmanager
def open_workshop(factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """The session's workshop; the last process to leave it clears it away."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "workshop"
    folder.mkdir(exist_ok=True)
    with folder.with_suffix(".users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield Workshop(folder)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        shutil.rmtree(folder)
