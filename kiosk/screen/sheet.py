"""A page while it is being laid out: scaled sizes, and boxes, texts and icons put into rectangles.

Pure; text widths come from `measure`.
"""

from dataclasses import dataclass, field

from kiosk.screen.fit import fit
from kiosk.screen.items import Box, Column, Icon, Item, Measure, Rect, Script, Text
from kiosk.screen.phrases import Phrases
from kiosk.screen.theme import Palette, Theme

BASE_LONG = 1280  # px of the screen for which a theme states its sizes
BASE_SHORT = 800
FLOOR_PX = 14  # no text is set smaller than this, it is cut instead
FLOOR_SHARE = 0.5  # nor smaller than this share of the size asked for
DATA_LEADING = 1.25  # line height of names and numbers, in em
# Names and numbers come in Chinese or Latin letters whatever the language of the page.
DATA = Script(("Noto Sans CJK SC", "Noto Sans"), 0.88, 0.24)


@dataclass(slots=True)
class Sheet:
    """`language` is the phrases of the page; `items` is what has been put on it so far."""

    width: int
    height: int
    theme: Theme
    palette: Palette
    language: Phrases
    measure: Measure
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
        floor: int = 0,
    ) -> Rect:
        """Sets `words` inside `rect`, smaller if need be; what it covers.

        `across` is left, center or right; `down` is top, center or bottom. Without `script` the
        words are the language's own.
        """
        if not words or rect.w <= 0 or rect.h <= 0:
            return rect.top(0)
        if script is None and self.language.vertical:
            return self._columns(rect, words, size, color, bold, across, down, floor)
        face = script or self.language.script
        leading = DATA_LEADING if script else self.language.leading
        floor = floor or max(FLOOR_PX, int(size * FLOOR_SHARE))
        size, lines = fit(words, rect.w, rect.h, size, floor, self.measure, face, bold, leading)
        line_px = round(size * leading)
        y = rect.y + _share(down, rect.h - line_px * len(lines))
        used = []
        for line in lines:
            width = min(rect.w, int(self.measure(line, size, bold, face)) + 1)
            used.append(Rect(rect.x + _share(across, rect.w - width), y, width, line_px))
            self.items.append(Text(used[-1], line, size, bold, color, face))
            y += line_px
        return enclose(used)

    def _columns(
        self,
        rect: Rect,
        words: str,
        size: int,
        color: str,
        bold: bool,
        across: str,
        down: str,
        floor: int,
    ) -> Rect:
        """The same in vertical script: lines run down and follow each other to the right."""
        face, leading = self.language.script, self.language.leading
        floor = floor or max(FLOOR_PX, int(size * FLOOR_SHARE))
        size, lines = fit(words, rect.h, rect.w, size, floor, self.measure, face, bold, leading)
        line_px = round(size * leading)
        x = rect.x + _share(down, rect.w - line_px * len(lines))
        used = []
        for line in lines:
            length = min(rect.h, int(self.measure(line, size, bold, face)) + 1)
            used.append(Rect(x, rect.y + _share(across, rect.h - length), line_px, length))
            self.items.append(Column(used[-1], line, size, bold, color, face))
            x += line_px
        return enclose(used)

    def cut(self, rect: Rect, base: float) -> tuple[Rect, Rect]:
        """The first `base` px of a rectangle in the direction lines follow each other, and the rest.

        Downwards; to the right in vertical script.
        """
        length = self.px(base)
        if self.language.vertical:
            return rect.left(length), rect.after(length)
        return rect.top(length), rect.below(length)

    def say(self, rect: Rect, key: str, size: str, color: str, value: object = "",
            **how: object) -> Rect:  # fmt: skip
        """Sets the phrase `key` in one of the theme's sizes."""
        return self.text(rect, self.language.say(key, value), self.size(size), color, **how)  # type: ignore[arg-type]


def _share(where: str, free: int) -> int:
    """How much of the free room stands before."""
    free = max(0, free)
    return {"left": 0, "top": 0, "center": free // 2, "right": free, "bottom": free}[where]


def enclose(rects: list[Rect]) -> Rect:
    """The smallest rectangle around all of them."""
    x, y = min(r.x for r in rects), min(r.y for r in rects)
    return Rect(x, y, max(r.right for r in rects) - x, max(r.bottom for r in rects) - y)
