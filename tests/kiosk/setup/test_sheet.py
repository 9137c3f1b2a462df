"""A set-up from a file: nobody is asked, one device a file, and one line where it cannot be."""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.settings import load_settings
from kiosk.setup.files import merge
from kiosk.setup.trust import look_at, read_presented
from sync.errors import HallUnreachable
from tests.hall.server import Server, run_hall, serving
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT
from tests.kiosk.setup.kit import Panel, config_of, identity_of, list_files, make_grant

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


def run(box: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KIOSK, "setup", "--root", str(box), "--data", str(box / "data"), *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HUIYIN_CONFIG": "", **env},
    )


def check_one_line(done: subprocess.CompletedProcess[str], said: str, status: int = 1) -> None:
    assert done.returncode == status, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "setup.toml"


def test_a_file_sets_a_box_up(box: Path, hall: Server, sheet: Path) -> None:
    sheet.write_text(
        f'[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code("9")}"\nwindow = "9"\n'
        '[window]\nmode = "walk_up"\nlanguage = "en"\n[panel]\nport = "/dev/ttyUSB9"\n'
        'test = "waived"\n[desk]\norigins = ["https://a.example"]\n'
    )
    check = run(box, "--from", str(sheet), "--check")
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")
    assert list_files(box) == set()
    done = run(box, "--from", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    identity = identity_of(box)
    assert identity is not None
    assert (said["window"], said["tested"], said["marked"]) == ("9", True, True)
    assert identity["device"] == said["device"]
    text = config_of(box).read_text("utf-8")
    for line in ('mode = "walk_up"', 'test = "waived"', 'origins = ["https://a.example"]'):
        assert line in text
    assert sheet.with_name("setup.toml.used").read_text() == f"{said['device']}\n"
    again = run(box, "--from", str(sheet))
    assert again.returncode == 0, again.stderr
    assert config_of(box).read_text("utf-8") == text


def test_a_file_is_good_for_one_device(box: Path, hall: Server, sheet: Path) -> None:
    grant = sheet.with_name("grant.json")
    grant.write_text(make_grant(hall))
    sheet.write_text('[hall]\ngrant = "grant.json"\n[panel]\nport = "/dev/ttyUSB9"\n')
    first = run(box, "--from", str(sheet), "--json")
    assert first.returncode == 0, first.stderr
    device = json.loads(first.stdout)["device"]
    other = box.parent / "other"
    other.mkdir()
    check_one_line(run(other, "--from", str(sheet)), f"device {device} has used it")
    check_one_line(run(other, "--from", str(sheet), "--check"), f"device {device} has used it")
    assert list_files(other) == set()
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run(other, "--from", str(sheet)), USED_UP)
    assert list_files(other) == {"data/key"}
    code = hall.make_code()
    sheet.write_text(f'[hall]\naddress = "{hall.address}"\ncode = "{code}"\n[panel]\nport="/d"\n')
    assert run(box, "--from", str(sheet)).returncode == 0
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run(other, "--from", str(sheet)), USED_UP)


