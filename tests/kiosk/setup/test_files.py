"""Settings that stand: whatever they look like, only what was asked is another."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kiosk.settings import load_settings
from kiosk.setup.files import RULE, merge
from tests.hall.server import Server
from tests.journeys.stand import ROOT
from tests.kiosk.setup.kit import at_desk, config_of, identity_of, run_setup


def test_other_lines_of_the_settings_stay_whatever_they_look_like(
    box: Path, hall: Server, sheet: Path
) -> None:
    config = config_of(box)
    config.parent.mkdir(parents=True)
    real = config.with_name("real.toml")
    real.write_bytes(b"# a\r\n[window]\r\nmode = 'walk_up' # b\r\n")
    real.chmod(0o640)
    config.symlink_to(real.name)
    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code()}"\n'
        '[panel]\nport = "serial:A1"\n[clerks.7]\nname = "甲"\n'
    )
    done = run_setup(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert config.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"# a\r\n[window]\r\nmode = 'walk_up' # b\r\n")
    settings = load_settings(config)
    assert (settings.panel.port, settings.window.mode) == ("serial:A1", "walk_up")
    assert settings.clerks["7"].name == "甲"
    assert run_setup(box, "--from", str(sheet)).returncode == 0
    assert load_settings(config) == settings


def test_what_was_copied_to_a_new_card_starts_with_the_machine(
    box: Path, hall: Server, sheet: Path
) -> None:
    """The steps of docs/en/card.md."""
    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code()}"\n'
        '[panel]\nport = "serial:A1"\n'
    )
    assert run_setup(box, "--from", str(sheet)).returncode == 0
    card = box.with_name("card")
    for folder in ("data", "etc/huiyin"):
        shutil.copytree(box / folder, card / folder)
    unit = card / "usr/lib/systemd/system/huiyin-kiosk.service"
    unit.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "deploy/units/kiosk/huiyin-kiosk.service", unit)
    with at_desk(card, "--only", "language") as desk:
        desk.choose("Language of the screen")
        assert desk.finish() == 0, desk.told
    assert identity_of(card) == identity_of(box)
    assert config_of(card).read_bytes() == config_of(box).read_bytes()
    assert 'ATTRS{serial}=="A1"' in (card / RULE).read_text("utf-8")
    wanted = card / "etc/systemd/system/graphical.target.wants/huiyin-kiosk.service"
    assert wanted.is_symlink() is (shutil.which("systemctl") is not None)


STYLES = [
    "",
    "[panel]\nport = 'x'  # here\n",
    "panel = { port = 'x' }\n",
    "panel.port = 'x'\nwindow.mode = 'walk_up'\n",
    "[window]\nmode = 'walk_up'\n[panel]\nport = 'x'\n[clerks.7]\nname = 'a'\n[sound]\n",
    "[clerks.7]\nname = 'a'\n\n[panel]\n# only a comment\n\n[clerks.8]\nname = 'b'\n",
    "# nothing but this",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "changes",
    [
        {("panel", "port"): "serial:A1"},
        {("panel", "port"): "y", ("window", "language"): "en", ("screen", "size"): "640x480"},
        {("clerks", "7"): {"name": "c"}},
    ],
)
def test_changes_go_into_files_of_any_style(
    style: str, changes: dict[tuple[str, str], Any]
) -> None:
    wanted: dict[str, Any] = tomllib.loads(style)
    for (section, key), value in changes.items():
        wanted.setdefault(section, {})[key] = value
    merged = merge(style, changes)
    assert tomllib.loads(merged) == wanted
    assert merge(style, {}) == style
    kept = [line for line in style.splitlines() if "#" in line and "port" not in line]
    assert [line for line in merged.splitlines() if line in kept] == kept
