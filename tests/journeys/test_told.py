"""Faults of a panel, made on its wire under a running kiosk: the doctor beside it finds each."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from devices.formats.line import frame_line
from devices.profile import find_profile
from devices.simulator import VirtualPanel
from tests.journeys.stand import KIOSK, PATIENCE_S, ROOT, wait_until
from tests.kiosk.health.kit import Box

SETTINGS = """
[panel]
port = "{port}"
model = "{model}"
test = "waived"
[desk]
listen = "127.0.0.1:0"
"""

NOISE_STEPS, NOISE_STEP_S = 250, 0.01
"""Longer than a panel is believed to be drowned, and never a pause in it."""


@contextmanager
def run_kiosk(box: Box) -> Iterator[None]:
    box.case()  # its settings as a file
    words = ["run", "--headless", "--data", str(box.data), "--config", str(box.config)]
    kiosk = subprocess.Popen([*KIOSK, *words], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
        assert kiosk.poll() is None, "it serves on"
    finally:
        kiosk.kill()
        kiosk.wait(PATIENCE_S)


def list_faults(box: Box) -> dict[int, str]:
    """Numbers and names, by the command."""
    words = ["doctor", "--data", str(box.data), "--config", str(box.config), "--json"]
    told = subprocess.run(
        [*KIOSK, *words], capture_output=True, text=True, timeout=PATIENCE_S, cwd=ROOT, check=False
    )
    checks: list[dict[str, Any]] = json.loads(told.stdout)["checks"]
    return {one["number"]: one["name"] for one in checks if one["state"] == "fault"}


def say(body: str) -> Callable[[VirtualPanel], None]:
    """A whole line of our own board."""
    return lambda panel: panel.send(frame_line(body))


def skip_some(panel: VirtualPanel) -> None:
    panel.press("1")
    for _ in range(5):
        panel._mimic.down("2")  # made and never sent: lost on the way
    panel.press("1")


def drown(panel: VirtualPanel) -> None:
    for _ in range(NOISE_STEPS):
        panel.send(b"\x55")
        time.sleep(NOISE_STEP_S)


def has_begun(box: Box) -> bool:
    """Whether the kiosk's own start is in the journal, after the one that the box came with."""
    files = (box.data / "journal").glob("*[0-9a-f].ndjson")
    return sum(file.read_text("utf-8").count('"kind":"boot"') for file in files) > 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "name", "model", "make"),
    [
        (11, "panel_lost", "huiyin-3", VirtualPanel.unplug),
        (12, "key_stuck", "huiyin-3", lambda panel: panel.down("2")),
        (14, "unknown_code", "huiyin-3", say("K,1,9,D")),
        (15, "missed_presses", "huiyin-3", skip_some),
        (16, "bad_frame", "huiyin-3", lambda panel: panel.noise(40, seed=1)),
        (17, "no_silence", "pattern-byte", drown),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_made_on_the_wire_is_found_under_its_number(
    tmp_path: Path, number: int, name: str, model: str, make: Callable[[VirtualPanel], None]
) -> None:
    with VirtualPanel(find_profile(model), tmp_path / "panel") as panel:
        box = Box(tmp_path, str(panel.path))
        box.settings = SETTINGS.format(port=panel.path, model=model)
        with run_kiosk(box):
            wait_until(lambda: has_begun(box), "the kiosk never began")
            panel.heartbeat()
            assert not {11, 12, 14, 15, 16, 17} & set(list_faults(box))

            def make_and_look() -> bool:
                make(panel)
                panel.heartbeat()
                return list_faults(box).get(number) == name

            wait_until(make_and_look, f"{number} was never found")
