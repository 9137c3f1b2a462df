"""Each kind of fault, raised for real as far as a test can, is found under its number."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.health import box as box_checks
from kiosk.health import store
from kiosk.health.panel import FEW, TOLD
from kiosk.health.terms import NUMBERS
from sync.journal import open_journal
from sync.records import Boot, Draft, Stray
from tests.kiosk.health.kit import BOOT, STAMP, Box

QUIET = {"hall_silent", "sound", "receipts"}
"""Faults of every box here: no hall answers it, there is no sound card, its entries are old."""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    line, device = os.openpty()
    yield Box(tmp_path, os.ttyname(device))
    os.close(line)
    os.close(device)


def find_faults(box: Box) -> set[str]:
    return {name for name, seen in box.examine().items() if seen.state == "fault"} - QUIET


def test_a_good_box_has_no_fault_and_every_number_is_looked_at(box: Box) -> None:
    seen = box.examine()
    assert set(seen) == set(NUMBERS)
    assert find_faults(box) == set()
    assert seen["hall_silent"].state == "fault"
    assert "refused" in seen["hall_silent"].english


def test_a_port_that_is_gone(box: Box) -> None:
    box.settings = '[panel]\nport = "/dev/no-such-port"\n'
    assert find_faults(box) == {"panel_lost"}
    box.settings = '[panel]\nport = "serial:none"\n'
    assert find_faults(box) == {"panel_lost"}
    box.settings = ""
    assert find_faults(box) == {"panel_lost"}


def test_a_panel_that_was_not_tested(box: Box) -> None:
    (box.data / "panel-test.json").unlink()
    assert find_faults(box) == {"panel_untested"}
    box.settings += 'test = "waived"\n'
    assert find_faults(box) == set()
    assert box.examine()["panel_untested"].state == "note"


@pytest.mark.parametrize("what", [*TOLD, "panel_lost", "clock_jump", "revoked", "store_failed"])
def test_what_the_running_kiosk_told(box: Box, what: str) -> None:
    box.raise_fault(what)
    assert find_faults(box) == {what}
    box.write([BOOT])
    assert find_faults(box) == set()


def test_a_key_that_never_came(box: Box) -> None:
    for key in ("1", "2"):
        box.write([Draft(Stray, {"key": key, "panel": "p", "why": "repeat"})] * FEW)
    assert find_faults(box) == {"key_silent"}
    said = box.examine()["key_silent"].english
    assert "key 3 never" in said
    assert "T" not in said  # no time of day: it would tell who answered what


def test_a_disk_that_cannot_be_written(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(store.tempfile, "NamedTemporaryFile", fail)
    assert find_faults(box) == {"store_failed"}


def test_a_disk_that_is_nearly_full(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LOW_BYTES", 10**18)
    assert find_faults(box) == {"disk_low"}


def test_a_worn_card(box: Box) -> None:
    told = box.root / "sys/block/mmcblk0/device/life_time"
    told.parent.mkdir(parents=True)
    told.write_text("0x01 0x02\n")
    assert box.examine()["disk_worn"].state == "ok"
    told.write_text("0x01 0x0b\n")
    assert find_faults(box) == {"disk_worn"}


def test_a_journal_that_was_altered(box: Box) -> None:
    box.write([BOOT])
    (file,) = (box.data / "journal").glob("?" * 32 + ".ndjson")
    file.write_bytes(file.read_bytes().replace(b'"clean":true', b'"clean":fals', 1))
    assert find_faults(box) == {"journal"}


def test_an_index_that_cannot_be_read(box: Box) -> None:
    index = box.data / "journal" / "index.db"
    whole = index.read_bytes()
    index.write_bytes(b"spoilt" * 1_000)
    assert find_faults(box) == {"index"}
    index.write_bytes(whole[:4_096] + b"\xff" * (len(whole) - 4_096))
    assert find_faults(box) == {"index"}
    seen = box.examine()["index"]
    assert "malformed" in seen.english, "and not locked by the look before"
    index.unlink()
    assert find_faults(box) == set()
    assert "none" in box.examine()["index"].english
    box.write([BOOT])
    assert box.examine()["index"].state == "ok"


def test_an_index_that_a_running_kiosk_holds(box: Box) -> None:
    journal = open_journal(box.data / "journal", box.identity.device, STAMP)
    seen = box.examine()["index"]
    journal.close()
    assert (seen.state, seen.english) == ("unknown", "held by the running kiosk")


def test_a_journal_that_is_gone(box: Box) -> None:
    shutil.rmtree(box.data / "journal")
    seen = box.examine()
    assert (seen["journal"].state, seen["index"].state) == ("unknown", "unknown")


def test_entries_that_wait_long_for_the_hall(box: Box) -> None:
    # The test's entries are of a day long ago.
    assert box.case().now.year >= 2026
    waiting = box.examine()["receipts"]
    assert waiting.state == "fault"
    assert "entries wait" in waiting.english


def test_a_box_that_was_never_set_up(box: Box) -> None:
    (box.data / "identity.json").unlink()
    assert find_faults(box) == {"unenrolled"}


def test_an_identity_that_cannot_be_read(box: Box) -> None:
    (box.data / "identity.json").write_text("{")
    assert find_faults(box) == {"unenrolled", "settings"}


def test_settings_that_mean_nothing(box: Box) -> None:
    box.settings += "[window]\nmode = 3\n"
    assert "settings" in find_faults(box)


def test_a_profile_that_is_not_there(box: Box) -> None:
    box.settings += 'model = "nobodys"\n'
    assert find_faults(box) == {"settings", "panel_untested"}
    assert box.examine()["key_silent"].state == "unknown"


def test_a_clock_that_is_behind_the_journal(box: Box) -> None:
    journal = next((box.data / "journal").glob("?" * 32 + ".ndjson"))
    journal.write_bytes(journal.read_bytes().replace(b"2026-01-02", b"2099-01-02"))
    assert "clock" in find_faults(box)


def test_a_display_that_is_not_connected(box: Box) -> None:
    port = box.root / "sys/class/drm/card0-HDMI-A-1/status"
    port.parent.mkdir(parents=True)
    port.write_text("connected\n")
    assert box.examine()["screen"].state == "ok"
    port.write_text("disconnected\n")
    assert find_faults(box) == {"screen"}


def test_sound_is_looked_at_unless_it_is_silent(
    box: Box, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    box.settings += '[sound]\nmode = "silent"\n'
    assert box.examine()["sound"].state == "note"
    box.settings = box.settings.replace("silent", "all")
    player = tmp_path / "bin" / "aplay"
    player.parent.mkdir()
    player.write_text("#!/bin/sh\n")
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(player.parent))
    assert "card" in box.examine()["sound"].english
    cards = box.root / box_checks.CARDS
    cards.parent.mkdir(parents=True)
    cards.write_text(" 0 [Headphones ]: bcm2835\n")
    heard = box.examine()["sound"]
    assert heard.state == "note"
    assert {"voice missing: bo", "voice missing: mn"} <= set(heard.english.split("; "))


def test_fonts_that_are_missing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.screen.fonts.list_missing", lambda: {"bo": ("Noto Serif Tibetan",)})
    assert find_faults(box) == {"fonts"}


def test_a_version_that_was_not_started_yet(box: Box) -> None:
    box.write([Draft(Boot, {"software": "0.0.1", "clean": True})])
    assert box.examine()["version"].state == "note"


def test_a_unit_that_is_not_enabled(box: Box) -> None:
    unit = box.root / "usr/lib/systemd/system" / box_checks.UNIT
    unit.parent.mkdir(parents=True)
    unit.touch()
    assert find_faults(box) == {"units"}
    wanted = box.root / box_checks.WANTED / "multi-user.target.wants" / box_checks.UNIT
    wanted.parent.mkdir(parents=True)
    wanted.symlink_to(unit)
    assert find_faults(box) == set()


def test_levels_that_show(box: Box) -> None:
    box.settings += '[window]\nask_reasons = "bad"\n'
    assert find_faults(box) == {"levels_shown"}


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
def test_the_command_tells_a_line_each_and_what_to_do(box: Box, language: str) -> None:
    box.case()
    command = [sys.executable, "-m", "kiosk", "doctor", "--data", str(box.data)]
    command += ["--config", str(box.config)]
    env = {**os.environ, "LANG": language}
    told = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert told.returncode == 1, told.stderr
    assert told.stderr == ""
    lines = [line for line in told.stdout.splitlines() if line[:2].isdecimal()]
    assert [int(line[:2]) for line in lines] == sorted(NUMBERS.values())
    assert told.stdout.count("→") >= 1
    asked = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    body = json.loads(asked.stdout)
    assert body["ok"] is False
    assert {one["number"] for one in body["checks"]} == set(NUMBERS.values())
    assert all(one["remedy"] for one in body["checks"] if one["state"] == "fault")
