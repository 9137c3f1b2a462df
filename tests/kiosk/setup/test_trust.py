"""The hall's certificate: seen once, pinned or vouched for, and carried by a grant."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.setup.trust import look_at, read_presented
from sync.errors import HallUnreachable
from tests.hall.server import Server, run_hall, serving
from tests.kiosk.setup.kit import check_one_line, identity_of, run_setup


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
    check_one_line(run_setup(box, "--from", str(sheet)), "ingerprint")
    sheet.write_text(f'{text}fingerprint = "{pin[7:].upper()}"\n')
    done = run_setup(box, "--from", str(sheet))
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
    done = run_setup(box, "--from", str(sheet))
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
    set_up = run_setup(box, "--from", str(sheet))
    assert set_up.returncode == 0, set_up.stderr
    identity = identity_of(box)
    assert identity is not None
    assert str(identity["ca"]).startswith("sha256:")
