"""Which hall a demo starts: the one beside the kiosk, an installed one, or none and says so."""

import sys
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.demo import program


def test_the_hall_beside_the_kiosk() -> None:
    assert program.find_program() == [sys.executable, "-m", "sync.hall"]


def test_a_hall_that_is_a_package_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "huiyin-hall"
    installed.write_text("#!/bin/sh\n", "utf-8")
    installed.chmod(0o755)
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.find_program() == [str(installed)]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en_US.UTF-8", "install the package huiyin-hall"), ("zh_CN.UTF-8", "请安装软件包")],
)
def test_no_hall_at_all_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    said: str,
) -> None:
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LC_ALL", language)
    assert main(["demo", "--headless", "--json", "--data", str(tmp_path / "demo")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert said in told.err
