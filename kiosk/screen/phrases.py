"""What the screen says, one file a language, the same keys in all. Knows no Qt and no page."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from kiosk.screen.fit import SOFT_BREAK
from kiosk.screen.items import Script

PHRASES = Path(__file__).resolve().parent.parent.parent / "assets" / "phrases"
LANGUAGES = ("zh", "en", "bo", "mn")


class PhrasesError(ValueError):
    """A language's file is missing or wrong, in one line."""


class Phrases(msgspec.Struct, frozen=True):
    """One language: `table` maps page.phrase to its words, `{n}` standing for a value."""

    language: str
    name: str
    vertical: bool
    script: Script
    sample: str
    leading: float
    zoom: float
    table: Mapping[str, str]

    def say(self, key: str, value: object = "") -> str:
        """The phrase `key` with `value` in its place; all languages have all keys."""
        return self.table[key].replace("{n}", str(value))


@lru_cache(maxsize=8)
def load_phrases(language: str, root: Path = PHRASES) -> Phrases:
    """The phrases of `root/<language>.toml`; PhrasesError if it cannot be read."""
    path = root / f"{language}.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        head = data.pop("language")
        script = Script(tuple(head["families"]), head["ascent"], head["descent"])
        table = {
            f"{part}.{key}": str(words).replace("|", SOFT_BREAK)
            for part, lines in data.items()
            for key, words in lines.items()
        }
        return Phrases(
            language,
            head["name"],
            head["vertical"],
            script,
            head["sample"],
            head["leading"],
            head["zoom"],
            table,
        )
    except (OSError, ValueError) as error:
        raise PhrasesError(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise PhrasesError(
            f"{path}: [language] or a phrase is missing or wrong: {error}"
        ) from error
