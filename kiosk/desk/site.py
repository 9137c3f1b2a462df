"""The desk as one ASGI app: routes, errors as problems, the schema, behind the gate."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from kiosk.desk.access import Access
from kiosk.desk.bodies import malformed
from kiosk.desk.gate import BODY_MAX, Gate
from kiosk.desk.problems import encode_problem, problem_headers
from kiosk.desk.window import Refused

log = logging.getLogger("huiyin.desk")

SCHEMA = OpenAPIConfig(
    title="Huiyin, the clerk's desk",
    version="1",
    description="How a window is told to ask. Errors are RFC 9457 problems, `urn:huiyin:<word>`.",
    path="/schema",
    render_plugins=[JsonRenderPlugin()],
    components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
    security=[{"token": []}],
)


def make_site(routes: Sequence[HTTPRouteHandler], access: Access) -> Gate:
    """Return the whole app."""
    app = Litestar(
        route_handlers=list(routes),
        exception_handlers={Exception: _answer_error},
        openapi_config=SCHEMA,
        logging_config=None,
        request_max_body_size=BODY_MAX,
        debug=False,
    )
    return Gate(app, access)  # type: ignore[arg-type]


def _answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    refused = _to_refused(request, error)
    return Response(
        encode_problem(refused),
        status_code=refused.status,
        media_type="application/problem+json",
        headers={**_allow(error), **problem_headers(refused)},
    )


def _to_refused(request: Request[Any, Any, Any], error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _HTTP.get(error.status_code, _to_malformed)(error)
    if isinstance(error, RecursionError):
        return malformed("the body is nested too deeply")
    # Nothing of the error itself goes out: it could name what the clerk may not know.
    log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return Refused("broken", "the desk could not answer; its log says why", 500)


def _to_malformed(error: HTTPException) -> Refused:
    extra = error.extra if isinstance(error, ValidationException) else None
    if isinstance(extra, list):
        return malformed("; ".join(_describe(item) for item in extra))
    return malformed("the body is not JSON with the fields of this route")


def _describe(item: Any) -> str:
    return f"{item.get('key', 'body')}: {item.get('message', '')}"


_HTTP: dict[int, Callable[[HTTPException], Refused]] = {
    404: lambda _: Refused("unknown", "there is no such address", 404),
    405: lambda _: Refused("method", "the header Allow names what this address takes", 405),
    413: lambda _: Refused("too-large", f"a body has at most {BODY_MAX} bytes", 413),
}


def _allow(error: Exception) -> dict[str, str]:
    if isinstance(error, MethodNotAllowedException) and error.headers:
        return dict(error.headers)
    return {}
