"""The reason tags that a citizen may pick, from the national table. Knows no screen."""

import tomllib
from pathlib import Path

TAGS = Path(__file__).resolve().parent.parent.parent / "assets" / "tags"
NATIONAL = "national-2"  # second edition; a hall may neither add to it nor delete from it

Tag = tuple[str, ...]
NAMES = ("zh", "en", "bo", "mn")  # the languages of a tag's names, in their order


class TagsError(ValueError):
    """A table of tags is missing or wrong, in one line."""


def load_tags(name: str = NATIONAL, root: Path = TAGS) -> dict[int, tuple[Tag, ...]]:
    """Level (5…1) → its tags in the table's order: the code, then a name in each of NAMES.

    One without a Tibetan or Mongolian name has its Chinese one there.
    """
    path = root / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        tags: dict[int, list[Tag]] = {level: [] for level in range(5, 0, -1)}
        for row in data["tag"]:
            chinese = row["zh"]
            others = (row.get(language, chinese) for language in NAMES[2:])
            tags[row["level"]].append((row["code"], chinese, row["en"], *others))
    except (OSError, ValueError) as error:
        raise TagsError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise TagsError(f"{path}: a [[tag]] needs code, level 1-5, zh, en: {error}") from error
    return {level: tuple(rows) for level, rows in tags.items()}
