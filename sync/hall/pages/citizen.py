"""The pages of citizens under one roof: no login, no script, and errors that people can read.

The token in the address is all that opens them (wire.md, "Citizen pages").
"""

from typing import Any

from litestar import Request, Response, Router, get

from sync.hall.pages import echo, rating, sheets
from sync.hall.pages.forms import find_language
from sync.hall.refusal import Refused


@get("/citizen.css", include_in_schema=False)
async def give_style() -> Response[bytes]:
    """The pages' style."""
    return sheets.render_style()


def show_wrong(request: Request[Any, Any, Any], refused: Refused) -> Response[bytes]:
    """A page for people in place of a problem for machines."""
    what = "404" if refused.status == 404 else "other"
    page = sheets.render("wrong.html", find_language(request), NAME, refused.status, what=what)
    if refused.retry_after_s is not None:
        page.headers["Retry-After"] = str(refused.retry_after_s)
    return page


NAME = "回音 Huiyin"
PAGES = Router(
    "/",
    route_handlers=[*echo.ROUTES, *rating.ROUTES, give_style],
    exception_handlers={Refused: show_wrong},
)
