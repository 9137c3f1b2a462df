"""The bodies of the desk's requests and answers: fields, bounds, and what they become. Pure.

No answer has a field for a level, a reason, a sequence number or a backlog; an event that brings
more than its fields is cut to them.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.desk.slip import Patterns
from kiosk.desk.window import WINDOW_STATES, EventName, Refused, Status, WindowState
from sync import asking
from sync.asking import INVITATION_STATES, InvitationBody, Language, Name, Number
from sync.records import Transaction

Pin = Annotated[str, Meta(min_length=1, max_length=64)]


class Subject(asking.Subject, frozen=True, kw_only=True, omit_defaults=True):
    """What is served: the transaction's fields, or a barcode as it was scanned instead."""

    slip: Name | None = None

    def is_blank(self) -> bool:
        """Whether no transaction is named."""
        return not any(getattr(self, name) for name in Subject.__struct_fields__)


class Ask(Subject, frozen=True, kw_only=True, omit_defaults=True):
    """POST /v1/invitations."""

    language: Language | None = None
    clerk_no: Number | None = None


class Turn(Subject, frozen=True, kw_only=True, omit_defaults=True):
    """PUT /v1/service."""

    state: Literal["begun", "ended"]


class Place(Struct, frozen=True, omit_defaults=True):
    """PUT /v1/window."""

    state: Literal["open", "paused"]
    clerk_no: Number | None = None
    pin: Pin | None = None
    badge: Pin | None = None


class ServiceBody(Struct, frozen=True):
    """A turn of serving a transaction."""

    service: str
    state: Literal["begun", "ended"]


class WindowBody(Struct, frozen=True):
    """Whether the window is open, and who is signed on."""

    state: Literal["open", "paused"]
    clerk_no: str | None


class StatusBody(Struct, frozen=True):
    """How the window stands, and today's own counts."""

    state: WindowState
    asked: int
    answered: int


def to_transaction(subject: Subject, slips: Patterns, *, whole: bool) -> Transaction:
    """Return the transaction. Raises Refused; `whole` asks for its numbers, or a ticket."""
    if subject.slip is not None:
        return slips.read(subject.slip)
    try:
        return asking.to_transaction(subject, whole=whole)
    except ValueError as wrong:
        raise malformed(str(wrong)) from None


def to_builtins(value: object) -> dict[str, Any]:
    """Return a record as the plain dict its JSON is."""
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


def malformed(detail: str) -> Refused:
    """What a request gets that is not what its route takes."""
    return Refused("malformed", detail, 422)


def invitation_body(id: str, state: str) -> InvitationBody:  # noqa: A002 - the contract's word
    """Return the answer. Raises ValueError if the state is not one the contract has."""
    if state not in INVITATION_STATES:
        raise ValueError("the window told a state of an invitation that the contract does not have")
    return msgspec.convert({"invitation": id, "state": state}, InvitationBody)


def status_body(status: Status) -> StatusBody:
    """Return the answer. Raises ValueError if the state is not one the contract has."""
    if status.state not in WINDOW_STATES:
        raise ValueError("the window told a state that the contract does not have")
    return msgspec.convert(to_builtins(status), StatusBody)


def window_body(status: Status) -> WindowBody:
    """Return the answer."""
    is_open = status.open and status.state != "paused"
    return WindowBody("open" if is_open else "paused", status.clerk_no)


EVENT_BODIES: dict[EventName, type[Struct]] = {
    "invitation": InvitationBody,
    "window": WindowBody,
    "status": StatusBody,
}


def encode_event(name: EventName, body: dict[str, Any]) -> bytes:
    """Return the event as it goes down the stream, cut to the fields its GET has.

    Raises msgspec.ValidationError for a body that does not have them.
    """
    cut = msgspec.json.encode(msgspec.convert(body, EVENT_BODIES[name]))
    return b"event: %s\ndata: %s\n\n" % (name.encode(), cut)
