"""The hall's certificate, over a real line: good for a while, near its end, past it, unknown."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.health.line import SOON, check_tls
from sync.hall.authority import SERVER_DAYS, Made, make_authority
from sync.identity import save_identity
from tests.hall.server import serving
from tests.kiosk.health.kit import Box

DAY_S = 86_400


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    line, device = os.openpty()
    yield Box(tmp_path, os.ttyname(device))
    os.close(line)
    os.close(device)


def make_certificate(folder: Path, left_s: float) -> Made:
    """A hall's own, which ends after so many seconds."""
    return make_authority(folder, ["127.0.0.1"], time.time() + left_s - SERVER_DAYS * DAY_S)


@pytest.mark.parametrize(
    ("left_s", "ca", "tls", "hall"),
    [
        (SOON + DAY_S, "its own", "ok", "ok"),
        (SOON - DAY_S, "its own", "fault", "ok"),
        (-DAY_S, "its own", "fault", "fault"),
        (SOON + DAY_S, "public", "fault", "fault"),
        (SOON + DAY_S, "pin of another", "ok", "fault"),
    ],
)
def test_a_certificate_is_looked_at(
    box: Box, tmp_path: Path, left_s: float, ca: str, tls: str, hall: str
) -> None:
    folder = tmp_path / "hall"
    folder.mkdir()
    made = make_certificate(tmp_path, left_s)
    config = folder / "hall.toml"
    config.write_text(f"tls_certificate = '{made.certificate}'\ntls_key = '{made.key}'\n", "utf-8")
    trust = {"its own": str(made.ca), "public": None, "pin of another": "sha256:" + "0" * 64}[ca]
    with serving(folder, "--config", str(config)) as server:
        save_identity(box.data, replace(box.identity, address=server.address, ca=trust))
        seen = box.examine()
    assert (seen["tls"].state, seen["hall_silent"].state) == (tls, hall)
    assert (seen["tls"].number, seen["hall_silent"].number) == (34, 33)


def test_a_line_that_is_not_encrypted_is_told_outside_the_machine(box: Box) -> None:
    assert box.examine()["tls"].state == "ok"
    save_identity(box.data, replace(box.identity, address="http://192.0.2.1:9"))
    assert check_tls(box.case()).state == "note"
