"""One machine with both packages of a release, its panel and its services by their units."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from kiosk.demo.day import compare
from tests.chroot import Chroot
from tests.journeys.stand import Panel, wait_until
from tests.manager import PATIENCE_S
from tests.packages.box import Service, free_port, start_display, wait_file
from tests.packages.conftest import Packages
from tests.packages.day import Day, open_desk

Make = Callable[[str], AbstractContextManager[Chroot]]

KIOSK, HALL = "huiyin-kiosk.service", "huiyin-hall.service"
DATA = "var/lib/huiyin-kiosk"

NOTHING: dict[str, Any] = {
    "invitations": 0,
    "ratings": 0,
    "not_rated": 0,
    "by_level": {},
    "reasons": {},
}
"""What a new hall reports."""


class Stand:
    """One machine with both packages, its panel, its services."""

    def __init__(self, chroot: Chroot, release: str) -> None:
        self.chroot = chroot
        self.release = release
        self.hall_port, self.desk_port = free_port(), free_port()
        self.services: list[Service] = []

    def start_hall(self) -> Service:
        listen = {"HUIYIN_LISTEN": f"127.0.0.1:{self.hall_port}"}
        self.services.append(Service(self.chroot, HALL, **listen))
        return self.services[-1].wait_ready()

    def start_kiosk(self, before: str = "") -> Service:
        """By its unit, under the compositor of its release, on a display in memory."""
        changes = {"WLR_BACKENDS": "headless"}
        if self.release == "12":
            changes = {"DISPLAY": self.display}
        self.services.append(Service(self.chroot, KIOSK, before, **changes))
        return self.services[-1].wait_ready()

    def open_day(self, path: Path, panel: Panel) -> Day:
        """A day to be played at this machine's window."""
        token = self.chroot.folder / DATA / "desk-token"
        return Day(path, panel, lambda: open_desk(self.desk_port, wait_file(token)))

    def report(self) -> dict[str, Any]:
        """The hall's own count."""
        told = self.chroot.do("huiyin-hall report --json")
        found: dict[str, Any] = json.loads(told)
        return found

    def wait_counted(self, day: Day) -> None:
        """What was played is counted at the hall, no more and no less."""
        total = day.tally.levels.total()
        wait_until(lambda: self.report()["ratings"] >= total, "the hall never counted all")
        wait_until(lambda: not compare(day.tally, NOTHING, self.report()), "the hall miscounts")
        self.chroot.do("huiyin-kiosk journal verify")
        self.chroot.do("huiyin-hall audit")

    def stop(self) -> None:
        for service in self.services:
            service.kill()
        self.services.clear()


@contextmanager
def stand(make: Make, release: str, files: Packages) -> Iterator[Stand]:
    """A machine with the packages of today installed."""
    with make(release) as chroot:
        made = Stand(chroot, release)
        for folder in (files.now, files.newer):
            shutil.copytree(folder, chroot.folder / "media" / folder.name)
        chroot.install("/media/now/*.deb", *(["xvfb"] if release == "12" else []))
        server = None
        if release == "12":
            server, made.display = start_display(chroot)
        try:
            yield made
        finally:
            made.stop()
            if server is not None:
                server.kill()
                server.wait(PATIENCE_S)
