"""Problems: every error the hall answers, as RFC 9457 has it. Knows no rules."""

import hashlib
import logging
import math
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException

from sync.hall.refusal import Refused
from sync.wire import PROBLEM_TYPE

WORDS = {
    400: "malformed",
    401: "token",
    404: "not-found",
    405: "method",
    413: "too-large",
    415: "media-type",
}
"""The word of an error that the framework found."""

_log = logging.getLogger("huiyin.hall")


def answer_refused(_request: Request[Any, Any, Any], refused: Refused) -> Response[bytes]:
    """The answer to a refusal."""
    headers, body = describe(refused)
    return Response(body, status_code=refused.status, headers=headers, media_type=PROBLEM_TYPE)


def describe(refused: Refused) -> tuple[dict[str, str], bytes]:
    """Headers of its own, and the body, of the answer to a refusal."""
    headers = {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(refused.retry_after_s))
    if refused.status == 401 and refused.word == "token":
        headers["WWW-Authenticate"] = "Bearer"
    return headers, msgspec.json.encode(refused.problem())


def answer_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to what the framework refused: no such route, method, parameter."""
    word = WORDS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed")
    status = 422 if error.status_code == 400 else error.status_code
    response = answer_refused(request, Refused(status, word, str(error.detail)))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to a bug."""
    return answer_refused(request, report(request.method, request.url.path, error))


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


HANDLERS = {Refused: answer_refused, HTTPException: answer_framework, Exception: answer_bug}
JSON = MediaType.JSON
