"""Problems: every error the hall answers, as RFC 9457 has it. Knows no rules and no framework."""

import hashlib
import logging
import math

import msgspec

from sync.hall.pages.messages import Answer
from sync.hall.refusal import Refused
from sync.wire import PROBLEM_TYPE

_log = logging.getLogger("huiyin.hall")


def describe(refused: Refused) -> tuple[dict[str, str], bytes]:
    """Headers of its own, and the body, of the answer to a refusal."""
    headers = {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(refused.retry_after_s))
    if refused.status == 401 and refused.word == "token":
        headers["WWW-Authenticate"] = "Bearer"
    return headers, msgspec.json.encode(refused.problem())


def refuse(number: int, error: Exception, method: str, path: str) -> Answer:
    """The answer to what was raised."""
    refused = error if isinstance(error, Refused) else report(method, path, error)
    more, body = describe(refused)
    more |= {"content-type": PROBLEM_TYPE, "content-length": str(len(body))}
    headers = [(name.lower().encode(), value.encode()) for name, value in more.items()]
    return Answer(number, refused.status, headers, body)


def report(method: str, path: str, error: Exception) -> Refused:
    """What a bug is answered with; what it was stands in the log, not in the answer."""
    _log.error("%s %s failed", method, hide_token(path), exc_info=error)
    return Refused(500, "internal", "see the hall's log")


def hide_token(path: str) -> str:
    """A path as logs may have it: the token of a citizen's page only as its hash."""
    room, _, token = path.removeprefix("/").partition("/")
    if room not in ("e", "r") or not token:
        return path
    return f"/{room}/{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()[:16]}"
