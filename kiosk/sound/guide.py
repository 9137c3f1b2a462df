"""What is said when: from how the window stood and stands to the phrases to say. Pure.

Nothing here depends on a level but what is said through headphones alone.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from kiosk.screen.view import View
from kiosk.terms import Event, Guided, Pressed, Strayed

NEAR = ("left", "middle", "right")  # how the keys of a panel with three of them are called
PROMPTS = {
    "asking": ("asking.question", "asking.hint"),
    "chosen": ("chosen.title",),
    "reason": ("reason.question",),
    "thanking": ("thanking.title",),
}
"""What everybody hears when a page comes; other pages come silently."""

INVITATION = "spoken.hold"  # to the guide; heard by everybody too, where keys can be held

Where = Literal["everywhere", "headphones", "open"]


class Said(Struct, frozen=True):
    """A phrase, or a name where `phrase` is empty; `value` stands in the phrase's {n}.

    `where`: through headphones only, in the open only, or both.
    """

    phrase: str
    value: str = ""
    where: Where = "everywhere"


class Scene(Struct, frozen=True):
    """How the window stands: what it shows, to whom, whether that person is guided.

    `level` is the word of the rating that stands, for headphones alone.
    """

    view: View
    person: str = ""
    revision: int = 0
    level: str = ""
    guided: bool = False


Words = tuple[Said, ...]


def hear(before: Scene | None, after: Scene, event: Event | None, prompts: bool) -> Words | None:
    """What to say now: nothing new is None, silence is empty. `prompts` to whoever did not ask.

    `event` led from `before` to `after`; None is that time went by.
    """
    if isinstance(event, Guided):
        return read_all(after)
    has_moved = before is None or _place(before) != _place(after)
    if has_moved and after.guided:
        return read(after)
    if has_moved and prompts and after.person and after.view.page in PROMPTS:
        return _prompt(after.view)
    if after.guided and before is not None:
        if _choice(before.view) != _choice(after.view):
            return tuple(_reasons(after.view))
        if after.view.ending and not before.view.ending:
            return (Said("spoken.ending"),)
    if isinstance(event, Pressed | Strayed) or (has_moved and _was_taken_back(before)):
        return ()
    return None


def read_all(scene: Scene) -> Words:
    """Everything that stands on the page, what matters first."""
    view = scene.view
    if view.page == "free":
        return read(scene)
    hall = (Said("", view.hall),) if view.hall else ()
    window = (Said("frame.window", view.window),) if view.window else ()
    return (*read(scene), *hall, *window)


def read(scene: Scene) -> Words:
    """What a page says, without what stands around every page."""
    view = scene.view
    match view.page:
        case "free":
            return tuple(_free(view))
        case "asking":
            return tuple(_asking(view))
        case "reason":
            return (Said("reason.question"), *_reasons(view))
        case "chosen":
            own = (Said(f"levels.{scene.level}", where="headphones"),) if scene.level else ()
            return (Said("chosen.title"), *own, Said("chosen.detail"))
        case "thanking":
            scan = (Said("thanking.scan"),) if view.echo_url else ()
            return (Said("thanking.title"), Said("thanking.detail"), *scan)
        case "fault":
            return tuple(_fault(view))
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


def _reasons(view: View) -> Iterator[Said]:
    """The reason that the keys act on, which would tell the level, then what the keys do."""
    here = view.tags[view.cursor] if view.tags else None
    if here is not None:
        yield Said(f"tag.{here.code}", here.name, "headphones")
    if here is not None and here.picked:
        yield Said("spoken.picked", where="headphones")
    yield Said("spoken.headphones", where="open")
    meanings = (
        "reason.undo" if here is not None and here.picked else "reason.this",
        "reason.next",
        "reason.done" if any(tag.picked for tag in view.tags) else "reason.none",
    )
    names = name_keys(len(view.keys))
    for name, meaning in zip((*names[:2], names[-1]), meanings, strict=True):
        yield Said(name)
        yield Said(meaning)


def _prompt(view: View) -> Words:
    said = tuple(Said(phrase) for phrase in PROMPTS[view.page])
    return (*said, Said(INVITATION)) if view.page == "asking" and view.edges else said


def _place(scene: Scene) -> tuple[str, str, str, int]:
    """What a new page is told by: one question asked twice of two people is two."""
    return scene.view.page, scene.view.language, scene.person, scene.revision


def _choice(view: View) -> tuple[object, ...]:
    return view.cursor, view.tags


def _was_taken_back(before: Scene | None) -> bool:
    """Whether the question that is being said is no longer asked."""
    return before is not None and before.view.page == "asking"
