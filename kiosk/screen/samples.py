"""Views to look at, with invented particulars: one list for the pictures and for the tests."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from kiosk.screen.items import Item, Measure
from kiosk.screen.pages import lay_out
from kiosk.screen.phrases import LANGUAGES, load_phrases
from kiosk.screen.tags import NAMES, load_tags
from kiosk.screen.theme import LEVELS, Theme
from kiosk.screen.view import KeyView, TagView, View

SCALES = {
    2: ("satisfied", "dissatisfied"),
    3: ("very_satisfied", "satisfied", "dissatisfied"),
    4: LEVELS[:4],
    5: LEVELS,
}
SAMPLE_DEVICE = "0123456789abcdef0123456789abcdef"
SAMPLE_URL = f"http://127.0.0.1:8700/e/{SAMPLE_DEVICE[:8]}.{SAMPLE_DEVICE}.0123456789abcdefghijkl"


def make_view(page: str, language: str, keys: int = 3) -> View:
    """A filled in view of `page`."""
    english = language == "en"
    spoken = NAMES.index(language) if language in NAMES else 0
    tags = tuple(
        TagView(code, names[spoken], picked=code == "208") for code, *names in load_tags()[2]
    )
    return View(
        page=page,
        language=language,
        window="3",
        clerk_no="0307",
        hall="City Service Hall" if english else "市政务服务中心",
        keys=tuple(KeyView(str(i + 1), level) for i, level in enumerate(SCALES[keys])),
        item_name="Renewal of an identity card" if english else "居民身份证换领",
        seconds_left=23 if page in ("asking", "reason") else None,
        tags=tags if page == "reason" else (),
        cursor=2,
        fault_number=11 if page == "fault" else 0,
        fault_what="panel_lost" if page == "fault" else "",
        echo_url=SAMPLE_URL if page == "thanking" else "",
        edges=True,
        device=SAMPLE_DEVICE if page in ("fault", "unenrolled") else "",
    )


class Sample(Struct, frozen=True):
    """A page as a hall may see it; `name` is what is special, "" on the plain page.

    `second` is a language that stands under the first on the keys.
    """

    name: str
    view: View
    second: str = ""
    night: bool = False

    def lay(self, width: int, height: int, theme: Theme, measure: Measure) -> list[Item]:
        """The items of the page, all languages offered."""
        return lay_out(
            self.view,
            width,
            height,
            theme,
            load_phrases(self.view.language),
            measure,
            second=load_phrases(self.second) if self.second else None,
            night=self.night,
            offered=tuple(map(load_phrases, LANGUAGES)),
        )


def list_samples(page: str, language: str, photo: str = "nowhere.png") -> Iterator[Sample]:
    """The page by day and by night, and all that it looks like besides."""
    view, five = make_view(page, language), make_view(page, language, 5)
    yield Sample("", view)
    yield Sample("night", view, night=True)
    if view.seconds_left is not None:
        yield Sample("five", five)
        yield Sample("ending", replace(view, seconds_left=9, ending=True))
    if page in ("asking", "chosen"):
        yield Sample("touch", replace(view, touch=True))
        yield Sample("touch-five", replace(five, touch=True))
    if page == "asking":
        second = "bo" if language == "zh" else "zh"
        lit = tuple(replace(key, lit=key.key == "1") for key in view.keys)
        yield Sample("lit", replace(view, keys=lit))
        yield Sample("lit-night", replace(view, keys=lit), night=True)
        yield Sample("second", view, second)
        yield Sample("second-five", five, second)
    if page == "free":
        yield Sample("clerk", replace(view, clerk_name="甲乙丙"))
        yield Sample("photo", replace(view, clerk_name="甲乙丙", clerk_photo=photo))
    if page == "thanking":
        yield Sample("plain", replace(view, echo_url=""))
