"""A visit run as the conductor does, with a journal that is a list and may refuse to write."""

from typing import Any

from hypothesis import strategies as st

from kiosk.resume import read_back
from kiosk.terms import (
    Append,
    Due,
    Event,
    Failed,
    Invited,
    Pressed,
    Resumed,
    Rules,
    Stored,
    Visit,
)
from kiosk.visit import TABLE, step
from sync import records
from sync.records import Draft, Transaction

TAGS = {level: tuple(f"{level}{n:02}" for n in range(8)) for level in range(1, 6)}
RULES = Rules(tags=TAGS, hall="h", window="3")
KEYS = st.sampled_from(["1", "2", "3"])
LEVELS = {"1": 5, "2": 4, "3": 2}
NUMBERS = st.integers(0, 4)


def transaction(n: int) -> Transaction:
    return Transaction(project_no=f"P{n}", service_no="1")


class Window:
    """Runs a visit as the conductor does, with a journal that is a list and may refuse to write."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.visit = Visit(rules)
        self.lines: list[Draft] = []
        self.now = 0

    def handle(self, event: Event, is_writable: bool = True) -> None:
        events = [event]
        while events:
            event = events.pop(0)
            row = TABLE[self.visit.state, type(event)]
            before = self.visit
            self.visit, effects = step(self.visit, event, self.now)
            assert self.visit.state in row.to, (before.state, event, self.visit.state)
            if self.visit.state == "chosen" and before.state != "chosen":
                assert before.state == "storing"
                assert type(event) is Stored
                assert self.lines[-1].kind is records.Rating
            for effect in effects:
                if isinstance(effect, Append):
                    if not is_writable:
                        events = [Failed()]
                        break
                    self.lines += effect.drafts
                    events.append(Stored())

    def entries(self) -> list[Any]:
        head = {"device": "d", "epoch": "e", "prev": "p", "at": "", "boot": "", "clock": ""}
        return [
            draft.kind(**head, seq=n, mono_ms=0, **draft.fields)  # type: ignore[call-arg]
            for n, draft in enumerate(self.lines, 1)
        ]

    def resume(self) -> None:
        standing = read_back(self.entries())
        self.lines += standing.drafts
        self.handle(standing.resumed)


def drive(*events: Event, rules: Rules = RULES) -> Window:
    window = Window(rules)
    window.handle(Resumed())
    for event in events:
        if isinstance(event, Due):
            window.now = window.visit.until_ms or window.now
        window.handle(event)
    return window


def kinds(window: Window) -> list[str]:
    return [draft.kind.__name__ for draft in window.lines]


ASK = Invited("i1", transaction(1))
GOOD, MIDDLE, BAD = Pressed("1", 5), Pressed("2", 4), Pressed("3", 2)
