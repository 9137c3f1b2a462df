"""A machine in a folder on which the packages are installed: starts what its units start.

There is no systemd in a chroot: ExecStart, user, environment and folders are read from the unit and
its drop-ins and done by hand, as systemd would.
"""

import os
import shlex
import signal
import socket
import subprocess
from pathlib import Path

from tests.chroot import Chroot
from tests.journeys.stand import wait_until
from tests.manager import PATIENCE_S, Manager

UNITS = "usr/lib/systemd/system"


class Unit:
    """The settings of a unit, drop-ins included, in their order."""

    def __init__(self, root: Path, name: str) -> None:
        files = [root / UNITS / name, *sorted((root / UNITS / f"{name}.d").glob("*.conf"))]
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
        self.settings = [
            (key, value)
            for key, equals, value in (line.partition("=") for line in lines)
            if equals and not line_is_comment(key)
        ]
        self.root = root

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.settings if name == key]

    def one(self, key: str) -> str:
        return self.all(key)[-1]

    def environment(self) -> dict[str, str]:
        told = [word for line in self.all("Environment") for word in shlex.split(line)]
        for file in self.all("EnvironmentFile"):
            path = self.root / file.lstrip("-/")
            told += [line for line in path.read_text("utf-8").splitlines() if line[:1] not in "#"]
        return dict(word.split("=", 1) for word in told if "=" in word)


def line_is_comment(key: str) -> bool:
    return key.startswith(("#", ";"))


class Service:
    """A unit's main process and all it starts, and what it tells its manager."""

    def __init__(self, chroot: Chroot, name: str, before: str = "", **changes: str) -> None:
        unit = Unit(chroot.folder, name)
        user = unit.one("User")
        address = chroot.folder / f"run/notify-{name}"
        address.unlink(missing_ok=True)
        self.manager = Manager(str(address))
        address.chmod(0o666)
        told = {**unit.environment(), **changes}
        told |= {"NOTIFY_SOCKET": f"/run/{address.name}", "WATCHDOG_USEC": "3000000"}
        for folder in unit.all("RuntimeDirectory"):
            chroot.do(f"install -d -m 700 -o {user} -g {user} /run/{folder}")
        for command in unit.all("ExecStartPre"):
            assert command.startswith("+"), "as root"
            chroot.do(command[1:])
        groups = [user, *" ".join(unit.all("SupplementaryGroups")).split()]
        words = ["setpriv", "--reuid", user, "--regid", user, "--groups", ",".join(groups)]
        words += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
        words += [f"{key}={value}" for key, value in told.items()]
        words.insert(words.index("--inh-caps=-all") + 1, "env")
        start = unit.one("ExecStart")
        for key, value in told.items():
            start = start.replace(f"${{{key}}}", value)
        command = f"exec {before} {shlex.join(words)} {start}"
        self.said = chroot.folder / f"run/said-{name}"
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                chroot.words(command),
                env=chroot.environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def wait_ready(self) -> "Service":
        try:
            self.manager.wait("READY=1")
        except TimeoutError:
            raise AssertionError(self.said.read_text("utf-8")[-3000:]) from None
        return self

    def stop(self) -> int:
        """End the main process and all that it started, as systemd does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.manager.line.close()
        return status

    def kill(self) -> None:
        """For a test that ends in the middle."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait(PATIENCE_S)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_display(chroot: Chroot) -> tuple["subprocess.Popen[bytes]", str]:
    """An X server in memory, for the release whose kiosk is a client of one."""
    read, write = os.pipe()
    user = "setpriv --reuid huiyin-kiosk --regid huiyin-kiosk --clear-groups"
    server = subprocess.Popen(
        chroot.words(f"exec {user} Xvfb -displayfd {write} -nolisten tcp -screen 0 1280x800x24"),
        env=chroot.environment(),
        pass_fds=[write],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    return server, f":{number}"


def wait_file(path: Path) -> str:
    """What is in a file, once something is."""
    wait_until(lambda: path.exists() and path.stat().st_size > 0, f"{path} never came")
    return path.read_text("utf-8").strip()
