"""The packages on Debian 12 and 13: installed, serving, upgraded in the middle of a backlog, kept
from going back, removed, purged; and not one rating lost on the way.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chroot import Chroot
from tests.journeys.stand import Panel, wait_until
from tests.manager import PATIENCE_S
from tests.packages.box import Service, Unit, free_port, start_display, wait_file
from tests.packages.conftest import NEWER, Packages

Make = Callable[[str], AbstractContextManager[Chroot]]
Build = Callable[[str], Packages]

KIOSK, HALL = "huiyin-kiosk.service", "huiyin-hall.service"
DATA, LEDGER = "var/lib/huiyin-kiosk", "var/lib/huiyin-hall"
ENABLED = "etc/systemd/system/graphical.target.wants/huiyin-kiosk.service"
CHROOT_LACKS = {"sound", "screen"}
EXPOSURE = {KIOSK: 2.5, HALL: 1.5}

# A visit as short as it can be.
SETTINGS = """
[window]
ask_reasons = "none"
chosen_s = 0.1
thanks_s = 0.1

[panel]
port = "/run/panel"
test = "waived"

[desk]
listen = "127.0.0.1:{port}"
"""


class Stand:
    """One machine with both packages, its panel, its services."""

    def __init__(self, chroot: Chroot, release: str) -> None:
        self.chroot = chroot
        self.release = release
        self.hall_port, self.desk_port = free_port(), free_port()
        self.services: list[Service] = []
        self.visits = 0
        self.pressed = {"1": 0, "2": 0, "3": 0}

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

    def visit(self, panel: Panel, key: str) -> None:
        """A clerk asks, a citizen answers."""
        self.visits += 1
        body = {"project_no": f"P{self.visits}", "service_no": "1"}
        token = wait_file(self.chroot.folder / DATA / "desk-token")
        url = f"http://127.0.0.1:{self.desk_port}/v1"
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(headers=headers, timeout=PATIENCE_S) as desk:
            wait_until(lambda: is_free(desk, url), "the desk never said free")
            asked = desk.post(f"{url}/invitations", json=body)
            assert asked.status_code == 201, asked.text
            place = f"{url}/invitations/{asked.json()['invitation']}"
            panel.do("press", key)
            wait_until(lambda: desk.get(place).json()["state"] == "rated", "never rated")
        self.pressed[key] += 1

    def report(self) -> dict[str, Any]:
        """The hall's own count."""
        told = self.chroot.do("huiyin-hall report --json")
        found: dict[str, Any] = json.loads(told)
        return found

    def wait_counted(self) -> None:
        """Everything that was pressed is counted at the hall, no more and no less."""
        total = sum(self.pressed.values())
        wait_until(lambda: self.report()["ratings"] >= total, "the hall never counted all")
        levels = self.report()["by_level"]
        found = {"1": levels["5"], "2": levels["4"], "3": levels["2"]}
        assert found == self.pressed
        self.chroot.do("huiyin-kiosk journal verify")
        self.chroot.do("huiyin-hall audit")

    def stop(self) -> None:
        for service in self.services:
            service.kill()
        self.services.clear()


def is_free(desk: httpx.Client, url: str) -> bool:
    try:
        return bool(desk.get(f"{url}/status").json()["state"] == "free")
    except httpx.TransportError:
        return False


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


@pytest.mark.slow
@pytest.mark.parametrize("release", ["12", "13"])
def test_a_release(release: str, debian: Make, packages: Build) -> None:
    with stand(debian, release, packages(release)) as one:
        is_installed(one)
        units_are_sound(one)
        with Panel(one.chroot.folder / "run/panel") as panel:
            Path(panel.panel.path).chmod(0o666)
            it_serves(one, panel)
            it_is_upgraded_in_the_middle_of_a_backlog(one, panel)
            going_back_is_refused(one)
            it_serves_without_any_network(one, panel)
        it_is_removed_and_purged(one)


def is_installed(one: Stand) -> None:
    folder = one.chroot.folder
    for name in ("huiyin-kiosk", "huiyin-hall"):
        told = one.chroot.do(f"getent passwd {name} && stat -c '%U %a' /var/lib/{name}")
        assert f"{name} 700" in told
        assert "nologin" in told
        site = next((folder / f"usr/lib/{name}/lib").glob("python3.*/site-packages"))
        assert list(site.rglob("*.pyc")), "modules are compiled where they run"
        bill = json.loads((folder / f"usr/share/doc/{name}/sbom.cdx.json").read_text("utf-8"))
        parts = {part["name"].lower() for part in bill["components"]}
        assert {"msgspec", "cryptography", "litestar"} <= parts
        assert len(parts) == len(list(site.glob("*.dist-info")))
    assert {"pyside6_essentials", "shiboken6"} <= parts | {
        part["name"].lower()
        for part in json.loads(
            (folder / "usr/share/doc/huiyin-kiosk/sbom.cdx.json").read_text("utf-8")
        )["components"]
    }
    one.chroot.do("huiyin-kiosk --help && huiyin-panel list && huiyin-hall --help")
    assert (folder / "etc/huiyin/hall.toml").exists()


