"""Errors as RFC 9457 has them (wire.md): the words, and the body. Knows no framework."""

import math

import msgspec
from msgspec import Struct

from kiosk.desk.window import Refused


class Problem(Struct, frozen=True):
    """`type` is `urn:huiyin:<word>`."""

    type: str
    title: str
    status: int
    detail: str


TITLES = {
    "already-rated": "this service was already rated",
    "broken": "something is broken here",
    "malformed": "the request is not what this route takes",
    "media-type": "the body must be application/json",
    "method": "this address does not take this method",
    "not-in-service": "the kiosk takes no ratings now",
    "not-waiting": "the invitation waits no more",
    "origin": "this origin is not named in the settings",
    "panel-lost": "the panel is not connected",
    "paused": "the window is paused",
    "pin-wrong": "the number or the PIN is wrong",
    "slow-down": "too much at once",
    "token": "a token is needed",
    "too-large": "the body is too large",
    "too-many-tries": "too many wrong tries",
    "unknown": "there is nothing here by that name",
}
"""Word -> title. A word of the window that is not here is its own title."""


def encode_problem(refused: Refused) -> bytes:
    """Return the problem's JSON."""
    word = refused.word
    return msgspec.json.encode(
        Problem(f"urn:huiyin:{word}", TITLES.get(word, word), refused.status, refused.detail)
    )


def problem_headers(refused: Refused) -> dict[str, str]:
    """Headers that go with a problem: when to come back, what to bring."""
    headers = {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after_s)))
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="huiyin"'
    return headers
