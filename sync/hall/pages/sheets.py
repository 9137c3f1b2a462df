"""Pages for citizens: a template and phrases in, HTML out, with the headers that keep them private.

Knows no rules.
"""

import functools
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from litestar import Response
from litestar.enums import MediaType

TEMPLATES = Path(__file__).resolve().parent / "templates"
PHRASES = Path(__file__).resolve().parents[3] / "assets" / "pages"
STYLE = "citizen.css"
LANGUAGES = ("zh", "en", "bo", "mn")
"""The first is for whoever asks for none of them, and has each phrase that another lacks."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

Say = Callable[..., str]
_WISH = re.compile(r"\s*([A-Za-z]{2,3}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")


def choose_language(named: str | None, accepted: str) -> str:
    """The language of a page: the one named, else the first that the browser accepts most."""
    if named in LANGUAGES:
        return named
    wishes: list[tuple[float, str]] = []
    for part in accepted[:1000].split(","):
        wish = _WISH.fullmatch(part)
        if wish is not None and wish[1].lower() in LANGUAGES:
            wishes.append((float(wish[2] or 1), wish[1].lower()))
    best = max((q for q, _ in wishes), default=0.0)
    return next((name for q, name in wishes if q == best and q > 0), LANGUAGES[0])


def render(
    template: str, language: str, hall: str, status: int = 200, **values: Any
) -> Response[bytes]:
    """A page in a language, under the hall's name."""
    others = {name: get_say(name)("page.name") for name in LANGUAGES if name != language}
    sheet = _templates().get_template(template)
    fixed = {"language": language, "others": others, "hall": hall, "say": get_say(language)}
    headers = {**HEADERS, "Content-Language": language, "Vary": "Accept-Language"}
    page = sheet.render(fixed, **values).encode()
    return Response(page, status_code=status, headers=headers, media_type=MediaType.HTML)


def render_style() -> Response[bytes]:
    """The style sheet, which is the same for everybody."""
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(_read_style(), headers=headers, media_type=MediaType.CSS)


@functools.cache
def get_say(language: str) -> Say:
    """What gives a phrase of this language by its name, filled in; in Chinese where it has none."""
    table, chinese = (
        tomllib.loads((PHRASES / f"{name}.toml").read_text("utf-8"))
        for name in (language, LANGUAGES[0])
    )

    def say(name: str, *values: object) -> str:
        part, _, key = name.partition(".")
        phrase = table.get(part, {}).get(key)
        return str(chinese[part][key] if phrase is None else phrase).format(*values)

    return say


@functools.cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)


@functools.cache
def _read_style() -> bytes:
    return (TEMPLATES / STYLE).read_bytes()
