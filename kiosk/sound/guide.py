"""What is said when: from how the window stood and stands to the phrases to say. Pure.

Nothing here depends on a level but what is said through headphones alone.
"""

from msgspec import Struct

from kiosk.screen.view import View
from kiosk.sound.reading import Said, Words, read, read_all, read_reasons
from kiosk.terms import Event, Guided, Pressed, Strayed

PROMPTS = {
    "asking": ("asking.question", "asking.hint"),
    "chosen": ("chosen.title",),
    "reason": ("reason.question",),
    "thanking": ("thanking.title",),
}
"""What everybody hears when a page comes; other pages come silently."""

INVITATION = "spoken.hold"  # to the guide; heard by everybody too, where keys can be held


class Scene(Struct, frozen=True):
    """How the window stands: what it shows, to whom, whether that person is guided.

    `level` is the word of the rating that stands, for headphones alone.
    """

    view: View
    person: str = ""
    revision: int = 0
    level: str = ""
    guided: bool = False


def hear(before: Scene | None, after: Scene, event: Event | None, prompts: bool) -> Words | None:
    """What to say now: nothing new is None, silence is empty. `prompts` to whoever did not ask.

    `event` led from `before` to `after`; None is that time went by.
    """
    if isinstance(event, Guided):
        return read_all(after.view, after.level)
    has_moved = before is None or _place(before) != _place(after)
    if has_moved and after.guided:
        return read(after.view, after.level)
    if has_moved and prompts and after.person and after.view.page in PROMPTS:
        return _prompt(after.view)
    if after.guided and before is not None:
        if _choice(before.view) != _choice(after.view):
            return read_reasons(after.view)
        if after.view.ending and not before.view.ending:
            return (Said("spoken.ending"),)
    if isinstance(event, Pressed | Strayed) or (has_moved and _was_taken_back(before)):
        return ()
    return None


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
