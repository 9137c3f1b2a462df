"""What a business system sends to ask about a service, and what it is told: the same words at the
desk and at the hall. Pure.

No answer has a field for a level, a reason, a sequence number or a backlog.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from sync.records import Transaction

TRANSACTION_BYTES_MAX = 8 * 1024
"""Of a transaction as JSON, so that its entry stays below the line's 16 KiB with room to spare."""

MATTERS_MAX = 32

_PRINTABLE = r"^[^\x00-\x1f\x7f\u2028\u2029]+$"
Number = Annotated[str, Meta(min_length=1, max_length=64, pattern=_PRINTABLE)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
Language = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]

InvitationState = Literal["waiting", "rated", "not_rated", "cancelled", "superseded", "interrupted"]
INVITATION_STATES: tuple[str, ...] = InvitationState.__args__  # type: ignore[attr-defined]


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


class Ask(Subject, frozen=True, kw_only=True, omit_defaults=True):
    """The body that asks for an invitation."""

    language: Language | None = None
    clerk_no: Number | None = None


class InvitationBody(Struct, frozen=True):
    """How an invitation stands: never how it was answered."""

    invitation: str
    state: InvitationState


def to_transaction(subject: Subject, *, whole: bool) -> Transaction:
    """Return the transaction; `whole` asks for its numbers, or a ticket.

    Raises ValueError saying what is missing or too long.
    """
    numbers = (subject.project_no, subject.service_no)
    if whole and None in numbers and subject.ticket_no is None:
        raise ValueError("project_no and service_no are required, or a ticket_no")
    names = Transaction.__struct_fields__
    plain: dict[str, Any] = msgspec.to_builtins({name: getattr(subject, name) for name in names})
    if not any(plain.values()):
        raise ValueError("no field of a transaction is given")
    if len(msgspec.json.encode(plain)) > TRANSACTION_BYTES_MAX:
        raise ValueError(f"the transaction is longer than {TRANSACTION_BYTES_MAX} bytes")
    return Transaction(**plain)
