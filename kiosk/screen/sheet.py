"""A page while it is being laid out: scaled sizes; boxes, texts and icons put into rectangles.

Pure; text widths come from `measure`.
"""

from dataclasses import dataclass, field

from msgspec.structs import replace as change

from kiosk.screen.fit import fit
from kiosk.screen.items import Box, Column, Icon, Item, Measure, Rect, Script, Text
from kiosk.screen.phrases import Phrases
from kiosk.screen.theme import Palette, Theme

BASE_LONG = 1280  # px of the screen for which a theme states its sizes
BASE_SHORT = 800
FLOOR_PX = 14  # no text is set smaller than this, it is cut instead
FLOOR_SHARE = 0.5  # nor smaller than this share of the size asked for
DATA_MOST = 300  # letters of a name or number that are looked at
DATA_LEADING = 1.25  # line height of names and numbers, in em
# Names and numbers come in Chinese or Latin letters whatever the language of the page.
DATA = Script(("Noto Sans CJK SC", "Noto Sans"), 0.88, 0.24)


@dataclass(slots=True)
class Sheet:
    """`language` is the phrases of the page; `items` is what has been put on it so far.

    `offered` are the languages a finger may choose while asked. `shift` moves all but the ground
    by some px, against burn-in; it is less than the margin.
    """

    width: int
    height: int
    theme: Theme
    palette: Palette
    language: Phrases
    measure: Measure
    shift: tuple[int, int] = (0, 0)
    offered: tuple[Phrases, ...] = ()
    items: list[Item] = field(default_factory=list)

    @property
    def page(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    @property
    def tall(self) -> bool:
        """Whether the screen stands upright."""
        return self.height > self.width

    def px(self, base: float) -> int:
        """A length of the stated screen in pixels of this one."""
        long, short = max(self.width, self.height), min(self.width, self.height)
        return round(base * min(long / BASE_LONG, short / BASE_SHORT))

    def size(self, name: str) -> int:
        """One of the theme's sizes in pixels of this screen."""
        return self.px(self.theme.sizes[name])

    def word_size(self, name: str) -> int:
        """The same for the language's own words: small-bodied scripts are set larger."""
        return round(self.px(self.theme.sizes[name]) * self.language.zoom)

    def settle(self, first: int, rect: Rect, axes: str = "xy") -> None:
        """Moves the items put on since `first`, as one, into the middle of `rect`."""
        group = self.items[first:]
        left, top = min(i.rect.x for i in group), min(i.rect.y for i in group)
        width = max(i.rect.right for i in group) - left
        height = max(i.rect.bottom for i in group) - top
        spot = rect.middle(width, height)
        by = (spot.x - left if "x" in axes else 0, spot.y - top)
        self.items[first:] = [change(item, rect=item.rect.moved(by)) for item in group]

    def box(self, rect: Rect, fill: str, *, outline: str = "", heavy: int = 0, touch: str = "",
            corner: int | None = None) -> None:  # fmt: skip
        """A card; `heavy` is the outline's width in px, else the theme's."""
        thickness = (heavy or max(1, self.size("outline"))) if outline else 0
        round_px = self.size("corner") if corner is None else corner
        self.items.append(Box(rect, fill, outline, thickness, round_px, touch))

    def icon(self, rect: Rect, name: str, color: str, paper: str) -> None:
        side = min(rect.w, rect.h)
        self.items.append(Icon(rect.middle(side, side), name, color, paper))

    def text(
        self,
        rect: Rect,
        words: str,
        size: int,
        color: str,
        *,
        bold: bool = False,
        across: str = "center",
        down: str = "center",
        script: Script | None = None,
    ) -> Rect:
        """Sets `words` inside `rect`, smaller if need be; the block of lines they make.

        `across` is left, center or right along a line; `down` is top, center or bottom in the
        direction lines follow. Without `script` the words are the language's own: columns that
        follow each other to the right where it is vertical, that is the same on its side.
        """
        if script:
            words = " ".join(words[:DATA_MOST].split())
        if not words or rect.w <= 0 or rect.h <= 0:
            return Rect(rect.x, rect.y, 0, 0)
        turned = script is None and self.language.vertical
        kind = Column if turned else Text
        area = rect.turned() if turned else rect
        face = script or self.language.script
        leading = lead(script) if script else self.language.leading
        floor = max(FLOOR_PX, int(size * FLOOR_SHARE))
        size, lines = fit(words, area.w, area.h, size, floor, self.measure, face, bold, leading)
        line_px = round(size * leading)
        y = area.y + _share(down, area.h - line_px * len(lines))
        widths = [min(area.w, int(self.measure(x, size, bold, face)) + 1) for x in lines]
        longest = max(widths)
        for line, width in zip(lines, widths, strict=True):
            # columns begin at one height; lines are centred each for itself
            x = area.x + _share(across, area.w - (longest if turned else width))
            spot = Rect(x, y, width, line_px)
            self.items.append(
                kind(spot.turned() if turned else spot, line, size, bold, color, face)
            )
            y += line_px
        depth = line_px * len(lines)
        block = Rect(area.x + _share(across, area.w - longest), y - depth, longest, depth)
        return block.turned() if turned else block

    def say(
        self,
        rect: Rect,
        key: str,
        size: str,
        color: str,
        value: object = "",
        *,
        bold: bool = False,
        across: str = "center",
        down: str = "center",
    ) -> Rect:
        """Sets the phrase `key` in one of the theme's sizes."""
        words = self.language.say(key, value)
        return self.text(
            rect, words, self.word_size(size), color, bold=bold, across=across, down=down
        )

    def cut(self, rect: Rect, base: float) -> tuple[Rect, Rect]:
        """The first `base` px of a rectangle in the direction in which lines follow, and the rest.

        Downwards; to the right in vertical script.
        """
        return self.part(rect, self.px(base))

    def part(self, rect: Rect, length: int) -> tuple[Rect, Rect]:
        """The same with a length in pixels of this screen."""
        if self.language.vertical:
            return rect.left(length), rect.after(length)
        return rect.top(length), rect.below(length)

    def line(self, name: str) -> int:
        """What a line of the language's words takes, in pixels of this screen."""
        return round(self.word_size(name) * self.language.leading)

    def rest(self, rect: Rect, used: Rect, base: float) -> Rect:
        """What is left of `rect` after what was put at its start, and a gap of `base` px."""
        if self.language.vertical:
            return rect.after(used.right - rect.x + self.px(base))
        return rect.below(used.bottom - rect.y + self.px(base))


def lead(script: Script) -> float:
    """The line height of names and words in another writing, in em: no line meets the next."""
    return max(DATA_LEADING, script.ascent + script.descent)


def _share(where: str, free: int) -> int:
    """How much of the free room stands before."""
    free = max(0, free)
    return {"left": 0, "top": 0, "center": free // 2, "right": free, "bottom": free}[where]
