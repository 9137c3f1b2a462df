"""Who may speak to the desk: the token, the cookie that a PIN gave, the origins by name.

Pure but for the random numbers; time comes in as an argument. Knows no framework.
"""

import hmac
import ipaddress
import os
from collections import OrderedDict
from typing import NoReturn
from urllib.parse import urlsplit

from kiosk.desk.window import Refused
from sync.rates import Tries

SESSIONS_MAX = 16
"""Consoles signed in at once; the one longest unseen is forgotten."""

TRIES_MAX = 5
TRIES_WINDOW_S = 15 * 60.0
NAMES_MAX = 256

COOKIE = "huiyin_desk"


class Access:
    """Lives as long as the app, so that a desk that comes back still knows its consoles."""

    def __init__(self, token: str, origins: tuple[str, ...] = (), pin: str | None = None) -> None:
        self._token = token.encode()
        self._pin = (pin or token).encode()
        self.origins = frozenset(_tidy_origin(origin) for origin in origins)
        self._sessions: OrderedDict[str, None] = OrderedDict()
        self._tries = Tries(TRIES_MAX, TRIES_WINDOW_S, NAMES_MAX)

    def admits(self, authorization: bytes | None, cookie: bytes | None) -> bool:
        """Whether these headers carry the token or the cookie of a console signed in."""
        if authorization is not None:
            scheme, _, token = authorization.partition(b" ")
            return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)
        session = _read_cookie(cookie)
        if session is None or session not in self._sessions:
            return False
        self._sessions.move_to_end(session)
        return True

    def admits_origin(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` may ask: one named, or the desk's own by its address.

        A host name could be pointed here by anybody, so by name only the named are let in. Both
        schemes are ours: behind the relay the page is http and the line to us is not.
        """
        own = origin in (f"http://{host}", f"https://{host}") and _is_address(host)
        return own or origin in self.origins

    def check_pin(self, pin: str, who: str, now: float) -> None:
        """Check the desk's own PIN, or its token where none is set. Raises Refused."""
        self.check_tries(who, now)
        if not hmac.compare_digest(pin.encode(), self._pin):
            self.note_wrong(who, now)

    def check_tries(self, who: str, now: float) -> None:
        """Raises Refused while `who` has too many wrong tries behind it."""
        if wait_s := self._tries.wait_s(who, now):
            raise Refused("too-many-tries", "too many wrong tries; wait", 429, wait_s)

    def note_wrong(self, who: str, now: float) -> NoReturn:
        """Count a wrong try and raise Refused for it."""
        self._tries.note_wrong(who, now)
        raise Refused("pin-wrong", "the number or the PIN is wrong", 403)

    def open_session(self) -> str:
        """Return the cookie's value for a console that showed its PIN."""
        session = os.urandom(16).hex()
        self._sessions[session] = None
        while len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return session

    def close_session(self, cookie: bytes | None) -> None:
        """Forget the console that holds this cookie."""
        self._sessions.pop(_read_cookie(cookie) or "", None)


def _read_cookie(header: bytes | None) -> str | None:
    for part in (header or b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None


def _tidy_origin(origin: str) -> str:
    """Return an origin as browsers send it. Raises ValueError if it is not one."""
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in origin:
        raise ValueError(f"origin {origin!r}: allowed is http(s)://host or http(s)://host:port")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"origin {origin!r}: no path, allowed is http(s)://host:port")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _is_address(host: str) -> bool:
    """Whether a Host header is an address of a machine and not a name someone may point here."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
