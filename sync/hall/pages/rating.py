"""Rating by phone: one rating an invitation, where the window has none. Shows no level back."""

from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath

from sync.hall.ledger import phones
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.hall.pages.body import AnyRequest
from sync.hall.pages.forms import Page, find_page, read_form
from sync.hall.pages.hall import Hall
from sync.token import RATE

LEVELS = {str(level): level for level in (1, 2, 3, 4, 5)}


@get("/r/{token:str}", include_in_schema=False)
async def ask_rating(request: AnyRequest, hall: Hall, token: FromPath[str]) -> Response[bytes]:
    """Ask for a rating, where there is none yet."""
    return _show(hall, find_page(request, hall, token, RATE))


@post("/r/{token:str}", status_code=200, include_in_schema=False)
async def take_rating(request: AnyRequest, hall: Hall, token: FromPath[str]) -> Response[bytes]:
    """Take the one rating; a second changes nothing."""
    page = find_page(request, hall, token, RATE)
    level = LEVELS.get((await read_form(request)).get("level", ""))
    if level is None:
        return _show(hall, page, page.say("rate.choose"), 422)
    await hall.do(partial(_rate, hall, page, level))
    return _show(hall, page)


def _rate(hall: Hall, page: Page, level: int, connection: Connection, tally: Tally) -> None:
    if _find_stage(hall, page, connection) == "open":
        phones.add_phone(connection, page.device, page.invitation, level, hall.clock())
        tally.recall(page.device, page.invitation)


def _find_stage(hall: Hall, page: Page, connection: Connection) -> str:
    days, now = hall.settings.rating_days, hall.clock()
    return phones.find_stage(connection, page.device, page.invitation, days, now)


def _show(hall: Hall, page: Page, said: str = "", status: int = 200) -> Response[bytes]:
    with hall.store.read() as connection:
        stage = _find_stage(hall, page, connection)
    days = hall.settings.rating_days
    return page.render("rate.html", status, stage=stage, said=said, days=days)


ROUTES = [ask_rating, take_rating]
