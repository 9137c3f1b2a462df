"""A theme: colours, measures and pictures of a folder of TOML and SVG. Knows no Qt.

A theme without a picture of its own takes that of its `parent`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from sync.errors import HuiyinError

T = TypeVar("T")
THEMES = Path(__file__).resolve().parent.parent.parent / "assets" / "themes"
LEVELS = (
    "very_satisfied",
    "satisfied",
    "basically_satisfied",
    "dissatisfied",
    "very_dissatisfied",
)
PICTURES = (
    *LEVELS, "check", "fault", "mark", "pause", "picked", "unenrolled", "unpicked", "unseen",
    "voluntary",
)  # fmt: skip
_COLORS = ("paper", "card", "ink", "soft", "mark", "accent", "on_accent", "line", "on_lit")
_SIZES = ("big", "main", "title", "body", "small", "corner", "outline")


class ThemeError(HuiyinError):
    """A theme's file is missing or wrong: file, key and what is allowed, in one line."""


class Palette(msgspec.Struct, frozen=True):
    """Colours as #rrggbb.

    `mark` is for pictures on paper, `accent` for what `on_accent` is written on, `levels` for
    faces, `lit` for a card while its key is down.
    """

    paper: str
    card: str
    ink: str
    soft: str
    mark: str
    accent: str
    on_accent: str
    line: str
    on_lit: str
    levels: Mapping[str, str]
    lit: Mapping[str, str]


class Theme(msgspec.Struct, frozen=True):
    """Sizes are px on a screen of 1280 × 800; other screens scale them."""

    name: str
    folders: tuple[Path, ...]
    mm_per_px: float
    sizes: Mapping[str, int]
    day: Palette
    night: Palette

    def read_picture(self, name: str) -> str:
        """The SVG text of a picture; ThemeError if no folder has it."""
        return self.find_picture(name).read_text("utf-8")

    def find_picture(self, name: str) -> Path:
        """A picture's file; ThemeError if no folder has it."""
        for folder in self.folders:
            path = folder / f"{name}.svg"
            if path.is_file():
                return path
        raise ThemeError(f"{self.folders[0]}: no picture {name}.svg, nor in a parent theme")


def list_themes(root: Path = THEMES) -> list[str]:
    """The names of the themes that are there."""
    return sorted(path.parent.name for path in root.glob("*/theme.toml"))


def load_theme(name: str, root: Path = THEMES) -> Theme:
    """The theme in folder `root/name`, or in the folder that `name` is from the root of the disk;
    ThemeError in one line if it is wrong or has not every picture.
    """
    path = root / name / "theme.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ThemeError(f"{path}: {error}") from error
    folders: tuple[Path, ...] = (path.parent,)
    if "parent" in data:
        folders += (root / str(data["parent"]),)
    sizes = {key: _take(path, data, "sizes", key, int) for key in _SIZES}
    mm_per_px = _take(path, data, "screen", "mm_per_px", float)
    day, night = (_read_palette(path, data, part) for part in ("day", "night"))
    theme = Theme(name, folders, mm_per_px, sizes, day, night)
    for picture in PICTURES:
        theme.find_picture(picture)
    return theme


def _read_palette(path: Path, data: Mapping[str, object], part: str) -> Palette:
    colors = {key: _take_color(path, data, part, key) for key in _COLORS}
    levels, lit = (
        {level: _take_color(path, data, f"{part}.{kind}", level) for level in LEVELS}
        for kind in ("levels", "lit")
    )
    return Palette(**colors, levels=levels, lit=lit)


def _take_color(path: Path, data: Mapping[str, object], part: str, key: str) -> str:
    value: str = _take(path, data, part, key, str)
    digits = value[1:].lower()
    if len(value) != 7 or value[0] != "#" or digits.strip("0123456789abcdef"):
        raise ThemeError(f"{path}: {part}.{key} = {value!r}: a colour is #rrggbb")
    return value


def _take(path: Path, data: Mapping[str, object], part: str, key: str, kind: type[T]) -> T:
    table: object = data
    for name in part.split("."):
        table = table.get(name) if isinstance(table, dict) else None
    value = table.get(key) if isinstance(table, dict) else None
    if not isinstance(value, kind):
        raise ThemeError(f"{path}: {part}.{key} is missing or no {kind.__name__}")
    return value


def measure_contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    dark, light = sorted((_measure_light(one), _measure_light(other)))
    return (light + 0.05) / (dark + 0.05)


def _measure_light(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
