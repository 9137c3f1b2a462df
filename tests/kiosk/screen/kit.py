"""Pages to test: each page, language, size, theme and number of keys, laid out as shown."""

from collections.abc import Iterator
from itertools import product

from msgspec.structs import replace

from kiosk.screen.items import Item
from kiosk.screen.pages import PAGES, lay_out
from kiosk.screen.paint import Painter
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.samples import list_samples, make_view
from kiosk.screen.shots import SIZES
from kiosk.screen.tags import NAMES, load_tags
from kiosk.screen.theme import load_theme
from kiosk.screen.view import TagView, View

THEMES = ("calm", "contrast")
STATED = (1280, 800)
LONG_NAME = "关于经营性道路危险货物运输驾驶员从业资格证换证补证注销的申请与办理(一件事一次办)"


def sizes() -> list[tuple[int, int]]:
    return [(int(w), int(h)) for w, h in (size.split("x") for size in SIZES)]


def views(page: str, language: str) -> Iterator[View]:
    """The pictures' views and what is harder to place."""
    yield from (sample.view for sample in list_samples(page, language) if not sample.second)
    if page in ("asking", "chosen", "reason"):
        yield from (replace(make_view(page, language, keys), touch=True) for keys in (2, 4))
    for keys in (3, 5):
        view = make_view(page, language, keys)
        late = replace(view, seconds_left=9, ending=True)
        yield replace(late, clerk_name="甲乙丙", window="A108", hall=LONG_NAME, touch=True)
        if page == "asking":
            yield replace(view, item_name="")
            yield replace(view, item_name=LONG_NAME)
            yield replace(view, keys=tuple(replace(key, lit=True) for key in view.keys))
        if page == "reason":
            for tags in load_tags().values():
                names = [tag[1 + NAMES.index(language)] for tag in tags]
                yield replace(view, tags=tuple(TagView(name, name) for name in names), cursor=7)
            chinese = tuple(TagView(code, name) for code, name, *_ in load_tags()[1])
            yield replace(view, tags=chinese)
            yield replace(view, tags=())
        if page == "fault":
            what = "store_failed: /var/lib/huiyin/journal: no space left on device"
            yield replace(view, fault_number=99, fault_what=what)


def lay(
    view: View, size: tuple[int, int] = STATED, theme: str = "calm", **how: object
) -> list[Item]:
    made = load_theme(theme)
    phrases = load_phrases(view.language)
    return lay_out(view, *size, made, phrases, PAINTERS(theme).measure, **how)  # type: ignore[arg-type]


def PAINTERS(theme: str, kept: dict[str, Painter] = {}) -> Painter:  # noqa: B006
    return kept.setdefault(theme, Painter(load_theme(theme)))


ALL = list(product(PAGES, LANGUAGES, sizes()))
