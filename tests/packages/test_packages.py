"""The packages on Debian 12 and 13: installed, set up from a file, found green, a day replayed and
counted, upgraded in the middle of a backlog, kept from going back, removed, purged; nothing lost.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.stand import Panel, wait_until
from tests.journeys.test_replay import HERE, SHARED, expect
from tests.packages.box import Unit
from tests.packages.conftest import NEWER, Packages
from tests.packages.machine import DATA, HALL, KIOSK, Make, Stand, stand

Build = Callable[[str], Packages]

LEDGER = "var/lib/huiyin-hall"
ENABLED = "etc/systemd/system/graphical.target.wants/huiyin-kiosk.service"
EXPOSURE = {KIOSK: 2.5, HALL: 1.5}

NOT_GREEN = {
    "sound": "fault",  # no card
    "screen": "unknown",  # none but the kiosk's own, in memory
    "disk_worn": "unknown",  # no disk that tells its wear
    "clock": "note",  # nobody sets it
    "index": "unknown",  # the kiosk that runs holds it
    "panel_untested": "note",  # waived: from a file nobody is there to press
}
"""What doctor may say in a chroot that is not ok."""

SHORT = HERE / "days/short.csv"
"""Silence, one asked again, a refusal and reasons, in six rows: played in real time."""

LONG = {"12": SHARED / "xilinhot-pilot.csv", "13": SHARED / "mixed-day.csv"}

# A visit as short as it can be, and time for a finger on a busy machine.
SETTINGS = """
[window]
asking_s = 8
chosen_s = 0.1
thanks_s = 0.1

[panel]
port = "/run/panel"
test = "waived"

[desk]
listen = "127.0.0.1:{port}"
"""


@pytest.mark.slow
@pytest.mark.parametrize("release", ["12", "13"])
def test_a_release(release: str, debian: Make, packages: Build) -> None:
    with stand(debian, release, packages(release)) as one:
        is_installed(one)
        units_are_sound(one)
        with Panel(one.chroot.folder / "run/panel") as panel:
            Path(panel.panel.path).chmod(0o666)
            it_is_set_up_from_a_file(one)
            doctor_is_green(one)
            a_replayed_day_is_counted(one)
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
        assert list_uncompiled(site) == [], "modules are compiled where they run"
        assert list(site.glob("*.pth")) == [], "what every start would read"
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
    python = "/usr/lib/huiyin-kiosk/bin/python3 -I"
    asks = "import PySide6.QtCore, shibokensupport.signature.loader as it; print(it.__cached__)"
    told = one.chroot.do(f"{python} -c '{asks}'")
    assert "/shiboken6/files.dir/" in told, "the bindings' own modules are files, and compiled"
    assert (folder / told.strip().removeprefix("/")).exists()
    asks = (
        "from kiosk import pack; print(pack.use(), len(pack.read(pack.FILE)[1]) > 100, pack.FILE)"
    )
    told = one.chroot.do(f"{python} -c '{asks}'").split()
    assert told[:2] == ["True", "True"], "what a start reads at once was made here, for here"
    assert one.chroot.do(f"stat -c '%U %a' {told[2]}").strip() == "root 644"
    one.chroot.do("huiyin-kiosk --help && huiyin-panel list && huiyin-hall --help")
    assert (folder / "etc/huiyin/hall.toml").exists()


def list_uncompiled(site: Path) -> list[str]:
    """The modules that each start would compile again, but for those of no Python of today."""
    found = []
    for path in site.rglob("*.py"):
        kept = list(path.parent.glob(f"__pycache__/{path.stem}.cpython-*.pyc"))
        if not kept and is_python(path):
            found.append(str(path.relative_to(site)))
        # Flags of 1: by the source's hash, and it is not looked at.
        assert all(file.read_bytes()[4:8] == b"\x01\0\0\0" for file in kept), path
    return found


def is_python(path: Path) -> bool:
    try:
        compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError):
        return False
    return True


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


def it_is_set_up_from_a_file(one: Stand) -> None:
    """From a code of the hall that runs by its unit, to a kiosk that runs by its own."""
    one.start_hall()
    code = json.loads(one.chroot.do("huiyin-hall enrol-code --window 3 --json"))["code"]
    hall = f'[hall]\naddress = "http://127.0.0.1:{one.hall_port}"\ncode = "{code}"\n'
    sheet = one.chroot.folder / "media/setup.toml"
    sheet.write_text(hall + SETTINGS.format(port=one.desk_port), "utf-8")
    told = one.chroot.do("huiyin-kiosk setup --from /media/setup.toml")
    code = (one.chroot.folder / DATA / "service-code").read_text("utf-8")
    assert f"{code[:4]} {code[4:]}" in told, "the label bears the technician's code"
    assert (one.chroot.folder / ENABLED).is_symlink(), "it starts with the machine"
    kiosk = one.start_kiosk()
    kiosk.manager.wait("WATCHDOG=1")


def examine(one: Stand) -> dict[str, dict[str, Any]]:
    """Doctor's checks, by name."""
    told = json.loads(one.chroot.run("huiyin-kiosk doctor --json").stdout)
    return {check["name"]: check for check in told["checks"]}


def has_backlog(one: Stand) -> bool:
    """Whether entries wait for the hall's receipt."""
    return bool(examine(one)["receipts"]["said"] != "the hall has all")


def doctor_is_green(one: Stand) -> None:
    checks = examine(one)
    assert len(checks) >= 27
    states = {name: check["state"] for name, check in checks.items() if check["state"] != "ok"}
    assert states.items() <= NOT_GREEN.items(), checks


def a_replayed_day_is_counted(one: Stand) -> None:
    """By the command everybody uses: the kiosk's package plays it, the hall's package counts it."""
    path = LONG[one.release] if LONG[one.release].exists() else SHORT
    shutil.copyfile(path, one.chroot.folder / "media/day.csv")
    demo = "huiyin-kiosk demo --headless --json --data /media/demo --replay /media/day.csv"
    _, answer = map(json.loads, one.chroot.do(demo).splitlines())
    expected = expect(path)
    assert {name: answer["report"][name] for name in expected} == expected
    one.chroot.do("huiyin-kiosk journal verify --data /media/demo/kiosk")
    one.chroot.do("huiyin-hall audit --data /media/demo/hall")


def it_is_upgraded_in_the_middle_of_a_backlog(one: Stand, panel: Panel) -> None:
    """A day at the window itself; the hall is gone for a part of it, then both are upgraded."""
    day = one.open_day(SHORT, panel)
    day.play(2)
    one.wait_counted(day)
    hall, kiosk = one.services
    hall.stop()
    day.play(2)
    kiosk.stop()
    one.services.clear()
    assert has_backlog(one)
    one.chroot.do("dpkg -i /media/newer/*.deb")
    assert f"{NEWER}+deb" in one.chroot.do("dpkg-query -W huiyin-kiosk huiyin-hall")
    one.start_hall()
    one.start_kiosk()
    day.play_rest()
    one.wait_counted(day)
    expected = expect(SHORT)
    report = one.report()
    assert {name: report[name] for name in expected} == expected
    wait_until(lambda: not has_backlog(one), "the hall never signed for all of it")
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
