"""Views to look at: one for each page, with invented particulars, for pictures and tests."""

from kiosk.screen.tags import load_tags
from kiosk.screen.theme import LEVELS
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
    tags = tuple(
        TagView(code, name_en if english else name, picked=code == "208")
        for code, name, name_en in load_tags()[2]
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