def test_a_grant_does_where_no_hall_answers(box: Path, hall: Server, sheet: Path) -> None:
    grant = json.loads(make_grant(hall, "3", "http://127.0.0.1:9"))
    sheet.with_name("g.json").write_text(json.dumps(grant))
    sheet.write_text('[hall]\ngrant = "g.json"\n[panel]\nport = "/dev/ttyUSB9"\n')
    done = run(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "the grant is presented when the hall answers" in done.stdout
    assert "Window 3" in done.stdout
    sheet.with_name("g.json").write_text(json.dumps(grant | {"window": "4"}))
    other = box.parent / "other"
    other.mkdir()
    sheet.with_name("setup.toml.used").unlink()
    check_one_line(run(other, "--from", str(sheet)), "signature")
    assert list_files(other) <= {"data/key"}


def test_a_grant_inside_the_file(box: Path, hall: Server, sheet: Path) -> None:
    grant = json.loads(make_grant(hall, "12"))
    lines = "\n".join(f'{name} = "{value}"' for name, value in grant.items())
    sheet.write_text(
        f'[panel]\nport = "/dev/ttyUSB9"\n[hall]\nwindow = "12"\n[hall.grant]\n{lines}'
    )
    done = run(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert "the panel is not tested" in done.stdout
    assert "Window 12" in done.stdout
    sheet.write_text(sheet.read_text().replace('window = "12"', 'window = "13"', 1))
    check_one_line(run(box, "--from", str(sheet)), "hall.window: 13, but the grant is for 12")


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
def test_files_that_are_none(box: Path, sheet: Path, text: str, said: str) -> None:
    sheet.write_text(text)
    for more in ((), ("--check",)):
        check_one_line(run(box, "--from", str(sheet), *more), said)
    assert list_files(box) <= {"data/key"}


def test_a_file_that_is_too_long_or_no_text(box: Path, sheet: Path) -> None:
    sheet.write_bytes(b"#" * 70_000)
    check_one_line(run(box, "--from", str(sheet)), "at most 65536 bytes")
    sheet.write_bytes(b"\xff")
    check_one_line(run(box, "--from", str(sheet)), "setup.toml: ")
    check_one_line(run(box, "--from", str(sheet.with_name("none"))), "No such file")


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
        check_one_line(run(box, "--from", str(sheet)), said)
    sheet.write_text(
        f'{panel}[hall]\naddress = "{hall.address}"\ncode = "{hall.make_code("2")}"\nwindow = "1"\n'
    )
    check_one_line(run(box, "--from", str(sheet)), "hall.window: 1, but the hall says 2")
    assert list_files(box) <= {"data/key"}
    assert not sheet.with_name("setup.toml.used").exists()


def test_settings_that_stand_and_are_wrong_are_left_alone(box: Path, sheet: Path) -> None:
    config = config_of(box)
    config.parent.mkdir(parents=True)
    config.write_text("[window]\ncolour = 1\n")
    check_one_line(run(box), "window.colour is not a setting")
    assert config.read_text() == "[window]\ncolour = 1\n"


def test_where_nothing_can_be_written_nothing_is_asked(box: Path, hall: Server) -> None:
    config = "/proc/huiyin/kiosk.toml"
    check_one_line(run(box, "--config", config), "/proc/huiyin")
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
def test_wrong_usage_is_exit_2(box: Path, words: tuple[str, ...]) -> None:
    done = run(box, *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_only_keys_tests_the_panel_that_is_set(box: Path, hall: Server, panel: Panel) -> None:
    done = run(box, "--only", "keys", "--panel", str(panel.link), "--wait", "1")
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
    done = run(box, "--from", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    links = list((box / "etc" / "systemd" / "system").glob("*/*"))
    assert said["enabled"] is bool(links)
    rule = box / "etc" / "udev" / "rules.d" / "70-huiyin-panel.rules"
    assert said["rule"] == str(rule)
    assert 'ATTRS{serial}=="A1"' in rule.read_text()


def test_the_example_is_one(box: Path) -> None:
    check = run(box, "--from", str(EXAMPLE), "--check")
    assert (check.returncode, check.stderr) == (0, "")


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
    done = run(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    assert config.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_bytes().startswith(b"# a\r\n[window]\r\nmode = 'walk_up' # b\r\n")
    settings = load_settings(config)
    assert (settings.panel.port, settings.window.mode) == ("serial:A1", "walk_up")
    assert settings.clerks["7"].name == "甲"
    assert run(box, "--from", str(sheet)).returncode == 0
    assert load_settings(config) == settings


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


# The hall's certificate.


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("secure")
    done = run_hall("tls", "init", "--data", folder, "--name", "127.0.0.1")
    assert done.returncode == 0, done.stderr
    config = folder / "hall.toml"
    tls = folder / "tls"
    config.write_text(f'tls_certificate = "{tls}/hall.pem"\ntls_key = "{tls}/hall.key"\n')
    with serving(folder, "--config", str(config)) as server:
        yield server


def test_a_private_certificate_is_pinned_and_another_is_refused(
    box: Path, secure: Server, sheet: Path, hall: Server
) -> None:
    address = secure.address
    pin = f"sha256:{read_presented(address)}"
    assert look_at(address) == (address, pin)
    assert look_at(address.removeprefix("https://")) == (address, pin)
    assert look_at(hall.address.removeprefix("http://")) == (hall.address, "")
    ca = secure.folder / "tls" / "ca.pem"
    assert look_at(address, str(ca)) == (address, str(ca))
    with pytest.raises(HallUnreachable):
        look_at(hall.address.replace("http:", "https:"))
    panel = '[panel]\nport = "/dev/ttyUSB9"\n'
    text = f'{panel}[hall]\naddress = "{address}"\ncode = "{secure.make_code()}"\n'
    sheet.write_text(f'{text}fingerprint = "{"0" * 64}"\n')
    check_one_line(run(box, "--from", str(sheet)), "ingerprint")
    sheet.write_text(f'{text}fingerprint = "{pin[7:].upper()}"\n')
    done = run(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    identity = identity_of(box)
    assert identity is not None
    assert identity["ca"] == pin


def test_an_authority_is_kept_beside_the_identity(box: Path, secure: Server, sheet: Path) -> None:
    ca = secure.folder / "tls" / "ca.pem"
    sheet.with_name("ca.pem").write_bytes(ca.read_bytes())
    sheet.write_text(
        f'[panel]\nport = "/dev/ttyUSB9"\n[hall]\naddress = "{secure.address}"\n'
        f'code = "{secure.make_code()}"\nca = "ca.pem"\n'
    )
    done = run(box, "--from", str(sheet))
    assert done.returncode == 0, done.stderr
    identity = identity_of(box)
    assert identity is not None
    assert identity["ca"] == "/data/hall-ca.pem"
    assert (box / "data" / "hall-ca.pem").read_bytes() == ca.read_bytes()


def test_a_grant_carries_the_fingerprint_of_a_secure_hall(
    box: Path, secure: Server, sheet: Path
) -> None:
    config = ("--config", str(secure.folder / "hall.toml"))
    words = ("grant", "--data", secure.folder, "--window", "3", "--hall", "xian", *config)
    done = run_hall(*words, "--address", secure.address)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fingerprint"] == read_presented(secure.address)
    sheet.with_name("g.json").write_text(done.stdout)
    sheet.write_text('[hall]\ngrant = "g.json"\n[panel]\nport = "/dev/ttyUSB9"\n')
    set_up = run(box, "--from", str(sheet))
    assert set_up.returncode == 0, set_up.stderr
    identity = identity_of(box)
    assert identity is not None
    assert str(identity["ca"]).startswith("sha256:")