def units_are_sound(one: Stand) -> None:
    """systemd finds nothing to say, and little to reach from inside."""
    names = one.chroot.do("cd /usr/lib/systemd/system && ls -d huiyin-*.service huiyin-*.timer")
    for name in names.split():
        assert (
            "network-online"
            not in (one.chroot.folder / "usr/lib/systemd/system" / name).read_text()
        )
    told = one.chroot.run(f"systemd-analyze verify {' '.join(names.split())} 2>&1")
    assert (told.returncode, told.stdout) == (0, "")
    for name, most in EXPOSURE.items():
        judged = one.chroot.do(f"systemd-analyze security --offline=true --no-pager {name}")
        line = next(line for line in judged.splitlines() if "Overall exposure" in line)
        assert float(line.split(": ")[1].split()[0]) <= most, line
    kiosk = Unit(one.chroot.folder, KIOSK)
    assert kiosk.one("NotifyAccess") == "all"
    assert "getty@tty1.service" in kiosk.one("Conflicts")


def it_serves(one: Stand, panel: Panel) -> None:
    """From the unit's own command to the hall's count."""
    one.start_hall()
    code = json.loads(one.chroot.do("huiyin-hall enrol-code --window 3 --json"))["code"]
    hall = f'[hall]\naddress = "http://127.0.0.1:{one.hall_port}"\ncode = "{code}"\n'
    sheet = one.chroot.folder / "media/setup.toml"
    sheet.write_text(hall + SETTINGS.format(port=one.desk_port), "utf-8")
    one.chroot.do("huiyin-kiosk setup --from /media/setup.toml")
    assert (one.chroot.folder / ENABLED).is_symlink(), "it starts with the machine"
    kiosk = one.start_kiosk()
    kiosk.manager.wait("WATCHDOG=1")
    for key in ("1", "2", "3"):
        one.visit(panel, key)
    one.wait_counted()
    told = json.loads(one.chroot.run("huiyin-kiosk doctor --json").stdout)
    faults = {check["name"]: check for check in told["checks"] if check["state"] == "fault"}
    assert faults.keys() <= CHROOT_LACKS, faults


def it_is_upgraded_in_the_middle_of_a_backlog(one: Stand, panel: Panel) -> None:
    hall, kiosk = one.services
    hall.stop()
    for key in ("1", "1", "3"):
        one.visit(panel, key)
    kiosk.stop()
    one.services.clear()
    one.chroot.do("dpkg -i /media/newer/*.deb")
    assert f"{NEWER}+deb" in one.chroot.do("dpkg-query -W huiyin-kiosk huiyin-hall")
    one.start_hall()
    one.start_kiosk()
    one.visit(panel, "2")
    one.wait_counted()
    one.services[0].stop()
    one.services[1].stop()
    one.services.clear()


def going_back_is_refused(one: Stand) -> None:
    for name in ("huiyin-kiosk", "huiyin-hall"):
        ran = one.chroot.run(f"dpkg -i /media/now/{name}_*.deb")
        assert ran.returncode != 0
        assert "going back is refused" in ran.stderr
        assert "不允许降级" in ran.stderr
    assert "0.1.0" not in one.chroot.do("dpkg-query -W huiyin-kiosk huiyin-hall")
    one.chroot.do("huiyin-kiosk journal verify && huiyin-hall audit")


def it_serves_without_any_network(one: Stand, panel: Panel) -> None:
    """Not even a loopback that is up: the screen stands, the watchdog is fed, a press counts."""
    text = SETTINGS.format(port=one.desk_port).replace("[window]", '[window]\nmode = "walk_up"')
    (one.chroot.folder / "etc/huiyin/kiosk.toml").write_text(text, "utf-8")
    before = count_ratings(one)
    kiosk = one.start_kiosk("unshare --net")
    kiosk.manager.wait("WATCHDOG=1")

    def press_until_heard() -> bool:
        panel.do("press", "1")
        return count_ratings(one) > before

    wait_until(press_until_heard, "a press without network was not recorded")
    kiosk.stop()
    one.services.clear()


def count_ratings(one: Stand) -> int:
    files = (one.chroot.folder / DATA / "journal").glob("*.ndjson")
    return sum(file.read_text("utf-8").count('"kind":"rating"') for file in files)


def it_is_removed_and_purged(one: Stand) -> None:
    """Removed, the data stay; purged, they go, but not what only this machine holds."""
    folder = one.chroot.folder
    one.chroot.do("dpkg-deb -e /media/newer/huiyin-kiosk_*.deb /media/control")
    one.chroot.do("dpkg --remove huiyin-kiosk huiyin-hall")
    for name in ("huiyin-kiosk", "huiyin-hall"):
        assert not (folder / f"usr/lib/{name}").exists(), "nothing of the program is left"
    assert list((folder / DATA / "journal").glob("*.ndjson"))
    assert (folder / LEDGER / "hall.db").exists()
    ran = one.chroot.run("dpkg --purge huiyin-kiosk huiyin-hall")
    assert ran.returncode == 0, ran.stderr
    assert "no receipt of the hall" in ran.stderr
    assert "尚未签收" in ran.stderr
    assert not (folder / DATA).exists()
    assert not (folder / LEDGER).exists()
    assert not (folder / "etc/huiyin").exists()
    (kept,) = (folder / "var/backups").glob("huiyin-kiosk-*")
    assert list((kept / "journal").glob("*.ndjson"))
    assert (kept / "key").exists(), "without its key nobody could deliver it"
    one.chroot.do(f"mv /var/backups/{kept.name} /{DATA}")
    ran = one.chroot.run("sh /media/control/postrm purge", HUIYIN_PURGE="force")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert not (folder / DATA).exists()
    assert not list((folder / "var/backups").glob("huiyin-kiosk-*"))
