"""The words of a visit: rules, state, what can happen to it, what it asks for. Values only."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from sync.records import Draft, Transaction

State = Literal[
    "starting",
    "paused",
    "free",
    "serving",
    "asking",
    "storing",
    "chosen",
    "reason",
    "thanking",
    "fault",
]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]

STORE_FAULT = "store_failed"
PANEL_FAULT = "panel_lost"


class Rules(Struct, frozen=True):
    """What a hall or a window may set. Times in milliseconds."""

    mode: Literal["invited", "walk_up"] = "invited"
    keys: tuple[str, ...] = ("1", "2", "3")
    scale: str = "three"
    panel: str = "huiyin-3"
    hall: str = ""
    window: str = ""
    language: str = "zh"
    languages: tuple[str, ...] = ()
    expires_ms: int = 30_000
    warn_ms: int = 10_000
    chosen_ms: int = 3_000
    reason_ms: int = 10_000
    deaf_ms: int = 500
    thanks_ms: int = 3_000
    echo_ms: int = 15_000
    offers_echo: bool = False
    interval_ms: int = 3_000
    patience: int = 4
    retry_ms: int = 2_000
    revisions_max: int = 9
    ask_reasons: Literal["all", "none", "bad"] = "all"
    tags: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


class Turn(Struct, frozen=True):
    """One service: a turn of serving a transaction; `asked` once an invitation was for it."""

    id: str
    transaction: Transaction
    asked: bool = False
    ended: bool = False


class Asked(Struct, frozen=True):
    """The open invitation; `since_ms` on the clock that `now` is told in."""

    id: str
    mode: str
    transaction: Transaction | None
    language: str
    since_ms: int


class Answer(Struct, frozen=True):
    """The rating as it stands: level 5…1, the key it came from, how often it was changed."""

    level: int
    key: str
    revision: int = 0


class Visit(Struct, frozen=True):
    """Where one window stands.

    `until_ms` is when `Due` is wanted, `deaf_until_ms` until when keys mean nothing. `language` is
    what somebody chose who was not asked yet; empty is the hall's. `guided`: they are read to.
    """

    rules: Rules
    state: State = "starting"
    open: bool = True
    clerk_no: str | None = None
    turn: Turn | None = None
    asked: Asked | None = None
    answer: Answer | None = None
    picked: tuple[str, ...] = ()
    cursor: int = 0
    until_ms: int | None = None
    deaf_until_ms: int = 0
    faults: frozenset[str] = frozenset()
    language: str = ""
    guided: bool = False

    def spare(self, wait_ms: int) -> int:
        """A wait of the rules, longer for whoever has to listen first."""
        return wait_ms * self.rules.patience if self.guided else wait_ms

    @property
    def spoken(self) -> str:
        """The language of the page: this citizen's, else the hall's."""
        return self.asked.language if self.asked else self.language or self.rules.language

    @property
    def tags(self) -> tuple[str, ...]:
        """The reason tags of the level that was chosen."""
        return self.rules.tags.get(self.answer.level, ()) if self.answer else ()


# What can happen.


class Resumed(Struct, frozen=True):
    """The journal can be written, at start or after a failure; where it says the window stands."""

    open: bool = True
    clerk_no: str | None = None
    turn: Turn | None = None


class Pressed(Struct, frozen=True):
    """One counted press: wire key, level 5…1, `panel` or `touch`, an id should it start a visit."""

    key: str
    level: int
    source: str = "panel"
    fresh_id: str = ""


class Strayed(Struct, frozen=True):
    """A press that the panel's own rules did not count."""

    key: str
    why: str


class Picked(Struct, frozen=True):
    """A finger on a reason's tag."""

    code: str


class Guided(Struct, frozen=True):
    """A key was held: somebody cannot see the screen and is read to."""


class Turned(Struct, frozen=True):
    """Another language was chosen: this one, or without a name the next that is offered."""

    language: str = ""


class Invited(Struct, frozen=True):
    """Ask the citizen about this transaction."""

    id: str
    transaction: Transaction
    language: str | None = None
    clerk_no: str | None = None
    mode: str = "invited"


class Cancelled(Struct, frozen=True):
    """The clerk takes the open invitation back."""


class Stored(Struct, frozen=True):
    """The append is on disk."""


class Failed(Struct, frozen=True):
    """The append is not on disk."""


class Due(Struct, frozen=True):
    """`until_ms` has come."""


class Raised(Struct, frozen=True):
    """A fault that stops the window: the panel lost, the disk full."""

    what: str
    detail: str = ""


class Cleared(Struct, frozen=True):
    """That fault is over."""

    what: str


class Noted(Struct, frozen=True):
    """Something to write down that stops nothing: a stuck key, an unknown code."""

    what: str
    state: str
    detail: str = ""


class Served(Struct, frozen=True):
    """A turn at the window began or ended."""

    state: Literal["begun", "ended"]
    id: str
    transaction: Transaction


class Opened(Struct, frozen=True):
    """The window is open, with this clerk."""

    clerk_no: str | None


class Paused(Struct, frozen=True):
    """The window takes a break, or closes."""

    clerk_no: str | None


Event = (
    Resumed
    | Pressed
    | Strayed
    | Guided
    | Picked
    | Turned
    | Invited
    | Cancelled
    | Stored
    | Failed
    | Due
    | Raised
    | Cleared
    | Noted
    | Served
    | Opened
    | Paused
)
EVENTS: tuple[type[Event], ...] = Event.__args__


# What a step asks for.


class Append(Struct, frozen=True):
    """Put these entries on disk in one write; `Stored` or `Failed` must follow at once."""

    drafts: tuple[Draft, ...]


class Signal(Struct, frozen=True):
    """Lamps and buzzer: invite, thanks, pause, fault. The same for every level."""

    word: str


class Tell(Struct, frozen=True):
    """An invitation's state as the desk may know it."""

    invitation: str
    state: str


class Reopen(Struct, frozen=True):
    """Try the journal again; `Resumed` follows if it works."""


Effect = Append | Signal | Tell | Reopen
Step = tuple[Visit, tuple[Effect, ...]]
