"""`./dev package [DIR]`: builds huiyin-kiosk and huiyin-hall as Debian packages, one a release.

Needs no root and no chroot: all libraries are wheels, fetched for the release's Python by their
pinned hashes. The same commit gives the same bytes (SOURCE_DATE_EPOCH, else the commit's time).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import control
import tree
from releases import MACHINES, PRODUCTS, RELEASES, Product, Release

EPOCH_MIN = 1_000_000_000
"""Debian takes an older moment for a mistake."""


def main() -> int:
    """Build what is asked for; prints a line for each package. 1 if something cannot be had."""
    options = parse()
    target = options.dir.resolve()
    target.mkdir(parents=True, exist_ok=True)
    for number in options.release or RELEASES:
        for name in options.product or PRODUCTS:
            try:
                made = build(PRODUCTS[name], RELEASES[number], options, target)
            except subprocess.CalledProcessError as error:
                named = Path(error.cmd[0]).name
                print(f"./dev package: {named} failed (the reason stands above)", file=sys.stderr)
                return 1
            except ValueError as error:
                print(f"./dev package: {error}", file=sys.stderr)
                return 1
            print(made)
    return 0


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev package", description="Debian packages / 安装包")
    parser.add_argument("dir", nargs="?", type=Path, default=tree.ROOT / "dist", metavar="DIR")
    parser.add_argument("--release", action="append", choices=sorted(RELEASES))
    parser.add_argument("--product", action="append", choices=sorted(PRODUCTS))
    parser.add_argument("--machine", choices=sorted(MACHINES), default=find_machine())
    parser.add_argument("--version", default=find_version(), help="another than pyproject.toml's")
    parser.add_argument("--fast", action="store_true", help="larger files, sooner: for tests")
    return parser.parse_args()


def build(product: Product, release: Release, options: argparse.Namespace, target: Path) -> Path:
    """Build one package; returns where it lies. Raises CalledProcessError, ValueError."""
    epoch = find_epoch()
    with tempfile.TemporaryDirectory(prefix="huiyin-package-") as folder:
        top = Path(folder) / "tree"
        tree.lay(product, release, options.machine, top)
        control.write_all(product, release, options.machine, options.version, epoch, top)
        tree.settle(top, epoch)
        version = control.version_of(release, options.version)
        made = target / f"{product.name}_{version}_{options.machine}.deb"
        pack = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1" if options.fast else "-z6"]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
        subprocess.run([*pack, "-b", top, made], check=True, stdout=sys.stderr, env=environment)
    return made


def find_version() -> str:
    """The house's version."""
    told = tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))
    return str(told["project"]["version"])


def find_machine() -> str:
    """This machine, as Debian calls it."""
    asked = ["dpkg", "--print-architecture"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def find_epoch() -> int:
    """Every file's moment: SOURCE_DATE_EPOCH, else the commit's, else the changelog's."""
    if told := os.environ.get("SOURCE_DATE_EPOCH", ""):
        return int(told)
    asked = ["git", "-C", tree.ROOT, "log", "-1", "--format=%ct"]
    ran = subprocess.run(asked, capture_output=True, text=True, check=False)
    if ran.returncode == 0 and ran.stdout.strip().isdecimal():
        return int(ran.stdout)
    return max(EPOCH_MIN, int((tree.ROOT / "CHANGELOG.md").stat().st_mtime))


if __name__ == "__main__":
    sys.exit(main())
