"""The desk's door: made once, for its owner's eyes, and never open by a spoilt file."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.desk.bridge import MainThreadBridge
from kiosk.desk.desk import Desk
from kiosk.desk.tls import read_fingerprint
from kiosk.door import CLERKS, load_clerks, make_desk
from kiosk.kept import load_pin, load_token
from kiosk.kit import make_kit
from kiosk.settings import DeskSettings, Settings, SettingsError
from sync.clerks import hash_badge
from sync.identity import Identity
from sync.pins import hash_pin
from tests.kiosk.desk.counter import FakeCounter
from tests.kiosk.desk.test_roster import SALT, write_list


def identity(hall_key: str = "") -> Identity:
    return Identity(
        device="d" * 32, address="", hall="main", window="3", hall_key=hall_key, echo_secret=""
    )


def open_door(folder: Path, host: str = "127.0.0.1", **wished: Any) -> Desk:
    kit = make_kit(Settings(desk=DeskSettings(**wished)), folder)
    bridge = MainThreadBridge(FakeCounter(), lambda call: call())
    return make_desk(bridge, kit, identity(), (host, 0))


@pytest.mark.parametrize("load", [load_token, load_pin])
def test_made_once_and_for_its_owner_only(tmp_path: Path, load: Any) -> None:
    made = load(tmp_path)
    assert made == load(tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert made != load(tmp_path / "another")


def test_a_pin_is_six_digits(tmp_path: Path) -> None:
    assert all(load_pin(tmp_path / str(n)).isdecimal() for n in range(50))
    assert {len(load_pin(tmp_path / str(n))) for n in range(50)} == {6}


@pytest.mark.parametrize("empty", [b"", b"\n", b"  \n"])
def test_an_empty_token_lets_nobody_in_but_is_made_again(tmp_path: Path, empty: bytes) -> None:
    (tmp_path / "desk-token").write_bytes(empty)
    assert len(load_token(tmp_path)) >= 32
    assert load_token(tmp_path) == (tmp_path / "desk-token").read_text()


@pytest.mark.parametrize(
    "spoilt", [b"12345", b"1234567", b"abcdef", b"\xff\xfe", "１２３４５６".encode()]
)
def test_a_file_that_holds_no_pin_is_one_clear_line(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "desk-pin").write_bytes(spoilt)
    with pytest.raises(SettingsError, match=r"desk-pin: not a PIN; allowed: 6 digits$"):
        open_door(tmp_path)


def test_a_folder_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "desk-token").mkdir()
    with pytest.raises(SettingsError, match=r"^\[desk\] .*desk-token'$"):
        open_door(tmp_path)


def test_on_loopback_no_certificate_is_made(tmp_path: Path) -> None:
    open_door(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"desk-token", "desk-pin"}


def test_elsewhere_the_desk_speaks_tls_with_one_certificate(tmp_path: Path) -> None:
    open_door(tmp_path, "0.0.0.0")
    first = read_fingerprint(tmp_path / "desk-cert.pem")
    open_door(tmp_path, "0.0.0.0")
    assert read_fingerprint(tmp_path / "desk-cert.pem") == first
    assert (tmp_path / "desk-key.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        ({"adapter": "0.0.0.0:1919"}, r"^\[desk\] adapter 0\.0\.0\.0: .*loopback needs TLS$"),
        ({"adapter": "1919"}, r"^desk\.adapter '1919': must be HOST:PORT, port 0-65535$"),
        ({"origins": ("*",)}, r"^\[desk\] origin '\*': allowed is http"),
    ],
)
def test_a_desk_that_cannot_be_is_one_clear_line(
    tmp_path: Path, wished: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        open_door(tmp_path, **wished)


def test_without_a_list_clerks_are_not_checked_here(tmp_path: Path) -> None:
    assert load_clerks(tmp_path / CLERKS, identity()) is None


def test_the_halls_list_says_who_may_sign_on(tmp_path: Path) -> None:
    line = f"0172 {SALT} {hash_pin('4821', SALT)} {hash_badge('B-0172')}"
    text, hall_key = write_list(tmp_path, line)
    (tmp_path / CLERKS).write_text(text)
    clerks = load_clerks(tmp_path / CLERKS, identity(hall_key))
    assert clerks is not None
    assert clerks.check_pin("0172", "4821")
    assert not clerks.check_pin("0172", "4822")
    assert clerks.find_badge("B-0172") == "0172"


@pytest.mark.parametrize("spoil", ["", "huiyin/clerks/v1\nmain\n", "{}", None])
def test_a_spoilt_list_lets_nobody_sign_on_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: str | None
) -> None:
    line = f"0172 {SALT} {hash_pin('4821', SALT)} {hash_badge('B-0172')}"
    text, hall_key = write_list(tmp_path, line)
    spoilt = text.replace("0172", "0666").encode() if spoil is None else spoil.encode()
    for content in (spoilt, b"\xff" + spoilt):
        (tmp_path / CLERKS).write_bytes(content)
        clerks = load_clerks(tmp_path / CLERKS, identity(hall_key))
        assert clerks is not None
        assert not clerks.check_pin("0172", "4821")
        assert not clerks.check_pin("0666", "4821")
        assert clerks.find_badge("B-0172") is None
    assert "nobody can sign on" in caplog.text
