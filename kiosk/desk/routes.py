"""The desk's routes for business systems: invitations, service, window, status, events.

Each asks the window through the bridge and answers with bodies of `bodies`; none makes a rating.
"""

import re
from typing import Any

from litestar import MediaType, Response, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from kiosk.desk.bodies import (
    Ask,
    Place,
    ServiceBody,
    StatusBody,
    Subject,
    Turn,
    WindowBody,
    encode_event,
    invitation_body,
    status_body,
    to_builtins,
    to_transaction,
    window_body,
)
from kiosk.desk.clerks import SignOn
from kiosk.desk.events import Fan
from kiosk.desk.problems import Problem
from kiosk.desk.slip import Patterns
from kiosk.desk.window import Bridge, Counter, Refused
from sync.asking import InvitationBody
from sync.records import Transaction

_ID = re.compile(r"[0-9a-f]{32}")
_PROBLEMS_OF_ALL = (401, 403, 413, 415, 422, 429, 500, 503)


def make_routes(
    bridge: Bridge, fan: Fan, sign_on: SignOn, slips: Patterns
) -> list[HTTPRouteHandler]:
    """Return the routes under /v1, and /healthz."""
    return [*_invitations(bridge, slips), *_window(bridge, sign_on, slips), *_watching(bridge, fan)]


def _invitations(bridge: Bridge, slips: Patterns) -> list[HTTPRouteHandler]:
    path = "/v1/invitations/{id:str}"
    again = ResponseSpec(InvitationBody, generate_examples=False, description="asked already")

    @post("/v1/invitations", status_code=201, responses={200: again, **_problems(409)})
    async def invite(data: JSONBody[Ask]) -> Response[InvitationBody]:
        """Ask about this transaction; the same open one again is the same invitation."""
        transaction = to_transaction(data, slips, whole=True)
        id_, state, created = await bridge.call(
            lambda counter: counter.invite(transaction, data.language, data.clerk_no)
        )
        location = {"Location": f"/v1/invitations/{id_}"}
        body = invitation_body(id_, state)
        return Response(body, status_code=201 if created else 200, headers=location)

    @get(path, responses=_problems(404))
    async def read_invitation(id: FromPath[str]) -> InvitationBody:  # noqa: A002
        """How an invitation stands: whether it was answered, never how."""
        _check_id(id)
        return invitation_body(id, await bridge.call(lambda counter: counter.invitation(id)))

    @delete(path, status_code=200, responses=_problems(404, 409))
    async def cancel(id: FromPath[str]) -> InvitationBody:  # noqa: A002
        """Cancel an invitation that waits and that no key was pressed for."""
        _check_id(id)
        return invitation_body(id, await bridge.call(lambda counter: counter.cancel(id)))

    @patch(path, responses=_problems(404, 409))
    async def join(id: FromPath[str], data: JSONBody[Subject]) -> InvitationBody:  # noqa: A002
        """Add fields of the transaction that became known later."""
        _check_id(id)
        transaction = to_transaction(data, slips, whole=False)
        state = await bridge.call(lambda counter: counter.join(id, transaction))
        return invitation_body(id, state)

    return [invite, read_invitation, cancel, join]


def _window(bridge: Bridge, sign_on: SignOn, slips: Patterns) -> list[HTTPRouteHandler]:
    @put("/v1/service", responses=_problems(409))
    async def serve(data: JSONBody[Turn]) -> ServiceBody:
        """A service begins or ends; one that nobody is asked about counts as not asked."""
        if data.state == "ended" and data.is_blank():
            transaction = Transaction()
        else:
            transaction = to_transaction(data, slips, whole=data.state == "begun")
        service = await bridge.call(lambda counter: counter.serve(data.state, transaction))
        return ServiceBody(service, data.state)

    @put("/v1/window", responses=_problems(409))
    async def place(data: JSONBody[Place]) -> WindowBody:
        """Open or pause the window, or change the clerk."""
        clerk_no, pin = sign_on.check(data)

        def change(counter: Counter) -> WindowBody:
            counter.set_window(data.state, clerk_no, pin)
            return window_body(counter.status())

        return await bridge.call(change)

    @get("/v1/window", responses=_problems())
    async def read_window() -> WindowBody:
        """Whether the window is open, and who is signed on."""
        return window_body(await bridge.call(lambda counter: counter.status()))

    return [serve, place, read_window]


def _watching(bridge: Bridge, fan: Fan) -> list[HTTPRouteHandler]:
    @get("/v1/status", responses=_problems())
    async def read_status() -> StatusBody:
        """How the window stands, and today's own counts of asked and answered."""
        return status_body(await bridge.call(lambda counter: counter.status()))

    @get("/v1/events", media_type="text/event-stream", responses=_problems())
    async def watch() -> Stream:
        """Events as they come: `invitation`, `window`, `status`, each the body of its GET.

        The first say how the window stands, and which invitation waits, if one does.
        """

        async def first() -> bytes:
            status = await bridge.call(lambda counter: counter.status())
            told = encode_event("status", to_builtins(status_body(status)))
            if status.waiting is not None:
                open_one = invitation_body(status.waiting, "waiting")
                told += encode_event("invitation", to_builtins(open_one))
            return told

        return Stream(fan.listen(first), media_type="text/event-stream")

    @get("/healthz", media_type=MediaType.JSON, security=[{}])
    async def tell_health() -> dict[str, str]:
        """The desk answers; needs no token and says nothing of the window."""
        return {"status": "ok"}

    return [read_status, watch, tell_health]


def _check_id(id: str) -> None:  # noqa: A002
    if not _ID.fullmatch(id):
        raise Refused("unknown", "there is no such invitation", 404)


def _problems(*statuses: int) -> dict[int, Any]:
    spec = ResponseSpec(Problem, generate_examples=False, media_type="application/problem+json")
    return dict.fromkeys((*statuses, *_PROBLEMS_OF_ALL), spec)
