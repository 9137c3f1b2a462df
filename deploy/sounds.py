#!/usr/bin/env python3
"""Makes assets/sounds from assets/phrases, by espeak-ng: `.venv/bin/python deploy/sounds.py`.

Recorded is what everybody hears; the rest of the guide is spoken by espeak-ng when it is needed.
Run it again after one of these phrases was changed.
"""

from __future__ import annotations

import argparse
import array
import math
import subprocess
import sys
import wave
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kiosk.screen.phrases import load_phrases  # noqa: E402
from kiosk.sound.guide import INVITATION, PROMPTS  # noqa: E402
from kiosk.sound.load import speak  # noqa: E402
from kiosk.sound.voices import SOUNDS, SPEAKERS  # noqa: E402

RECORDED = (*(phrase for phrases in PROMPTS.values() for phrase in phrases), INVITATION)

LEAD_S, TAIL_S = 0.2, 0.1
"""Silence: a sound card that wakes up swallows the first of it."""

PEAK = 23_000
"""The loudest sample, of 32,767."""

QUIET = 0.01
"""Below this part of the loudest, the ends are silence and are cut."""

CHIME = ((660.0, 0.0), (880.0, 0.18))  # Hz, from when in s
CHIME_RATE, CHIME_S, CHIME_PEAK = 22_050, 0.9, 12_000
CHIME_FADE = 6.0


def main(arguments: list[str] | None = None) -> int:
    """Write every sound; exit 1 and one line if espeak-ng cannot be run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=SOUNDS, metavar="DIR", help="another folder")
    folder = parser.parse_args(arguments).to
    try:
        for language, voice in SPEAKERS.items():
            phrases = load_phrases(language)
            for name in RECORDED:
                words = phrases.say(name).replace("\u200b", "").replace("\n", " ")
                save(folder / language / f"{name}.wav", *record(words, voice))
        save(folder / "chime.wav", CHIME_RATE, make_chime())
    except (OSError, subprocess.SubprocessError) as error:
        print(f"sounds: {error}", file=sys.stderr)
        return 1
    return 0


def record(words: str, voice: str) -> tuple[int, array.array[int]]:
    """Samples a second and what the voice says, its ends cut, as loud as the others."""
    with wave.open(speak(f"{voice} {words}")) as spoken:
        rate = spoken.getframerate()
        samples = array.array("h", spoken.readframes(spoken.getnframes()))
    loudest = max(map(abs, samples))
    loud = [at for at, sample in enumerate(samples) if abs(sample) > loudest * QUIET]
    return rate, frame(samples[loud[0] : loud[-1] + 1], PEAK, rate)


def frame(sound: Iterable[float], peak: int, rate: int) -> array.array[int]:
    """The loudest sample made `peak`, silence before and after."""
    sound = list(sound)
    scale = peak / max(map(abs, sound))
    lead, tail = [0] * round(LEAD_S * rate), [0] * round(TAIL_S * rate)
    return array.array("h", [*lead, *(round(sample * scale) for sample in sound), *tail])


def make_chime() -> array.array[int]:
    """Two soft tones, for a language without a voice."""
    moments = (number / CHIME_RATE for number in range(int(CHIME_S * CHIME_RATE)))
    sound = [sum(strike(pitch, t - begin) for pitch, begin in CHIME) for t in moments]
    return frame(sound, CHIME_PEAK, CHIME_RATE)


def strike(pitch: float, t: float) -> float:
    """A tone `t` seconds after it began."""
    return 0.0 if t < 0 else math.sin(2 * math.pi * pitch * t) * math.exp(-CHIME_FADE * t)


def save(path: Path, rate: int, samples: array.array[int]) -> None:
    """Mono, 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


if __name__ == "__main__":
    sys.exit(main())
