"""Whose page an address opens, and what a form on it says. Knows no rules of its own."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from litestar import Response
from msgspec import Struct

from sync.hall.ledger.echoes import find_device
from sync.hall.pages import sheets
from sync.hall.pages.body import AnyRequest, read_body
from sync.hall.pages.hall import Hall
from sync.hall.refusal import Refused
from sync.token import read_token

FORM_TYPE = "application/x-www-form-urlencoded"
FORM_MAX = 1024
"""Bytes of a form."""

FIELDS_MAX = 8


class Page(Struct, frozen=True):
    """One invitation's page, for one reader."""

    device: int
    invitation: str
    hall: str
    language: str

    def say(self, name: str, *values: object) -> str:
        """A phrase in the reader's language."""
        return sheets.get_say(self.language)(name, *values)

    def render(self, template: str, status: int, **values: object) -> Response[bytes]:
        """The page."""
        return sheets.render(template, self.language, self.hall, status, **values)


def find_page(request: AnyRequest, hall: Hall, text: str, purpose: str) -> Page:
    """The page that a token opens. Raises Refused (404) for any that no device of ours made."""
    token = read_token(text)
    if token is not None:
        with hall.store.read() as connection:
            device = find_device(connection, token, purpose)
            if device is not None:
                name = connection.exec_driver_sql(
                    "SELECT hall FROM devices WHERE id = ?", (device,)
                ).scalar_one()
                return Page(device, token.invitation, name, find_language(request))
    raise Refused(404, "not-found", "there is no such page")


def find_language(request: AnyRequest) -> str:
    """The reader's language."""
    named = request.query_params.get("lang")
    return sheets.choose_language(named, request.headers.get("accept-language", ""))


async def read_form(request: AnyRequest) -> dict[str, str]:
    """A form's fields. Raises Refused: 413, 415, 422."""
    if request.headers.get("content-type", "").split(";")[0].strip() != FORM_TYPE:
        raise Refused(415, "media-type", f"send {FORM_TYPE}")
    body = await read_body(request, FORM_MAX)
    try:
        text = body.decode("ascii")
        return dict(parse_qsl(text, max_num_fields=FIELDS_MAX, errors="strict"))
    except ValueError:
        raise Refused(422, "malformed", "not a form of this page") from None


def tell_time(at_ms: int, zone: ZoneInfo) -> str:
    """A time as people at the hall read it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")
