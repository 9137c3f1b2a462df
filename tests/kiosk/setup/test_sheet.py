"""A set-up from a file: nobody is asked, one device a file, and one line where it cannot be."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.__main__ import main
from tests.hall.server import Server
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT
from tests.kiosk.setup.kit import (
    Panel,
    check_one_line,
    config_of,
    identity_of,
    list_files,
    make_grant,
    run_setup,
)

USED_UP = "another device used it; ask for a new one (code-expired)"
WRONG_USAGE = [
    ("--only", "colour"),
    ("--wait", "x"),
    ("--wait", "0"),
    ("--from",),
    ("--wat",),
    ("--json",),
    ("--headless",),
    ("--from", "x", "--screen"),
    ("--from", "x", "--only", "panel"),
]
EXAMPLE = ROOT / "deploy" / "examples" / "setup.toml"


def test_a_file_sets_a_box_up(box: Path, hall: Server, sheet: Path) -> None:
    code = hall.make_code("9").lower()
    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{code}"\nwindow = "9"\n'
        '[window]\nmode = "walk_up"\nlanguage = "en"\n[panel]\nport = "/dev/ttyUSB9"\n'
        'test = "waived"\n[desk]\norigins = ["https://a.example"]\n'
    )
    check = run_setup(box, "--from", str(sheet), "--check")
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")
    assert list_files(box) == set()
    done = run_setup(box, "--from", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    identity = identity_of(box)
    assert identity is not None
    assert (said["window"], said["tested"], said["marked"]) == ("9", True, True)
    assert identity["device"] == said["device"]
    code = (box / "data" / "service-code").read_text("utf-8")
    assert f"{code[:4]} {code[4:]}" in said["label"], "the technician finds it inside the lid"
    text = config_of(box).read_text("utf-8")
    for line in ('mode = "walk_up"', 'test = "waived"', 'origins = ["https://a.example"]'):
        assert line in text
    assert sheet.with_name("setup.toml.used").read_text() == f"{said['device']}\n"
    again = run_setup(box, "--from", str(sheet))
    assert again.returncode == 0, again.stderr
    assert config_of(box).read_text("utf-8") == text
    assert f"{code[:4]} {code[4:]}" in again.stdout, "the label that sticks stays true"


def test_a_file_is_good_for_one_device(box: Path, hall: Server, sheet: Path) -> None:
    grant = sheet.with_name("grant.json")
    grant.write_text(make_grant(hall))
    sheet.write_text('[hall]\ngrant = "grant.json"\n[panel]\nport = "/dev/ttyUSB9"\n')
    first = run_setup(box, "--from", str(sheet), "--json")
    assert first.returncode == 0, first.stderr
    device = json.loads(first.stdout)["device"]
    other = box.parent / "other"
    other.mkdir()
    check_one_line(run_setup(other, "--from", str(sheet)), f"device {device} has used it")
    check_one_line(
        run_setup(other, "--from", str(sheet), "--check"), f"device {device} has used it"
    )
    assert list_files(other) == set()
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run_setup(other, "--from", str(sheet)), USED_UP)
    assert list_files(other) == {"data/key"}
    code = hall.make_code()
    sheet.write_text(f'[hall]\naddress = "{hall.address}"\ncode = "{code}"\n[panel]\nport="/d"\n')
    assert run_setup(box, "--from", str(sheet)).returncode == 0
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run_setup(other, "--from", str(sheet)), USED_UP)


def test_a_grant_does_where_no_hall_answers(box: Path, hall: Server, sheet: Path) -> None:
    grant = json.loads(make_grant(hall, "3", "http://127.0.0.1:9"))
    sheet.with_name("g.json").write_text(json.dumps(grant))
    sheet.write_text('[hall]\ngrant = "g.json"\n[panel]\nport = "/dev/ttyUSB9"\n')
    done = run_setup(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "the grant is presented when the hall answers" in done.stdout
    assert "Window 3" in done.stdout
    sheet.with_name("g.json").write_text(json.dumps(grant | {"window": "4"}))
    other = box.parent / "other"
    other.mkdir()
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run_setup(other, "--from", str(sheet)), "signature")
    assert list_files(other) <= {"data/key"}


def test_a_grant_inside_the_file(box: Path, hall: Server, sheet: Path) -> None:
    grant = json.loads(make_grant(hall, "12"))
    lines = "\n".join(f'{name} = "{value}"' for name, value in grant.items())
    sheet.write_text(
        f'[panel]\nport = "/dev/ttyUSB9"\n[hall]\nwindow = "12"\n[hall.grant]\n{lines}'
    )
    done = run_setup(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "the panel is not tested" in done.stdout
    assert "Window 12" in done.stdout
    sheet.write_text(sheet.read_text().replace('window = "12"', 'window = "13"', 1))
    check_one_line(run_setup(box, "--from", str(sheet)), "hall.window: 13, but the grant is for 12")


def test_an_empty_port_is_none_and_the_one_that_stands_stays(
    box: Path, hall: Server, sheet: Path
) -> None:
    known = f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code()}"\n'
    sheet.write_text(f'{known}[panel]\nport = "serial:A1"\n[screen]\nsize = "800x480"\n')
    assert run_setup(box, "--from", str(sheet)).returncode == 0
    sheet.write_text(f'{known}[panel]\nport = ""\n[screen]\nsize = ""\n')
    done = run_setup(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    text = config_of(box).read_text("utf-8")
    assert 'port = "serial:A1"' in text
    assert 'size = ""' in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= 1", "setup.toml: Invalid"),
        ("hall = 1", "hall must be a table"),
        ("[hall]\ncolour = 1", "hall.colour: unknown; allowed: address, code, grant"),
        ("[hall]\ncode = 7", "hall: Expected `str`"),
        ('[hall]\nfingerprint = "ab"', "64 hex digits"),
        ('[hall]\ngrant = "g"\ncode = "ABCDEFGH"', "grant or code, not both"),
        ('[hall]\ngrant = "none.json"', "No such file"),
        ("[hall.grant]\nhall = 'x'", "not a grant: window, address"),
        ("[window]\nmode = 'never'", "window.mode"),
        ("[colour]\nx = 1", "colour is not a setting"),
        ("panel = 1", "panel"),
        ("[panel]\nmodel = 'nobody-9'", "nobody-9"),
        ("", "missing"),
        ("[panel]\nport = '/dev/x'", "missing"),
        ("[hall]\naddress = 'http://127.0.0.1:9'\ncode = 'ABCDEFGH'", "[panel] port"),
    ],
)
def test_files_that_are_none(
    box: Path, sheet: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.write_text(text)
    where = ["--root", str(box), "--data", str(box / "data")]
    for more in ((), ("--check",)):
        assert main(["setup", *where, "--from", str(sheet), *more]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert len(told.err.splitlines()) == 1
        assert said in told.err
    assert list_files(box) == set()


def test_a_file_that_is_too_long_or_no_text(box: Path, sheet: Path) -> None:
    sheet.write_bytes(b"#" * 70_000)
    check_one_line(run_setup(box, "--from", str(sheet)), "at most 65536 bytes")
    sheet.write_bytes(b"\xff")
    check_one_line(run_setup(box, "--from", str(sheet)), "setup.toml: ")
    check_one_line(run_setup(box, "--from", str(sheet.with_name("none"))), "No such file")


def test_what_the_hall_refuses_is_one_line_and_nothing_is_written(
    box: Path, hall: Server, sheet: Path
) -> None:
    panel = '[panel]\nport = "/dev/ttyUSB9"\n'
    for address, code, said in (
        (hall.address, "ZZZZZZZZ", "[hall] code or grant: the code is not right (code-wrong)"),
        (
            "http://127.0.0.1:9",
            "ZZZZZZZZ",
            "[hall] address, code or grant: the hall does not answer (unreachable: [Errno 111]",
        ),
    ):
        sheet.write_text(f'{panel}[hall]\naddress = "{address}"\ncode = "{code}"\n')
        check_one_line(run_setup(box, "--from", str(sheet)), said)
    sheet.write_text(
        f'{panel}[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code("2")}"\nwindow = "1"\n'
    )
    check_one_line(run_setup(box, "--from", str(sheet)), "hall.window: 1, but the hall says 2")
    assert list_files(box) <= {"data/key"}
    assert not sheet.with_name("setup.toml.used").exists()


def test_settings_that_stand_and_are_wrong_are_left_alone(box: Path, sheet: Path) -> None:
    config = config_of(box)
    config.parent.mkdir(parents=True)
    config.write_text("[window]\ncolour = 1\n")
    check_one_line(run_setup(box), "window.colour is not a setting")
    assert config.read_text() == "[window]\ncolour = 1\n"


def test_where_nothing_can_be_written_nothing_is_asked(box: Path, hall: Server) -> None:
    config = "/proc/huiyin/kiosk.toml"
    check_one_line(run_setup(box, "--config", config), "/proc/huiyin")
    assert list_files(box) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_read_only_etc_is_told_before_anybody_is_asked(box: Path) -> None:
    (box / "etc").mkdir()
    mount = f"mount -t tmpfs -o ro none {box / 'etc'}"
    words = " ".join([*KIOSK, "setup", "--root", str(box), "--data", str(box / "data")])
    probe = subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True)
    if probe.returncode:
        pytest.skip("this machine lets nobody mount")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"{mount} && {words}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CONFIG": ""},
    )
    check_one_line(done, "Read-only file system")
    assert list_files(box) == set()


@pytest.mark.parametrize("words", WRONG_USAGE)
def test_wrong_usage_is_exit_2(
    box: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["setup", "--root", str(box), "--data", str(box / "data"), *words])
    except SystemExit as ended:
        status = ended.code  # argparse's own
    assert status == 2
    assert "huiyin-kiosk" in capsys.readouterr().err


def test_only_keys_tests_the_panel_that_is_set(box: Path, hall: Server, panel: Panel) -> None:
    done = run_setup(box, "--only", "keys", "--panel", str(panel.link), "--wait", "1")
    assert done.returncode == 1
    assert "broken off" in done.stderr
    assert list_files(box) == set()


def test_the_unit_is_enabled_where_it_is_installed(box: Path, hall: Server, sheet: Path) -> None:
    units = box / "usr" / "lib" / "systemd" / "system"
    units.mkdir(parents=True)
    (units / "huiyin-kiosk.service").write_text(
        "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
    )
    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code()}"\n'
        '[panel]\nport = "serial:A1"\n'
    )
    done = run_setup(box, "--from", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    links = list((box / "etc" / "systemd" / "system").glob("*/*"))
    assert said["enabled"] is bool(links) is (shutil.which("systemctl") is not None)
    rule = box / "etc" / "udev" / "rules.d" / "70-huiyin-panel.rules"
    assert said["rule"] == str(rule)
    assert 'ATTRS{serial}=="A1"' in rule.read_text()


def test_the_example_is_one(box: Path) -> None:
    check = run_setup(box, "--from", str(EXAMPLE), "--check")
    assert (check.returncode, check.stderr) == (0, "")
