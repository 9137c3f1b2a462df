"""A sound card in a folder: programs on PATH that keep what they are given to sound.

`sounded()` is what was sounded, a run of the program each; `say` makes the next runs behave.
"""

import os
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.sound.speaker import Speaker

RATE = 22_050

APLAY = """#!/bin/sh
echo "$*" >> "{folder}/asked"
if [ -e "{folder}/fault" ]; then cat "{folder}/fault" >&2; exit 1; fi
if [ -e "{folder}/deaf" ]; then echo $$ >> "{folder}/pids"; exec sleep 600; fi
cat > "{folder}/$$.part" && mv "{folder}/$$.part" "{folder}/$(wc -l < "{folder}/asked").pcm"
"""
ESPEAK = """#!/bin/sh
for voice; do :; done
echo "$voice $(cat)" >> "{folder}/spoken"
cat "{folder}/voice.wav"
"""
AMIXER = """#!/bin/sh
[ -e "{folder}/headphones" ] && echo "  : values=on" || echo "  : values=off"
"""


def write_wav(path: Path, samples: bytes, rate: int = RATE, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


class Card:
    """The programs, and where they keep what they heard."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        write_wav(folder / "voice.wav", b"\x05\x00" * 100)
        self.install("aplay", APLAY)

    def install(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text.format(folder=self.folder))
        path.chmod(0o755)

    def say(self, name: str, words: str = "") -> Path:
        """From now on: `fault` WORDS, `deaf`, `headphones`; unlink the path to end it."""
        path = self.folder / name
        path.write_text(words)
        return path

    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def spoken(self) -> list[str]:
        path = self.folder / "spoken"
        return path.read_text().splitlines() if path.exists() else []

    def sounded(self) -> list[bytes]:
        """What was sounded to its end; silence that only tries the device is left out."""
        paths = sorted(self.folder.glob("*.pcm"), key=lambda path: int(path.stem))
        return [sound for path in paths if any(sound := path.read_bytes())]

    def is_alive(self) -> bool:
        """Whether a deaf program still runs."""
        pids = (self.folder / "pids").read_text().split()
        return any(is_running(int(pid)) for pid in pids)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def make_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    """A card whose programs come before all others."""
    card = Card(folder)
    monkeypatch.setenv("PATH", f"{card.programs}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return card


class Recorder(Speaker):
    """A speaker that keeps what it is asked for, and makes no process."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []
        self.volumes: list[int] = []
        self.state, self.why = "ok", ""

    def begin(self) -> None:
        """Nothing to start."""

    def play(self, volume: int, words: tuple[str, ...]) -> None:
        """Keep it."""
        self.volumes.append(volume)
        self.lines.append(words)

    def stop(self) -> None:
        """Keep the silence."""
        self.lines.append(())

    def close(self) -> None:
        """Nothing to end."""


Wait = Callable[[Callable[[], bool]], None]
