"""What the screen is asked to show: plain values. Knows no Qt, no clock, no rating."""

from msgspec import Struct


class KeyView(Struct, frozen=True):
    """One key of the panel, in the panel's order, left to right."""

    key: str
    level: str
    lit: bool = False


class TagView(Struct, frozen=True):
    """One reason tag, its name already in the language of the page."""

    code: str
    name: str
    picked: bool = False


class View(Struct, frozen=True):
    """One page and all that stands on it.

    `page` is one of starting, unenrolled, free, asking, chosen, reason, thanking, paused, fault;
    and doctor and code, whose `notes` a technician reads.
    `cursor` is the index of the tag that the key "this one" would pick. `ending` warns that the
    seconds run out. `touch`: fingers on the screen count; `edges`: the panel tells keys held down.
    """

    page: str
    language: str = "zh"
    window: str = ""
    clerk_no: str = ""
    clerk_name: str = ""
    clerk_photo: str = ""
    hall: str = ""
    keys: tuple[KeyView, ...] = ()
    item_name: str = ""
    seconds_left: int | None = None
    ending: bool = False
    touch: bool = False
    edges: bool = False
    tags: tuple[TagView, ...] = ()
    cursor: int = 0
    fault_number: int = 0
    fault_what: str = ""
    echo_url: str = ""
    device: str = ""
    notes: tuple[str, ...] = ()
