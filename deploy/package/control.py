"""What Debian wants to know of a package: control file, scripts, conffiles, documents."""

import gzip
import hashlib
import os
import re
from email.utils import formatdate
from pathlib import Path

import sbom
from releases import Product, Release
from tree import ROOT, list_lent

SCRIPTS = Path(__file__).with_name("scripts")
NOBODY = "Huiyin <huiyin@localhost.localdomain>"


def version_of(release: Release, version: str) -> str:
    """The package's version: one later Debian release is a later version."""
    return f"{version}+deb{release.number}"


def maintainer() -> str:
    """Who builds, as Debian's own tools ask for it."""
    name, mail = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
    return f"{name} <{mail}>" if name and mail else NOBODY


def list_depends(product: Product, release: Release, machine: str) -> str:
    """Python of this release, the system packages of deploy/system, the rest of the product."""
    low = release.python
    high = f"{low.split('.')[0]}.{int(low.split('.')[1]) + 1}"
    rows = (ROOT / "deploy/system").read_text("utf-8").splitlines()
    groups = [line.split()[:2] for line in rows if line and not line.startswith("#")]
    system = [package for group, package in groups if group in product.groups]
    return ", ".join(
        [
            f"python3 (>= {low}~)",
            f"python3 (<< {high})",
            f"libc6 (>= {release.glibc.replace('_', '.')})",
            *system,
            *product.depends.get(release.number, ()),
            *(package for package, _ in list_lent(product, machine).values()),
        ]
    )


def write_control(product: Product, release: Release, machine: str, version: str, top: Path) -> str:
    """The control file."""
    size = sum(path.lstat().st_size for path in top.rglob("*") if not path.is_dir())
    text = "\n".join(f" {line}" for line in product.text.splitlines())
    return f"""Package: {product.name}
Version: {version_of(release, version)}
Architecture: {machine}
Maintainer: {maintainer()}
Installed-Size: {size // 1024}
Depends: {list_depends(product, release, machine)}
Section: misc
Priority: optional
Description: {product.summary}
{text}
"""


def write_scripts(product: Product, version: str, control: Path) -> None:
    """The package's scripts, one text for both products and a part of each one's own."""
    for source in sorted((SCRIPTS / "all").iterdir()):
        text = source.read_text("utf-8")
        own = SCRIPTS / product.lock / source.name
        text = text.replace("# @OWN@\n", own.read_text("utf-8") if own.exists() else "")
        text = text.replace("@NAME@", product.name).replace("@VERSION@", version)
        text = text.replace("@UNITS@", " ".join(product.units))
        assert not re.search(r"@[A-Z]+@", text), f"{source}: a place is left open"
        (control / source.name).write_text(text, "utf-8")
        (control / source.name).chmod(0o755)


def write_documents(
    product: Product, release: Release, version: str, epoch: int, top: Path
) -> None:
    """Copyright, changes, bill of materials, lock, and why lintian is told to be quiet."""
    folder = top / "usr/share/doc" / product.name
    folder.mkdir(parents=True)
    site = top / f"usr/lib/{product.name}/lib/python{release.python}/site-packages"
    parts = sbom.list_parts(site)
    full = version_of(release, version)
    (folder / "copyright").write_text(sbom.write_copyright(parts, epoch), "utf-8")
    (folder / "sbom.cdx.json").write_text(sbom.write_sbom(product, full, parts, epoch), "utf-8")
    news = (ROOT / "CHANGELOG.md").read_bytes()
    (folder / "changelog.gz").write_bytes(gzip.compress(news, 9, mtime=0))
    entry = f"""{product.name} ({full}) stable; urgency=medium

  * Built for Debian {release.number}; what changed is in changelog.gz.

 -- {maintainer()}  {formatdate(epoch, usegmt=False, localtime=False)}
"""
    told = gzip.compress(entry.encode(), 9, mtime=0)
    (folder / "changelog.Debian.gz").write_bytes(told)
    lock = (ROOT / f"deploy/{product.lock}.txt").read_bytes()
    (folder / "lock.txt.gz").write_bytes(gzip.compress(lock, 9, mtime=0))
    quiet = top / "usr/share/lintian/overrides"
    quiet.mkdir(parents=True)
    text = (SCRIPTS / product.lock / "overrides").read_text("utf-8")
    (quiet / product.name).write_text(text, "utf-8")


def write_all(
    product: Product, release: Release, machine: str, version: str, epoch: int, top: Path
) -> None:
    """Documents into the tree, then DEBIAN/ beside it."""
    write_documents(product, release, version, epoch, top)
    control = top / "DEBIAN"
    told = write_control(product, release, machine, version, top)
    conffiles = sorted(p for p in (top / "etc").rglob("*") if p.is_file())
    sums = [
        f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(top)}\n"
        for path in sorted(top.rglob("*"))
        if path.is_file() and not path.is_symlink() and path not in conffiles
    ]
    control.mkdir()
    (control / "control").write_text(told, "utf-8")
    (control / "md5sums").write_text("".join(sums), "utf-8")
    if conffiles:
        lines = [f"/{path.relative_to(top)}\n" for path in conffiles]
        (control / "conffiles").write_text("".join(lines), "utf-8")
    write_scripts(product, version_of(release, version), control)
