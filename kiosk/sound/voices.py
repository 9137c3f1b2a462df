"""Which language has which recordings: a hall's own before ours, and what is missing."""

import shutil
from pathlib import Path

from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.sound.clips import Tongue, has_voice, list_spoken
from kiosk.sound.load import SPEAKER

SOUNDS = Path(__file__).resolve().parents[2] / "assets" / "sounds"

SPEAKERS = {"zh": "cmn-latn-pinyin", "en": "en-gb"}
"""The speaking program's voices; it has none for Tibetan or vertical Mongolian. Version 1.51 reads
the tones of its plain `cmn` as English numbers.
"""


class Voices:
    """Read once, when the sound begins. `own` is a hall's folder of recordings, "" for none."""

    def __init__(self, own: str = "") -> None:
        self.folders = [*([own] if own else []), str(SOUNDS)]
        self._speakers = SPEAKERS if shutil.which(SPEAKER[0]) else {}
        self._tongues = {language: self._find(language) for language in LANGUAGES}

    def tongue(self, language: str) -> Tongue:
        """A language as it can sound."""
        return self._tongues[language]

    @property
    def faults(self) -> tuple[str, ...]:
        """What a technician should know, a line a language."""
        return tuple(line for tongue in self._tongues.values() if (line := _judge(tongue)))

    def _find(self, language: str) -> Tongue:
        paths = (path for root in self.folders for path in Path(root, language).glob("*.wav"))
        recorded = frozenset(path.name.removesuffix(".wav") for path in paths)
        return Tongue(language, load_phrases(language).table, recorded, self._speakers)


def _judge(tongue: Tongue) -> str:
    if not has_voice(tongue):
        return f"voice missing: {tongue.language}"
    lacking = [name for name in list_spoken(tongue.phrases) if name not in tongue.recorded]
    if tongue.language in tongue.speakers or not lacking:
        return ""
    return f"voice incomplete: {tongue.language}, {len(lacking)} phrases ({lacking[0]} ...)"
