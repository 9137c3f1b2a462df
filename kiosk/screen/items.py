"""What a laid out page is made of: boxes, lines of text, columns of text, icons, QR codes.

Plain hashable values in whole pixels, so that two pages can be compared. Knows no Qt.
"""

from collections.abc import Callable
from itertools import pairwise

from msgspec import Struct


class Rect(Struct, frozen=True):
    """A rectangle in pixels."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    def turned(self) -> "Rect":
        """The rectangle with its axes exchanged."""
        return Rect(self.y, self.x, self.h, self.w)

    def moved(self, by: tuple[int, int]) -> "Rect":
        """The rectangle moved by some px to the right and down."""
        return Rect(self.x + by[0], self.y + by[1], self.w, self.h)

    def inset(self, dx: int, dy: int) -> "Rect":
        """The rectangle without `dx` at the sides and `dy` above and below."""
        return Rect(self.x + dx, self.y + dy, max(0, self.w - 2 * dx), max(0, self.h - 2 * dy))

    def top(self, h: int) -> "Rect":
        """Its upper `h` pixels."""
        return Rect(self.x, self.y, self.w, h)

    def below(self, h: int) -> "Rect":
        """What is left under its upper `h` pixels."""
        return Rect(self.x, self.y + h, self.w, max(0, self.h - h))

    def left(self, w: int) -> "Rect":
        """Its left `w` pixels."""
        return Rect(self.x, self.y, w, self.h)

    def after(self, w: int) -> "Rect":
        """What is left beside its left `w` pixels."""
        return Rect(self.x + w, self.y, max(0, self.w - w), self.h)

    def middle(self, w: int, h: int) -> "Rect":
        """A rectangle of that size in its centre."""
        return Rect(self.x + (self.w - w) // 2, self.y + (self.h - h) // 2, w, h)

    def columns(self, n: int, gap: int) -> list["Rect"]:
        """`n` equal columns, left to right."""
        edges = [self.x + round(i * (self.w + gap) / n) for i in range(n + 1)]
        return [Rect(a, self.y, b - gap - a, self.h) for a, b in pairwise(edges)]

    def rows(self, n: int, gap: int) -> list["Rect"]:
        """`n` equal rows, top to bottom."""
        edges = [self.y + round(i * (self.h + gap) / n) for i in range(n + 1)]
        return [Rect(self.x, a, self.w, b - gap - a) for a, b in pairwise(edges)]

    def contains(self, other: "Rect") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: "Rect") -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


class Script(Struct, frozen=True):
    """How one writing is set: font families in order; ink above and below the base line, in em."""

    families: tuple[str, ...]
    ascent: float
    descent: float


class Box(Struct, frozen=True):
    """A filled rectangle; `touch` is what a finger on it reports."""

    rect: Rect
    fill: str
    outline: str = ""
    thickness: int = 0
    corner: int = 0
    touch: str = ""


class Text(Struct, frozen=True):
    """One line of text; the rectangle is its measured extent. Upright text is a `Text`, too."""

    rect: Rect
    text: str
    size: int
    bold: bool
    color: str
    script: Script


class Column(Struct, frozen=True):
    """One column of vertical script, top to bottom: a line turned a quarter clockwise."""

    rect: Rect
    text: str
    size: int
    bold: bool
    color: str
    script: Script


class Icon(Struct, frozen=True):
    """A picture of the theme: `color` where it says currentColor, `paper` where it is white."""

    rect: Rect
    name: str
    color: str
    paper: str


class Code(Struct, frozen=True):
    """A QR code."""

    rect: Rect
    url: str
    color: str
    paper: str


class Photo(Struct, frozen=True):
    """A square picture out of a file, its corners rounded; a box where it cannot be read."""

    rect: Rect
    path: str
    corner: int
    color: str


Item = Box | Text | Column | Icon | Code | Photo
Measure = Callable[[str, int, bool, Script], float]  # text, size in px, bold, script -> width in px


def find_touch(items: list[Item], x: int, y: int) -> str:
    """What a finger at x, y reports: of the boxes there the one drawn last; "" for none."""
    for item in reversed(items):
        if isinstance(item, Box) and item.touch:
            rect = item.rect
            if rect.x <= x < rect.right and rect.y <= y < rect.bottom:
                return item.touch
    return ""
