"""The routes of business systems: ask at a window through the hall, look, take back.

The same words as at the desk (design.md, "How a window is told to ask"); none makes a rating.
"""

import asyncio
from functools import partial

from litestar import Response, delete, get, post
from litestar.params import FromPath

from sync.asking import Ask, InvitationBody, to_transaction
from sync.hall.ledger import invitations
from sync.hall.ledger.asked import Asked
from sync.hall.ledger.invitations import Wish
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.hall.pages import schema
from sync.hall.pages.body import AnyRequest, answer_json, decode, read_body
from sync.hall.pages.callers import RETRY_S, admit, check_in_service, find_invitation, find_kiosk
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused

BODY_MAX = 16 * 1024
"""Bytes of a request, as at the desk."""

CANCEL_S = 5.0
"""How long a kiosk may take to take an invitation back."""

LOOK_S = 0.05
SCHEME: list[dict[str, list[str]]] = [{"system": []}]


@post(
    "/v1/windows/{window:str}/invitations",
    status_code=201,
    summary="Ask about a transaction at a window",
    operation_class=schema.Asking,
    security=SCHEME,
    responses=schema.answers(InvitationBody, 201)
    | schema.answers(InvitationBody, 200)
    | schema.problems(401, 404, 409, 413, 415, 422, 429, 503),
)
async def invite(request: AnyRequest, hall: Hall, window: FromPath[str]) -> Response[bytes]:
    """Have the window's kiosk ask; the same open transaction again is the same invitation."""
    system = admit(request, hall)
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise Refused(415, "media-type", "send Content-Type: application/json")
    asked_for = decode(await read_body(request, BODY_MAX), Ask)
    try:
        transaction = to_transaction(asked_for, whole=True)
    except ValueError as wrong:
        raise Refused(422, "malformed", str(wrong)) from None
    number, device = find_kiosk(hall, system, window)
    check_in_service(hall, number, device)
    wish = Wish(system.hall, window, transaction, asked_for.language, asked_for.clerk_no)
    now = hall.clock()
    done = await hall.do(lambda connection, _: invitations.invite(connection, number, wish, now))
    assert isinstance(done, tuple)
    name, created = done
    hall.ring_for(device).set()
    response = answer_json(InvitationBody(name, "waiting"), 201 if created else 200)
    response.headers["Location"] = f"/v1/invitations/{name}"
    return response


@get(
    "/v1/invitations/{id:str}",
    summary="How an invitation stands",
    security=SCHEME,
    responses=schema.answers(InvitationBody) | schema.problems(401, 404, 429, 503),
)
async def read_invitation(
    request: AnyRequest,
    hall: Hall,
    id: FromPath[str],  # noqa: A002 - the contract's word
) -> Response[bytes]:
    """Whether it was answered, never how."""
    return _tell(find_invitation(hall, admit(request, hall), id), hall)


@delete(
    "/v1/invitations/{id:str}",
    status_code=200,
    summary="Take an invitation back before the first press",
    security=SCHEME,
    responses=schema.answers(InvitationBody) | schema.problems(401, 404, 409, 429, 503),
)
async def cancel(
    request: AnyRequest,
    hall: Hall,
    id: FromPath[str],  # noqa: A002
) -> Response[bytes]:
    """Done once the kiosk's own entry says so; twice is fine."""
    system = admit(request, hall)
    found = find_invitation(hall, system, id)
    await hall.do(partial(_cancel, id, hall.clock()))
    hall.ring_for(found.name).set()
    ends = hall.monotonic() + CANCEL_S
    while hall.monotonic() < ends:
        found = find_invitation(hall, system, id)
        state = found.state(hall.clock())
        if state == "cancelled":
            return _tell(found, hall)
        if state != "waiting" or found.level is not None:
            raise Refused(409, "not-waiting", "the invitation waits no more for a first press")
        await asyncio.sleep(LOOK_S)
    raise Refused(503, "not-in-service", "the kiosk does not answer", retry_after_s=RETRY_S)


def _cancel(name: str, now: int, connection: Connection, _tally: Tally) -> None:
    invitations.cancel(connection, name, now)


def _tell(found: Asked, hall: Hall) -> Response[bytes]:
    return answer_json({"invitation": found.invitation, "state": found.state(hall.clock())})


ROUTES = [invite, read_invitation, cancel]
