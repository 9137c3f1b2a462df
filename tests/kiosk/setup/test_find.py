"""Sticks hold many things: only grants are found, and nothing waits or raises."""

import json
import os
from pathlib import Path

import pytest

from kiosk.setup.find import FILES_MAX, find_grants, find_ports, load_grant
from sync.errors import HuiyinError

GRANT = dict.fromkeys(("hall", "window", "hall_key", "expires", "grant", "signature"), "x")
GRANT["address"] = "http://h"


def test_only_grants_are_found(tmp_path: Path) -> None:
    stick = tmp_path / "run" / "media" / "tech" / "S"
    stick.mkdir(parents=True)
    (stick / "a.json").write_text(json.dumps(GRANT | {"fingerprint": "AB"}))
    (stick / "b.json").write_text(json.dumps({"address": "http://h"}))
    (stick / "c.json").write_bytes(b"\xff\xfe")
    (stick / "d.json").write_text("[" * 16_000)
    (stick / "e.json").write_text("{" * 20_000)
    (stick / "f.json").mkdir()
    (stick / "g.json").symlink_to("nowhere")
    os.mkfifo(stick / "h.json")
    (grant,) = find_grants(tmp_path)
    assert grant.place == str(stick / "a.json")
    assert grant.trust == "sha256:ab"
    with pytest.raises(HuiyinError, match="not a grant"):
        load_grant(stick / "d.json")


def test_a_full_stick_ends(tmp_path: Path) -> None:
    stick = tmp_path / "media" / "S"
    stick.mkdir(parents=True)
    for number in range(FILES_MAX + 50):
        (stick / f"{number:04}.json").write_text(json.dumps(GRANT))
    assert len(find_grants(tmp_path)) == FILES_MAX


def test_a_grant_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "g.json"
    path.write_text(json.dumps(GRANT | {"hall": "\x1b[2Jxi\nan" + "x" * 9_000}))
    assert load_grant(path).hall.startswith("?[2Jxi?an")
    assert len(load_grant(path).hall) < 300


def test_ports_are_listed_without_opening_any() -> None:
    for port in find_ports():
        assert port.pin
