"""The console: its page and files, and signing on to it by PIN, which gives a cookie."""

import time
from pathlib import Path
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from kiosk.desk.access import COOKIE, Access
from kiosk.desk.bodies import Pin, Place
from kiosk.desk.clerks import SignOn
from kiosk.desk.slip import Patterns
from kiosk.desk.window import Bridge, Refused
from sync.asking import Number

FOLDER = Path(__file__).resolve().parent / "console"
MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Signing(Struct, frozen=True, omit_defaults=True):
    """POST /session: the window's PIN, or a clerk's number and PIN, or a badge."""

    pin: Pin | None = None
    clerk_no: Number | None = None
    badge: Pin | None = None


class Session(Struct, frozen=True):
    """Whether this browser is signed on, and whether clerks sign on by number.

    `slips` are the patterns of slips, each with whether what fits it is a ticket.
    """

    signed_on: bool
    clerks: bool
    clerk_no: str | None = None
    slips: tuple[tuple[str, bool], ...] = ()


def make_pages(
    bridge: Bridge, access: Access, sign_on: SignOn, slips: Patterns
) -> list[HTTPRouteHandler]:
    """Return the routes of the console; the files are read once."""
    files = {path.name: path for path in FOLDER.iterdir() if path.suffix in MEDIA}

    @get("/", include_in_schema=False)
    async def show_page() -> Response[bytes]:
        return _file(files["index.html"])

    @get("/console/{name:str}", include_in_schema=False)
    async def show_file(name: FromPath[str]) -> Response[bytes]:
        if name not in files:
            raise Refused("unknown", "there is no such file", 404)
        return _file(files[name])

    return [show_page, show_file, *_sessions(bridge, access, sign_on, slips)]


def _sessions(
    bridge: Bridge, access: Access, sign_on: SignOn, slips: Patterns
) -> list[HTTPRouteHandler]:
    look = slips.for_console()

    @get("/session", include_in_schema=False)
    async def read_session(request: Request[Any, Any, Any]) -> Session:
        return Session(access.admits(None, _cookie(request)), sign_on.has_clerks, slips=look)

    @post("/session", status_code=200, include_in_schema=False)
    async def begin(request: Request[Any, Any, Any], data: JSONBody[Signing]) -> Response[Session]:
        clerk_no = _check(access, sign_on, data)
        if clerk_no is not None:
            await bridge.call(lambda counter: counter.set_window("open", clerk_no, None))
        access.close_session(_cookie(request))
        cookie = Cookie(
            COOKIE,
            value=access.open_session(),
            httponly=True,
            samesite="strict",
            secure=request.headers.get("origin", request.scope["scheme"]).startswith("https"),
        )
        return Response(Session(True, sign_on.has_clerks, clerk_no, slips=look), cookies=[cookie])

    @delete("/session", status_code=200, include_in_schema=False)
    async def end(request: Request[Any, Any, Any]) -> Session:
        access.close_session(_cookie(request))
        return Session(False, sign_on.has_clerks, slips=look)

    return [read_session, begin, end]


def _check(access: Access, sign_on: SignOn, data: Signing) -> str | None:
    """Return who signed on, if it is known. Raises Refused for a wrong PIN."""
    if sign_on.has_clerks:
        if data.clerk_no is None and data.badge is None:
            raise Refused("pin-wrong", "a staff number or a badge is needed", 403)
        place = Place("open", data.clerk_no, data.pin, data.badge)
        return sign_on.check(place)[0]
    access.check_pin(data.pin or "", "console", time.monotonic())
    return data.clerk_no


def _cookie(request: Request[Any, Any, Any]) -> bytes | None:
    return request.headers.get("cookie", "").encode("latin-1") or None


def _file(path: Path) -> Response[bytes]:
    return Response(path.read_bytes(), media_type=MEDIA[path.suffix])
