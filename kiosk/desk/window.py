"""What the desk may ask of the window, as protocols the app implements.

Knows no HTTP, no thread, no screen. Nothing here can carry a level: the desk
is told that a service was rated, never how.
"""

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeVar

from msgspec import Struct

from sync.records import Transaction

T = TypeVar("T")

WindowState = Literal["free", "serving", "asking", "paused", "fault"]
WINDOW_STATES: tuple[str, ...] = WindowState.__args__  # type: ignore[attr-defined]

EventName = Literal["invitation", "window", "status"]
"""What happens at the window, named as on the event stream."""

Listener = Callable[[EventName, dict[str, Any]], None]
"""Told an event and the body of the same GET. Must not block: it is called on the main thread."""


class Refused(Exception):
    """The window says no: word and status of a problem (wire.md), and when to come back."""

    def __init__(
        self, word: str, detail: str, status: int, retry_after_s: float | None = None
    ) -> None:
        super().__init__(f"{word}: {detail}")
        self.word = word
        self.detail = detail
        self.status = status
        self.retry_after_s = retry_after_s


class Status(Struct, frozen=True):
    """How the window stands: a word of WINDOW_STATES, and today's own counts of asked and answered.

    `clerk_no` is who is signed on, `open` whether the clerk has it open, out of service or not;
    they stand in `GET /v1/window`, not in `GET /v1/status`. `waiting` is the open invitation, for
    whoever begins to listen.
    """

    state: str
    asked: int
    answered: int
    clerk_no: str | None = None
    open: bool = True
    waiting: str | None = None


class Counter(Protocol):
    """The window as the desk sees it; every call runs on the main thread and may raise Refused."""

    def invite(
        self, transaction: Transaction, language: str | None, clerk_no: str | None
    ) -> tuple[str, str, bool]:
        """Ask about this transaction. Return (invitation id, state word, was it created now)."""

    def invitation(self, id: str) -> str:  # noqa: A002 - the contract's word
        """Return the state word of an invitation."""

    def cancel(self, id: str) -> str:  # noqa: A002
        """Cancel a waiting invitation that no key was pressed for; return its state word."""

    def join(self, id: str, transaction: Transaction) -> str:  # noqa: A002
        """Add fields that became known later; return the invitation's state word."""

    def serve(self, state: str, transaction: Transaction) -> str:
        """Begin or end a service (`begun`, `ended`); return the service's id."""

    def set_window(self, state: str, clerk_no: str | None, pin: str | None) -> None:
        """Open or pause the window (`open`, `paused`); None for a clerk leaves who is signed on."""

    def status(self) -> Status:
        """Return how the window stands."""


class Bridge(Protocol):
    """The one place where the desk's thread meets the main thread."""

    async def call(self, fn: Callable[[Counter], T]) -> T:
        """Run `fn` on the main thread and return what it returned. Raises Refused."""

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` told every event from now on, on the main thread."""
