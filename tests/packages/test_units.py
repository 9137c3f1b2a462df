"""The units as a package lays them out: little to reach from inside, and nobody logs in there."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chroot import STEP_S
from tests.walls.house import ROOT

UNITS = "usr/lib/systemd/system"
EXPOSURE = {"huiyin-kiosk.service": 2.5, "huiyin-hall.service": 1.5}
LAY = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from releases import PRODUCTS, RELEASES
from tree import lay_units
for product in PRODUCTS.values():
    home = Path(sys.argv[3], "usr/lib", product.name)
    home.mkdir(parents=True)
    lay_units(product, RELEASES[sys.argv[2]], Path(sys.argv[3]), home)
"""


@pytest.fixture(params=["12", "13"])
def laid(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The files of a release, both products' without their libraries."""
    words = [sys.executable, "-c", LAY, str(ROOT / "deploy/package"), request.param, str(tmp_path)]
    subprocess.run(words, check=True, timeout=STEP_S)
    return tmp_path


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("name", EXPOSURE)
def test_little_is_exposed(laid: Path, name: str) -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--root={laid}", name]
    told = subprocess.run(words, capture_output=True, text=True, timeout=STEP_S, check=False)
    (line,) = (line for line in told.stdout.splitlines() if "Overall exposure" in line)
    assert 0 < float(line.split(": ")[1].split()[0]) <= EXPOSURE[name], line


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    assert unit.read(path), path
    return unit


def test_nobody_is_asked_to_log_in_on_the_kiosks_screen(laid: Path) -> None:
    """Neither while it runs nor after it was stopped: its set-up has enabled it."""
    kiosk = read_unit(laid / UNITS / "huiyin-kiosk.service")
    wanted = f"/etc/systemd/system/{kiosk['Install']['WantedBy']}.wants/huiyin-kiosk.service"
    (drop,) = (laid / UNITS / "getty@tty1.service.d").iterdir()
    assert read_unit(drop)["Unit"]["ConditionPathExists"] == f"!{wanted}"
    for name in ("huiyin-kiosk", "huiyin-kiosk-fallback", "huiyin-setup"):
        unit = read_unit(laid / UNITS / f"{name}.service")
        assert "getty@tty1.service" in unit["Unit"]["Conflicts"].split()
