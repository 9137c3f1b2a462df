"""From where the window stands to what the screen shows. Pure: the same visit, the same picture."""

from msgspec import Struct

from kiosk.screen.view import KeyView, TagView, View
from kiosk.terms import PANEL_FAULT, STORE_FAULT, Visit

FAULT_NUMBERS = {
    "panel_lost": 11,
    "panel_untested": 13,
    "key_stuck": 12,
    "store_failed": 21,
    "disk_low": 22,
    "revoked": 31,
}
"""What the screen tells a technician; a fault not named here is number 99."""

OTHER_FAULT = 99
PAGES = {"serving": "free", "storing": "asking"}
"""States that show the page of another."""

Tag = tuple[str, str, str]
"""A reason tag: code, Chinese name, English name."""


class Facts(Struct, frozen=True):
    """What a picture needs besides the visit: names, keys as (key, level word), tags by code."""

    device: str = ""
    hall: str = ""
    window: str = ""
    clerk_name: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    tags: dict[str, Tag] | None = None
    show_item: bool = False


def picture(visit: Visit, facts: Facts, lit: str | None, now: int) -> View:
    """Return the view of a visit; `lit` is the key that is down. Nothing after it shows a level."""
    page = _page(visit)
    language = visit.asked.language if visit.asked else visit.rules.language
    asked = visit.asked.transaction if visit.asked else None
    first_fault = min(visit.faults, key=_number, default="")
    return View(
        page=page,
        language=language,
        window=facts.window,
        hall=facts.hall,
        clerk_no=visit.clerk_no or "",
        clerk_name=facts.clerk_name,
        device=facts.device,
        keys=_keys(facts, lit if page in ("asking", "free") else None),
        item_name=(asked.item_name or "") if asked and facts.show_item and page == "asking" else "",
        seconds_left=_seconds_left(visit, page, now),
        tags=_tags(visit, facts, language) if page == "reason" else (),
        cursor=visit.cursor if page == "reason" else 0,
        fault_number=_number(first_fault) if page == "fault" else 0,
        fault_what=first_fault if page == "fault" else "",
    )


def _page(visit: Visit) -> str:
    """The page of a state; a walk-up window at rest shows its keys, for anybody who comes."""
    if visit.rules.mode == "walk_up" and visit.state in ("free", "serving"):
        return "asking"
    return PAGES.get(visit.state, visit.state)


def _keys(facts: Facts, lit: str | None) -> tuple[KeyView, ...]:
    return tuple(KeyView(key, level, key == lit) for key, level in facts.keys)


def _seconds_left(visit: Visit, page: str, now: int) -> int | None:
    if page != "asking" or visit.until_ms is None:
        return None
    return max(0, -(-(visit.until_ms - now) // 1000))


def _tags(visit: Visit, facts: Facts, language: str) -> tuple[TagView, ...]:
    names = facts.tags or {}
    views = []
    for code in visit.tags:
        _, chinese, english = names.get(code, (code, code, code))
        name = english if language == "en" else chinese
        views.append(TagView(code, name, code in visit.picked))
    return tuple(views)


def _number(fault: str) -> int:
    return FAULT_NUMBERS.get(fault, OTHER_FAULT)


assert {PANEL_FAULT, STORE_FAULT} <= set(FAULT_NUMBERS)
