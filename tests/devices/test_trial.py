"""`test`, `learn` and `watch` with a person who presses what is asked: a virtual panel."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from devices.profile import find_profile, load_profile
from devices.simulator import VirtualPanel
from devices.tested import RECORD, panel_tested
from devices.trial import write_record

ROOT = Path(__file__).resolve().parents[2]
LIVE_S = 60  # a liveness limit, never a speed


class Person:
    """Serves a virtual panel in the background, and presses the keys that an order asks for."""

    def __init__(self, panel: VirtualPanel) -> None:
        self._panel = panel
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop.wait(0.005):
            with self._lock:
                self._panel.serve()

    def press(self, key: str, hold_s: float = 0.3) -> None:
        for act in (self._panel.down, self._panel.up):
            self.do(act, key)
            time.sleep(hold_s)

    def do(self, act: Callable[..., None], *words: str) -> None:
        with self._lock:
            act(*words)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()


def run(
    person: Person, arguments: list[str], keys: dict[str, str], times: int = 1
) -> tuple[int, list[dict[str, object]], str]:
    """An order with --json; whenever it asks for a level, the key of that level is pressed."""
    command = [sys.executable, "-m", "devices", *arguments, "--json"]
    order = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    limit = threading.Timer(LIVE_S, order.kill)
    limit.start()
    try:
        assert order.stdout is not None
        assert order.stderr is not None
        told = list(follow(person, order.stdout, keys, times))
        return order.wait(), told, order.stderr.read()
    finally:
        limit.cancel()
        order.kill()
        order.communicate()


def follow(person: Person, lines: IO[str], keys: dict[str, str], times: int):  # type: ignore[no-untyped-def]
    for line in lines:
        one = json.loads(line)
        yield one
        if one["event"] == "ask" and one["level"] in keys:
            time.sleep(0.2)  # nobody is so fast that a port is not yet known to be silent
            for _ in range(times):
                person.press(keys[one["level"]])


def keys_of(model: str) -> dict[str, str]:
    return {level: key for key, level in find_profile(model).keys}


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "panel"


@pytest.mark.parametrize(
    "model",
    [
        "huiyin-3",
        pytest.param("pattern-4123", marks=pytest.mark.slow),
        pytest.param("pattern-byte", marks=pytest.mark.slow),
        pytest.param("modbus-8", marks=pytest.mark.slow),
        pytest.param("keyboard-3", marks=pytest.mark.slow),
    ],
)
def test_a_panel_passes_and_is_recorded(model: str, link: Path, tmp_path: Path) -> None:
    profile, data = find_profile(model), tmp_path / "data"
    assert not panel_tested(data, profile)
    with VirtualPanel(profile, link) as panel:
        person = Person(panel)
        order = ["test", "--model", model, "--port", str(link), "--data", str(data)]
        code, told, error = run(person, order, keys_of(model))
        person.close()
    assert (code, error) == (0, "")
    assert [one["level"] for one in told if one["event"] == "right"] == [v for _, v in profile.keys]
    assert told[-1] == {"event": "recorded", "model": model, "record": str(data / RECORD)}
    assert panel_tested(data, profile)
    assert not panel_tested(data, find_profile("huiyin-5"))


def test_a_wrong_key_fails_and_nothing_is_recorded(link: Path, tmp_path: Path) -> None:
    keys = keys_of("huiyin-3") | {"satisfied": "3"}
    with VirtualPanel(find_profile("huiyin-3"), link) as panel:
        person = Person(panel)
        order = ["test", "--model", "huiyin-3", "--port", str(link), "--wait", "1.5"]
        code, told, error = run(person, [*order, "--data", str(tmp_path / "d")], keys)
        person.close()
    assert code == 1
    assert "test failed: 1 of 3 keys passed" in error
    assert {"event": "wrong", "key": "3", "level": "dissatisfied"} in told
    assert not (tmp_path / "d").exists()


def test_without_a_folder_a_pass_is_said_but_not_recorded(link: Path) -> None:
    with VirtualPanel(find_profile("pattern-123"), link) as panel:
        person = Person(panel)
        order = ["test", "--model", "pattern-123", "--port", str(link)]
        code, told, _ = run(person, order, keys_of("pattern-123"))
        person.close()
    assert code == 0
    assert told[-1] == {"event": "unrecorded", "model": "pattern-123"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"profile": "x"}', b"\xff", b'{"profile": 5, "keys": 5}'],
)
def test_a_damaged_record_is_no_pass(tmp_path: Path, content: bytes) -> None:
    (tmp_path / RECORD).write_bytes(content)
    assert not panel_tested(tmp_path, find_profile("huiyin-3"))


def test_a_record_of_only_some_keys_is_no_pass(tmp_path: Path) -> None:
    profile = find_profile("huiyin-3")
    write_record(tmp_path, profile, list(profile.keys[:2]))
    assert not panel_tested(tmp_path, profile)
    record = json.loads(write_record(tmp_path, profile, list(profile.keys)).read_text())
    assert record["profile"] == profile.sha256
    assert record["model"] == "huiyin-3"
    assert record["at"].endswith("Z")
    assert panel_tested(tmp_path, profile)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("huiyin-3", "auto"),
        ("huiyin-5", "line"),
        ("pattern-123", "auto"),
        ("pattern-byte", "frame"),
        ("pattern-4123", "auto"),
        ("modbus-8", "modbus"),
        ("keyboard-3", "keys"),
    ],
)
def test_a_panel_is_learned_and_the_profile_reads_it(
    model: str, kind: str, link: Path, tmp_path: Path
) -> None:
    known, out = find_profile(model), tmp_path / "learned.toml"
    with VirtualPanel(known, link) as panel:
        person = Person(panel)
        order = ["learn", "--port", str(link), "--out", str(out)]
        # a scale of one's own with the same levels
        own = ["--levels", ",".join(level for _, level in known.keys)] if kind == "frame" else []
        order += ["--scale", "own" if own else known.scale, *own]
        code, told, error = run(person, [*order, "--format", kind], keys_of(model), times=3)
        person.close()
    assert (code, error) == (0, "")
    assert told[-1] == {
        "event": "learned", "model": "learned", "format": known.format, "file": str(out),
    }  # fmt: skip
    assert load_profile(out).keys == known.keys


def test_what_is_learned_never_overwrites(tmp_path: Path) -> None:
    out = tmp_path / "mine.toml"
    out.write_text("precious")
    command = [sys.executable, "-m", "devices", "learn", "--port", "/none", "--out", str(out)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=LIVE_S)
    assert ran.returncode == 1
    assert "must be a new file" in ran.stderr
    assert out.read_text() == "precious"
