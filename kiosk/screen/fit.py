"""Breaks a text into lines and finds the size at which it fits. Pure: `measure` knows widths."""

from collections.abc import Callable
from functools import partial

from kiosk.screen.items import Measure, Script

SHRINK_STEP = 0.94  # from one size to the next smaller one
BALANCE_TRIES = 16  # how often a paragraph is narrowed to make its lines equally long
SOFT_BREAK = "\u200b"  # written | in the phrases: break here, and only here or at spaces
ELLIPSIS = "…"
_CLOSING = "，。！？、；：）》」』”…,.!?;:)]།"
_OPENING = "（《「『“(["


def is_wide(char: str) -> bool:
    """Whether lines may break on both sides of `char` (Chinese writing)."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\uffef"


def _joins(before: str, char: str, soft: bool) -> bool:
    if char == " " or char in _CLOSING or before in _OPENING:
        return True
    if before == " ":
        return False
    if soft:
        return before != SOFT_BREAK
    return not (before in "་།" or is_wide(before) or is_wide(char))


def split_atoms(text: str) -> list[str]:
    """The pieces between which a line may break."""
    soft = SOFT_BREAK in text
    atoms: list[str] = []
    for char in text:
        if atoms and _joins(atoms[-1][-1], char, soft):
            atoms[-1] += char
        else:
            atoms.append(char)
    return atoms


def _fill(atoms: list[str], widths: list[float], limit: float) -> list[str]:
    lines = [""]
    used = 0.0
    for atom, width in zip(atoms, widths, strict=True):
        if lines[-1] and used + width > limit:
            lines.append("")
            used = 0.0
        lines[-1] += atom
        used += width
    return lines


def break_lines(text: str, limit: float, width_of: Callable[[str], float]) -> list[str]:
    """The fewest lines no wider than `limit` px, made as equal as they go.

    A piece that is wider alone stays whole: the caller tries a smaller size.
    """
    result: list[str] = []
    for part in text.split("\n"):
        atoms = split_atoms(part)
        widths = [width_of(atom.strip(SOFT_BREAK)) for atom in atoms]
        best = _fill(atoms, widths, limit)
        tries = BALANCE_TRIES if len(best) > 1 else 0
        for i in range(1, tries):
            narrower = _fill(atoms, widths, limit * (1 - i / BALANCE_TRIES / 2))
            if len(narrower) > len(best):
                break
            best = narrower
        result += [line.replace(SOFT_BREAK, "").strip() for line in best]
    return result


def fit(
    text: str,
    width: int,
    height: int,
    size: int,
    floor: int,
    measure: Measure,
    script: Script,
    bold: bool,
    leading: float,
) -> tuple[int, list[str]]:
    """The largest size from `size` down to `floor` px at which `text` fits, and its lines.

    What does not fit at `floor` is cut and ends in an ellipsis.
    """
    while True:
        width_of = partial(_width, measure, size, bold, script)
        lines = break_lines(text, width, width_of)
        room = int(height / (size * leading) + 0.01)
        if len(lines) <= room and all(width_of(line) <= width for line in lines):
            return size, lines
        smaller = int(size * SHRINK_STEP)
        if smaller < floor:
            return size, _cut(lines, max(1, room), width, width_of)
        size = smaller


def _width(measure: Measure, size: int, bold: bool, script: Script, text: str) -> float:
    return measure(text, size, bold, script)


def _cut(lines: list[str], room: int, width: int, width_of: Callable[[str], float]) -> list[str]:
    kept = lines[:room]
    if len(lines) > room:
        kept[-1] += ELLIPSIS
    for i, line in enumerate(kept):
        while len(line) > 1 and width_of(line) > width:
            line = line.rstrip(ELLIPSIS)[:-1] + ELLIPSIS
        kept[i] = line
    return kept
