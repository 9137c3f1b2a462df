"""What the framework's errors are answered with: problems as well. Knows no rules."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from sync.hall.pages.problems import describe, report
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


def answer_refused(_request: Request[Any, Any, Any], refused: Refused) -> Response[bytes]:
    """The answer to a refusal."""
    headers, body = describe(refused)
    return Response(body, status_code=refused.status, headers=headers, media_type=PROBLEM_TYPE)


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


HANDLERS = {Refused: answer_refused, HTTPException: answer_framework, Exception: answer_bug}
