"""The echo of a rating: recorded, counted, and behind a PIN what came of it. Shows no level."""

import re
import secrets
from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath

from sync.hall.ledger import echoes
from sync.hall.pages.body import AnyRequest
from sync.hall.pages.forms import Page, find_page, read_form, tell_time
from sync.hall.pages.hall import Hall
from sync.hall.pages.pins import WrongPin
from sync.hall.refusal import Refused
from sync.pins import SALT_BYTES, hash_pin, is_pin
from sync.token import ECHO

_PIN = re.compile(r"[0-9]{6}")


@get("/e/{token:str}", include_in_schema=False)
async def show_echo(request: AnyRequest, hall: Hall, token: FromPath[str]) -> Response[bytes]:
    """The same page for everyone. The first look is noted."""
    page, now = find_page(request, hall, token, ECHO), hall.clock()
    await hall.do(
        lambda connection, _: echoes.note_opened(connection, page.device, page.invitation, now)
    )
    return _show(hall, page)


@post("/e/{token:str}", status_code=200, include_in_schema=False)
async def look_again(request: AnyRequest, hall: Hall, token: FromPath[str]) -> Response[bytes]:
    """Set the PIN, or show with it what came of the rating."""
    page = find_page(request, hall, token, ECHO)
    form = await read_form(request)
    answers = {"set": _set_pin, "show": _check_pin}
    if form.get("do") not in answers:
        raise Refused(422, "malformed", "not a form of this page")
    try:
        if not _PIN.fullmatch(form.get("pin", "")):
            raise WrongPin("pin.digits", 422)
        said = await answers[form["do"]](hall, page, form["pin"])
    except WrongPin as wrong:
        return _show(hall, page, page.say(wrong.phrase, *wrong.values), wrong.status)
    return _show(hall, page, said, shows_steps=True)


async def _set_pin(hall: Hall, page: Page, pin: str) -> str:
    if not _look(hall, page).may_set(hall.clock()):
        raise _too_late(hall, page)
    salt = secrets.token_hex(SALT_BYTES)
    hashed = await hall.pins.hash(partial(hash_pin, pin, salt))
    kept, now = f"{salt} {hashed}", hall.clock()
    is_kept = await hall.do(
        lambda connection, _: echoes.set_pin(connection, page.device, page.invitation, kept, now)
    )
    if not is_kept:
        raise _too_late(hall, page)
    return page.say("pin.made")


async def _check_pin(hall: Hall, page: Page, pin: str) -> str:
    kept = _look(hall, page).pin
    if kept is None:
        raise WrongPin("pin.late", 409)
    name = f"{page.device} {page.invitation}"
    await hall.pins.check(name, hall.monotonic(), partial(is_pin, pin, *kept.split(" ")))
    return ""


def _too_late(hall: Hall, page: Page) -> WrongPin:
    return WrongPin("pin.taken" if _look(hall, page).pin else "pin.late", 409)


def _look(hall: Hall, page: Page) -> echoes.Echo:
    with hall.store.read() as connection:
        return echoes.look(connection, page.device, page.invitation)


def _show(
    hall: Hall, page: Page, said: str = "", status: int = 200, shows_steps: bool = False
) -> Response[bytes]:
    echo, zone = _look(hall, page), hall.settings.zone
    form = "set" if echo.may_set(hall.clock()) else "show" if echo.pin else ""
    steps = [(tell_time(at, zone), what) for at, what in echo.steps] if shows_steps else None
    return page.render("echo.html", status, stage=echo.stage, form=form, steps=steps, said=said)


ROUTES = [show_echo, look_again]
