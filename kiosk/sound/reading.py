"""What each page says to whoever cannot see it, phrase by phrase in its order. Pure.

What would tell a level is for headphones alone.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from kiosk.screen.view import View

NEAR = ("left", "middle", "right")  # how the keys of a panel with three of them are called

Where = Literal["everywhere", "headphones", "open"]


class Said(Struct, frozen=True):
    """A phrase, or a name where `phrase` is empty; `value` stands in the phrase's {n}.

    `where`: through headphones only, in the open only, or both.
    """

    phrase: str
    value: str = ""
    where: Where = "everywhere"


Words = tuple[Said, ...]


def read_all(view: View, level: str = "") -> Words:
    """Everything that stands on the page, what matters first."""
    if view.page == "free":
        return read(view, level)
    hall = (Said("", view.hall),) if view.hall else ()
    window = (Said("frame.window", view.window),) if view.window else ()
    return (*read(view, level), *hall, *window)


def read(view: View, level: str = "") -> Words:
    """What a page says, without its head. `level` is the word of the answer, where there is one."""
    match view.page:
        case "free":
            return tuple(_free(view))
        case "asking":
            return tuple(_asking(view))
        case "reason":
            return (Said("reason.question"), *read_reasons(view))
        case "chosen":
            own = (Said(f"levels.{level}", where="headphones"),) if level else ()
            return (Said("chosen.title"), *own, Said("chosen.detail"))
        case "thanking":
            scan = (Said("thanking.scan"),) if view.echo_url else ()
            return (Said("thanking.title"), Said("thanking.detail"), *scan)
        case "fault":
            return (*_fault(view), *_device(view))
        case "unenrolled":
            return (Said("unenrolled.title"), Said("unenrolled.detail"), *_device(view))
        case page:
            return (Said(f"{page}.title"), Said(f"{page}.detail"))


def name_keys(count: int) -> tuple[str, ...]:
    """The phrases for a panel's keys, left to right."""
    names = NEAR if count == len(NEAR) else tuple(f"key_{n}" for n in range(1, count + 1))
    return tuple(f"spoken.{name}" for name in names)


def _free(view: View) -> Iterator[Said]:
    if view.hall:
        yield Said("", view.hall)
    if view.window:
        yield Said("frame.window", view.window)
    if view.clerk_no:
        yield Said("frame.clerk_no", view.clerk_no)
    if view.clerk_name:
        yield Said("", view.clerk_name)
    for phrase in ("free.title", "free.detail", "frame.voluntary", "frame.unseen"):
        yield Said(phrase)


def _asking(view: View) -> Iterator[Said]:
    yield Said("asking.question")
    if view.item_name:
        yield Said("asking.item", view.item_name)
    yield Said("asking.hint")
    for name, key in zip(name_keys(len(view.keys)), view.keys, strict=True):
        yield Said(name)
        yield Said(f"levels.{key.level}")
    yield Said("frame.unseen")
    if view.seconds_left is not None:
        yield Said("spoken.time")


def _fault(view: View) -> Iterator[Said]:
    for phrase in ("fault.title", "fault.detail", "fault.technician"):
        yield Said(phrase)
    yield Said("fault.number", f"{view.fault_number:02d}")
    yield Said(f"faults.{view.fault_what}")


def _device(view: View) -> Iterator[Said]:
    """The box's name, letter by letter: whoever calls a technician is asked for it."""
    if view.device:
        yield Said("unenrolled.device")
        yield Said("", " ".join(view.device))


def read_reasons(view: View) -> Words:
    """The reason that the keys act on, and what they do."""
    return tuple(_reasons(view))


def _reasons(view: View) -> Iterator[Said]:
    """The reason that the keys act on, which would tell the level, then what the keys do."""
    here = view.tags[view.cursor] if view.tags else None
    if here is not None:
        yield Said(f"tag.{here.code}", here.name, "headphones")
    if here is not None and here.picked:
        yield Said("spoken.picked", where="headphones")
    yield Said("spoken.headphones", where="open")
    going_on = ("reason.undo" if here is not None and here.picked else "reason.this", "reason.next")
    ending = "reason.done" if any(tag.picked for tag in view.tags) else "reason.none"
    *others, last = name_keys(len(view.keys))  # the last one ends, even where it is the second
    for name, meaning in (*zip(others, going_on, strict=False), (last, ending)):
        yield Said(name)
        yield Said(meaning)
