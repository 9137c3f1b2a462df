"""Sound for the player: a recording from its file, a text from the speaking program; the jack.

Knows Python alone: it runs in the player's process.
"""

import array
import io
import os
import subprocess
import wave

FRAMES_MAX = 48_000 * 60
"""A recording longer than a minute is no phrase."""

SPEAK_S = 4.0
"""How long the speaking program may take over one text."""

JACK_S = 1.0

SPEAKER = ("espeak-ng", "--stdin", "--stdout", "-s", "160", "-a", "85", "-v")
LEAD_S = 0.2
"""Silence before what is spoken: a sound card that wakes up swallows the first of it."""

SOUNDS_LIKE = {"着落": "卓落", "重复": "虫复"}
"""Where the voice takes the wrong one of a character's sounds: one that sounds as meant."""

JACK = ("amixer", "cget", "iface=CARD,name=Headphone Jack")
"""Headphones of a sound card that tells its jack; its answer holds `values=on`."""

Clip = tuple[int, bytes]  # samples a second, and mono samples of 16 bits


class ClipError(Exception):
    """A recording that cannot be read, a text that cannot be spoken."""


def load(name: str, folders: list[str], volume: int) -> Clip:
    """The recording, or the text after an `@`, made as loud as asked. Raises ClipError."""
    try:
        with wave.open(speak(name[1:]) if name.startswith("@") else _open(name, folders)) as source:
            if (source.getnchannels(), source.getsampwidth()) != (1, 2):
                raise ClipError("not mono of 16 bits")
            rate, sound = source.getframerate(), source.readframes(FRAMES_MAX)
            if name.startswith("@"):
                sound = bytes(2 * int(LEAD_S * rate)) + sound
    except (OSError, EOFError, wave.Error, subprocess.SubprocessError) as error:
        raise ClipError(str(error) or type(error).__name__) from error
    if volume < 100:
        samples = array.array("h", sound)
        sound = array.array("h", [sample * volume // 100 for sample in samples]).tobytes()
    return rate, sound


def speak(words: str) -> io.BytesIO:
    """What the speaking program makes of `VOICE TEXT`. Raises OSError, SubprocessError."""
    voice, _, text = words.partition(" ")
    for written, alike in SOUNDS_LIKE.items():
        text = text.replace(written, alike)
    done = subprocess.run(
        [*SPEAKER, voice], input=text.encode(), capture_output=True, timeout=SPEAK_S, check=True
    )
    return io.BytesIO(done.stdout)


def has_headphones(wish: str) -> bool:
    """Whether what is private may be said; `wish`: none, always, detect."""
    if wish != "detect":
        return wish == "always"
    try:
        told = subprocess.run(JACK, capture_output=True, timeout=JACK_S, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return b"values=on" in told


def _open(name: str, folders: list[str]) -> io.BytesIO:
    """The recording in the first folder that has one; a hall's own stands before ours."""
    paths = [f"{folder}/{name}.wav" for folder in folders]
    with open(next((path for path in paths if os.path.exists(path)), paths[-1]), "rb") as file:
        return io.BytesIO(file.read(2 * FRAMES_MAX))
