"""Lays out what a package holds: its own Python environment, our code, units and commands."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import embed
from releases import FLOOR, LENT, MACHINES, Product, Release

ROOT = Path(__file__).resolve().parents[2]
KEPT_QT = Path(__file__).with_name("qt.keep")
NOT_OURS = shutil.ignore_patterns("__pycache__", "*.pyc")

# What an installer leaves behind, and what nobody runs from a package.
LITTER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock", "uv_cache.json")
UNUSED = ("bin", "pip", "pip-*.dist-info", "include", "share")


def lay(product: Product, release: Release, machine: str, top: Path) -> None:
    """Make the tree of a package under `top`. Raises CalledProcessError where the index fails,
    ValueError for a library that is not as it was.
    """
    home = top / "usr/lib" / product.name
    site = home / f"lib/python{release.python}/site-packages"
    site.mkdir(parents=True)
    fetch(product, release, machine, site)
    prune(site)
    embed.lay_out(site)
    for room in product.rooms:
        shutil.copytree(ROOT / room, site / room, ignore=NOT_OURS)
    for left_out in product.left_out:
        shutil.rmtree(site / left_out)
    make_environment(home, release)
    make_commands(product, top, home)
    lay_units(product, release, top, home)


def fetch(product: Product, release: Release, machine: str, site: Path) -> None:
    """Unpack the locked wheels, each held against its hash; nothing is compiled or run."""
    libc = f"{MACHINES[machine]}-manylinux_{release.glibc}"
    common = [
        *(ROOT / ".venv/bin/uv", "pip", "install", "-q", "--no-deps", "--no-config"),
        *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"),
        *("--python", ROOT / ".venv/bin/python", "--python-version", release.python),
        *("--python-platform", libc, "--target", site),
    ]
    pins = read_lock(product.lock)
    for wheel, (_, module) in list_lent(product, machine).items():
        del pins[wheel]
        (site / module).symlink_to(f"/usr/lib/python3/dist-packages/{module}")
    if (release.number, machine) in FLOOR and "pyside6-essentials" in pins:
        pins |= read_lock("floor")
    told = "\n".join(pins.values())
    subprocess.run([*common, "-r", "-"], input=told, text=True, check=True)


def read_lock(name: str) -> dict[str, str]:
    """The blocks of a lock, each under its package's name."""
    text = (ROOT / f"deploy/{name}.txt").read_text("utf-8")
    return {block.partition("==")[0]: block for block in re.split(r"\n(?=\w)", text.strip())}


def list_lent(product: Product, machine: str) -> dict[str, tuple[str, str]]:
    """What of a product's lock the system lends on this machine."""
    pins = read_lock(product.lock)
    return {wheel: lent for wheel, lent in LENT.get(machine, {}).items() if wheel in pins}


def prune(site: Path) -> None:
    """Remove what no command of ours reaches: most of Qt, installers, their traces."""
    for pattern in UNUSED:
        for path in site.glob(pattern):
            shutil.rmtree(path)
    for name in LITTER:
        for path in [site / name, *site.glob(f"*.dist-info/{name}")]:
            path.unlink(missing_ok=True)
    qt = site / "PySide6"
    if qt.is_dir():
        kept = set(find_kept(qt))
        for path in sorted(qt.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in kept:
                path.unlink()


def find_kept(qt: Path) -> Iterator[Path]:
    """The files of Qt that qt.keep names."""
    for line in KEPT_QT.read_text("utf-8").splitlines():
        pattern = line.partition("#")[0].strip()
        if pattern:
            yield from qt.glob(pattern)


def make_environment(home: Path, release: Release) -> None:
    """A virtual environment as Python's own module makes it, with the system's interpreter."""
    (home / "bin").mkdir()
    (home / "bin/python3").symlink_to(f"/usr/bin/python{release.python}")
    told = f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {release.python}\n"
    (home / "pyvenv.cfg").write_text(told, "utf-8")


def make_commands(product: Product, top: Path, home: Path) -> None:
    """/usr/bin/huiyin-…, which look neither at PYTHONPATH nor at the folder they stand in."""
    place = top / "usr/bin"
    place.mkdir(parents=True)
    for name, module in product.commands.items():
        python = f"/usr/lib/{home.name}/bin/python3"
        (place / name).write_text(f'#!/bin/sh\nexec {python} -I -m {module} "$@"\n', "utf-8")


def lay_units(product: Product, release: Release, top: Path, home: Path) -> None:
    """Units, users, folders, rules and settings to the places where the system looks for them."""
    room = ROOT / "deploy/units" / product.lock
    name = product.name
    for source in sorted(room.iterdir()) + sorted(room.glob(f"{release.number}/*")):
        places = {
            ".service": "usr/lib/systemd/system",
            ".timer": "usr/lib/systemd/system",
            ".rules": "usr/lib/udev/rules.d",
            ".toml": "etc/huiyin",
        }
        targets = {
            ".sysusers": f"usr/lib/sysusers.d/{name}.conf",
            ".tmpfiles": f"usr/lib/tmpfiles.d/{name}.conf",
            ".default": f"etc/default/{name}",
        }
        drops = {
            "getty.conf": ("getty@tty1.service.d/huiyin-kiosk.conf",),
            "screen.conf": (
                "huiyin-kiosk.service.d/screen.conf",
                "huiyin-setup.service.d/screen.conf",
            ),
        }
        if source.is_dir():
            continue
        if source.suffix in places:
            found = [top / places[source.suffix] / source.name]
        elif source.suffix in targets:
            found = [top / targets[source.suffix]]
        elif source.name in drops:
            found = [top / "usr/lib/systemd/system" / drop for drop in drops[source.name]]
        else:
            found = [home / source.name]
        for target in found:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def settle(top: Path, epoch: int) -> None:
    """One owner's modes and one moment, whatever machine and umask this was laid out under."""
    for path in sorted(top.rglob("*")):
        if path.is_symlink():
            os.utime(path, (epoch, epoch), follow_symlinks=False)
            continue
        os.chmod(path, 0o755 if path.is_dir() or is_command(path) else 0o644)
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            os.utime(path, (epoch, epoch))
    os.chmod(top, 0o755)


def is_command(path: Path) -> bool:
    """Whether a file is started by name: by its first bytes, outside the libraries."""
    if "site-packages" in path.parts:
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"
