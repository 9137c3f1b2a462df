"""From what is to be said to the player's words for it: recordings, or text for a voice. Pure.

A word is where it may be heard (a sign of MARKS), then a recording `zh/asking.question`, or a voice
and a text `@en-gb Window 3` for what nobody recorded.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from kiosk.sound.reading import Said, Words

MARKS = {"everywhere": "*", "headphones": "h", "open": "o"}
CHIME = "*chime"

UNHEARD = "\u200b"
"""Where the screen may break a line."""

SIGNS_MAX = 120
"""Characters of a text that are spoken."""

LINE_MAX = 4_096
"""Bytes of a line to the player: what Linux writes into a pipe whole or not at all."""

SILENT_PARTS = frozenset({"short", "starting", "unenrolled"})
SILENT = frozenset({"frame.window_label", "frame.seconds", "frame.ending"})
"""Phrases that nobody hears: other words are said for them, or nobody can ask for them yet."""


class Tongue(Struct, frozen=True):
    """A language as it can sound: its phrases, what is recorded, who speaks the rest.

    `speakers` maps languages to a voice of the speaking program; empty without the program.
    """

    language: str
    phrases: Mapping[str, str]
    recorded: frozenset[str]
    speakers: Mapping[str, str]


def list_spoken(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases that a language is asked to say."""
    said = (name for name in phrases if name not in SILENT)
    return tuple(name for name in said if name.split(".")[0] not in SILENT_PARTS)


def has_voice(tongue: Tongue) -> bool:
    """Whether the language can be heard at all."""
    return bool(tongue.recorded) or tongue.language in tongue.speakers


def spell(words: Words, tongue: Tongue) -> tuple[str, ...]:
    """The player's words; a chime, whatever is to be said, where nothing of it can be."""
    spelled = (_spell(said, tongue) for said in words)
    found = tuple(
        MARKS[said.where] + word for said, word in zip(words, spelled, strict=True) if word
    )
    return found if found and has_voice(tongue) else (CHIME,) if words else ()


def write_line(volume: int, spelled: tuple[str, ...]) -> bytes:
    """The line that has the player say this; what no line holds is left out at its end."""
    line = f"play\t{volume}"
    for word in spelled:
        longer = f"{line}\t{word}"
        if len(longer.encode("utf-8", "replace")) >= LINE_MAX:
            break
        line = longer
    return line.encode("utf-8", "replace") + b"\n"


def _spell(said: Said, tongue: Tongue) -> str:
    """A recording, else a voice; numbers digit by digit, as they stand on doors and badges."""
    if said.phrase in tongue.recorded:
        return f"{tongue.language}/{said.phrase}"
    value = " ".join(said.value) if said.value.isdecimal() else said.value
    text = tongue.phrases.get(said.phrase, "{n}").replace("{n}", value).replace(UNHEARD, "")
    speaker = tongue.speakers.get(_language_of(text, tongue.language))
    return f"@{speaker} {' '.join(text.split())[:SIGNS_MAX]}" if speaker and text.strip() else ""


def _language_of(text: str, language: str) -> str:
    """Names are Chinese on every page; letters alone are read as on the page, or as English."""
    if text.isascii():
        return "zh" if language == "zh" else "en"
    return "zh" if any("\u2e80" <= sign <= "\u9fff" for sign in text) else language
