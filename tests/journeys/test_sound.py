"""A kiosk as a real process with a sound card that is a folder: heard, held, and left behind."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.sound.voices import SOUNDS
from sync import records
from sync.verify import show
from tests.journeys.stand import PATIENCE_S, Panel, kill_pid, wait_until
from tests.journeys.test_desk import Kiosk, find_port
from tests.kiosk.sound.stand import ESPEAK, Card, is_running, make_card

SETTINGS = """
[window]
chosen_s = 0.4
[panel]
test = "waived"
[sound]
volume = 100
"""
HOLD_S = 2.5  # the panel's two seconds, and a little


class Window:
    """One kiosk, its panel, its card and its desk."""

    def __init__(self, folder: Path, card: Card) -> None:
        self.card, self.data = card, folder / "kiosk"
        self.data.mkdir()
        self.panel = Panel(folder / "tty")
        self.kiosk = Kiosk(self.data, self.panel.panel.path, SETTINGS, desk=find_port())
        self.process = self.kiosk.process
        wait_until(lambda: bool(card.asked()), "the device is tried")

    def ask(self) -> None:
        body = {"project_no": "P1", "service_no": "1"}
        post = self.kiosk.client.post
        wait_until(lambda: post("/v1/invitations", json=body).is_success, "the desk asks")

    def player(self) -> int:
        """The player's process."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        for child in (pid for task in tasks for pid in task.read_text().split()):
            if b"kiosk.sound.player" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        raise AssertionError("no player")

    def close(self) -> None:
        self.process.kill()
        self.kiosk.end()
        self.panel.__exit__()


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    card = make_card(tmp_path / "card", monkeypatch)
    card.install("espeak-ng", ESPEAK)
    opened = Window(tmp_path, card)
    yield opened
    opened.close()


def recording(name: str) -> bytes:
    return (SOUNDS / f"{name}.wav").read_bytes()[44:]


@pytest.mark.slow
def test_a_real_kiosk_prompts_reads_thanks_and_ends(window: Window) -> None:
    card = window.card
    window.ask()
    asked = b"".join(
        recording(f"zh/{name}") for name in ("asking.question", "asking.hint", "spoken.hold")
    )
    wait_until(lambda: card.sounded() == [asked], "the prompt is heard")
    window.panel.do("down", "2")
    time.sleep(HOLD_S)
    window.panel.do("up", "2")
    wait_until(lambda: len(card.sounded()) == 2, "the page is read")
    assert [line.split()[1] for line in card.spoken()][:4] == [
        "左边的键",
        "非常满意",
        "中间的键",
        "满意",
    ]
    window.panel.do("down", "3")
    time.sleep(0.1)
    window.panel.do("up", "3")
    wait_until(lambda: recording("zh/chosen.title") in card.sounded()[-1], "it is thanked")
    ratings = [
        one for _, one, _ in show(window.data / "journal") if isinstance(one, records.Rating)
    ]
    assert [(one.level, one.key) for one in ratings] == [(2, "3")], "the hold was no press"
    player = window.player()
    window.process.terminate()
    assert window.process.wait(PATIENCE_S) == 0
    assert not is_running(player)


@pytest.mark.slow
def test_what_sounds_ends_with_a_kiosk_that_is_killed(window: Window) -> None:
    card = window.card
    card.say("deaf")
    window.ask()
    wait_until((card.folder / "pids").exists, "it sounds")
    player = window.player()
    kill_pid(window.process.pid)
    wait_until(lambda: not card.is_alive(), "the program ends")
    wait_until(lambda: not is_running(player), "the player ends")
