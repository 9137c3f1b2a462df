"""The bodies of the desk's requests and answers: fields, bounds, and what they become. Pure.

No answer has a field for a level, a reason, a sequence number or a backlog; an event that brings
more than its fields is cut to them.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.desk.slip import read_slip
from kiosk.desk.window import (
    INVITATION_STATES,
    WINDOW_STATES,
    EventName,
    InvitationState,
    Refused,
    Status,
    WindowState,
)
from sync.records import Transaction

TRANSACTION_BYTES_MAX = 8 * 1024
"""Of a transaction as JSON, so that its entry stays below the line's 16 KiB with room to spare."""

MATTERS_MAX = 32

_PRINTABLE = r"^[^\x00-\x1f\x7f\u2028\u2029]+$"
Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=_PRINTABLE)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Pin = Annotated[str, Meta(min_length=1, max_length=64)]


class Matter(Struct, frozen=True, omit_defaults=True):
    """One of several matters served in one visit."""

    project_no: Number | None = None
    service_no: Number | None = None
    item_code: Number | None = None
    item_name: Name | None = None


class Subject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is served: the transaction's fields, bounded."""

    project_no: Number | None = None
    service_no: Number | None = None
    item_code: Number | None = None
    item_name: Name | None = None
    matters: Annotated[list[Name | Matter], Meta(max_length=MATTERS_MAX)] | None = None
    ticket_no: Number | None = None
    slip: Name | None = None
    """A barcode as it was scanned, instead of the numbers."""

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


class InvitationBody(Struct, frozen=True):
    """How an invitation stands: never how it was answered."""

    invitation: str
    state: InvitationState


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


def to_transaction(subject: Subject, *, whole: bool) -> Transaction:
    """Return the transaction. Raises Refused; `whole` asks for its numbers, or a ticket."""
    if subject.slip is not None:
        return read_slip(subject.slip)
    numbers = (subject.project_no, subject.service_no)
    if whole and None in numbers and subject.ticket_no is None:
        raise malformed("project_no and service_no are required, or a ticket_no")
    names = Transaction.__struct_fields__
    plain = to_builtins({name: getattr(subject, name) for name in names})
    if not any(plain.values()):
        raise malformed("no field of a transaction is given")
    if len(msgspec.json.encode(plain)) > TRANSACTION_BYTES_MAX:
        raise malformed(f"the transaction is longer than {TRANSACTION_BYTES_MAX} bytes")
    return Transaction(**plain)


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
