"""From where the window stands to what the screen shows. Pure: the same visit, the same picture."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from kiosk.screen.view import KeyView, TagView, View
from kiosk.terms import PANEL_FAULT, STORE_FAULT, Visit

FAULT_NUMBERS = {
    "panel_lost": 11,
    "key_stuck": 12,
    "panel_untested": 13,
    "unknown_code": 14,
    "missed_presses": 15,
    "bad_frame": 16,
    "no_silence": 17,
    "store_failed": 21,
    "disk_low": 22,
    "revoked": 31,
    "clock_jump": 41,
    "sound": 52,
}
"""What the screen tells a technician; a fault not named here is number 99. Its words are the
phrases `faults.<what>`."""

OTHER_FAULT = 99
PAGES = {"serving": "free", "storing": "asking"}
"""States that show the page of another."""

COUNTED = frozenset({"asking", "reason"})
"""States whose seconds are shown."""

EVERY_ITEM = "*"

Tag = tuple[str, ...]
"""A reason tag: code, then its name in each of TAG_LANGUAGES."""

TAG_LANGUAGES = ("zh", "en", "bo", "mn")


class Clerk(Struct, frozen=True):
    """Who sits at the window: a name, and the file of a photo; either may be empty."""

    name: str = ""
    photo: str = ""


NOBODY = Clerk()


def no_echo(invitation: str) -> str:
    """The hall offers no page."""
    return ""


class Facts(Struct, frozen=True):
    """What a picture needs besides the visit: names, keys as (key, level word), tags by code.

    `clerks` by staff number, "" for whoever has no row. `shown_items` are the codes of items whose
    names others may read. `echo` gives the address of an invitation's page.
    """

    device: str = ""
    hall: str = ""
    window: str = ""
    clerks: Mapping[str, Clerk] = field(default_factory=dict)
    keys: tuple[tuple[str, str], ...] = ()
    tags: dict[str, Tag] | None = None
    shown_items: frozenset[str] = frozenset()
    touch: bool = False
    edges: bool = False
    echo: Callable[[str], str] = no_echo


def picture(visit: Visit, facts: Facts, lit: str | None, now: int) -> View:
    """Return the view of a visit; `lit` is the key that is down. Nothing after it shows a level."""
    page = _page(visit)
    language = visit.spoken
    clerk = facts.clerks.get(visit.clerk_no or "") or facts.clerks.get("", NOBODY)
    seconds_left = _seconds_left(visit, now)
    first_fault = min(visit.faults, key=_number, default="")
    return View(
        page=page,
        language=language,
        window=facts.window,
        hall=facts.hall,
        clerk_no=visit.clerk_no or "",
        clerk_name=clerk.name,
        clerk_photo=clerk.photo,
        device=facts.device,
        keys=_keys(facts, lit if page in ("asking", "free") else None),
        item_name=_item_name(visit, facts) if page == "asking" else "",
        seconds_left=seconds_left,
        ending=seconds_left is not None and seconds_left * 1000 <= _warn_ms(visit),
        touch=facts.touch,
        edges=facts.edges,
        tags=_tags(visit, facts, language) if page == "reason" else (),
        cursor=visit.cursor if page == "reason" else 0,
        fault_number=_number(first_fault) if page == "fault" else 0,
        fault_what=first_fault if page == "fault" else "",
        echo_url=facts.echo(visit.asked.id) if visit.asked and page == "thanking" else "",
    )


def _page(visit: Visit) -> str:
    """The page of a state; a walk-up window at rest shows its keys, for anybody who comes."""
    if visit.rules.mode == "walk_up" and visit.state in ("free", "serving"):
        return "asking"
    return PAGES.get(visit.state, visit.state)


def _keys(facts: Facts, lit: str | None) -> tuple[KeyView, ...]:
    return tuple(KeyView(key, level, key == lit) for key, level in facts.keys)


def _item_name(visit: Visit, facts: Facts) -> str:
    """The item's name, where the hall lets others at the window read it."""
    asked = visit.asked.transaction if visit.asked else None
    if asked is None or not facts.shown_items & {asked.item_code, EVERY_ITEM}:
        return ""
    return asked.item_name or ""


def _seconds_left(visit: Visit, now: int) -> int | None:
    if visit.state not in COUNTED or visit.until_ms is None:
        return None
    return max(0, -(-(visit.until_ms - now) // 1000))


def _warn_ms(visit: Visit) -> int:
    """How long before its end a wait is warned of: never more than half of it."""
    rules = visit.rules
    wait_ms = rules.reason_ms if visit.state == "reason" else rules.expires_ms
    return min(rules.warn_ms, wait_ms // 2)


def _tags(visit: Visit, facts: Facts, language: str) -> tuple[TagView, ...]:
    names = facts.tags or {}
    views = []
    for code in visit.tags:
        tag = dict(zip(TAG_LANGUAGES, names.get(code, ())[1:], strict=False))
        name = tag.get(language) or tag.get(TAG_LANGUAGES[0], code)
        views.append(TagView(code, name, code in visit.picked))
    return tuple(views)


def _number(fault: str) -> int:
    return FAULT_NUMBERS.get(fault, OTHER_FAULT)


assert {PANEL_FAULT, STORE_FAULT} <= set(FAULT_NUMBERS)
