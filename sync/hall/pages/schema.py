"""What the OpenAPI says of the routes: bodies that are read by hand, and every problem."""

from dataclasses import dataclass

from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from sync.wire import MEDIA_TYPE, PROBLEM_TYPE, Problem

MEANINGS = {
    401: "A signature or token does not hold",
    403: "This device or code is not good",
    404: "Nothing is here",
    409: "The chain has a gap or divides here, the counter was used, or it is too late to ask",
    410: "This code or grant is no longer good",
    413: "Too many lines or bytes",
    415: "Another media type or encoding",
    422: "Not what the wire allows",
    429: "Too many wrong codes, or requests",
    503: "Come back later",
}

_TEXT = Schema(type=OpenAPIType.STRING)
_WHOLE = Schema(type=OpenAPIType.INTEGER)
_NUMBER = Schema(type=OpenAPIType.NUMBER)


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems a route may answer."""
    return {
        status: ResponseSpec(
            Problem,
            generate_examples=False,
            description=MEANINGS[status],
            media_type=PROBLEM_TYPE,
        )
        for status in statuses
    }


def answers(kind: type, status: int = 200) -> dict[int, ResponseSpec]:
    """The good answer of a route."""
    spec = ResponseSpec(
        kind, generate_examples=False, description="Done", media_type=MediaType.JSON
    )
    return {status: spec}


def _body(media_type: str, schema: Schema) -> RequestBody:
    return RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, required=True)


def _record(required: dict[str, Schema], more: dict[str, Schema]) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT, properties={**required, **more}, required=sorted(required)
    )


def _headers() -> list[Parameter]:
    texts = {
        "Huiyin-Device": "The device's id",
        "Huiyin-Counter": "A number above the last one",
        "Huiyin-Signature": "Ed25519 in base64 over huiyin/request/v1",
    }
    return [
        Parameter(name=name, param_in="header", schema=_TEXT, required=True, description=text)
        for name, text in texts.items()
    ]


@dataclass
class Batch(Operation):
    """A batch: lines, the first a checkpoint."""

    def __post_init__(self) -> None:
        self.request_body = _body(MEDIA_TYPE, _TEXT)


@dataclass
class Enrolment(Operation):
    """An enrolment by code or grant."""

    def __post_init__(self) -> None:
        required = dict.fromkeys(("public_key", "at", "signature"), _TEXT)
        grant = Schema(type=OpenAPIType.OBJECT)
        more = {"code": _TEXT, "grant": grant, "panel": _TEXT, "software": _TEXT}
        self.request_body = _body(MediaType.JSON, _record(required, more))


@dataclass
class Signed(Operation):
    """A request that a device signs."""

    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or []), *_headers()]


@dataclass
class Asking(Operation):
    """A business system asks about a transaction."""

    def __post_init__(self) -> None:
        names = ("project_no", "service_no", "item_code", "item_name", "ticket_no")
        more = dict.fromkeys((*names, "language", "clerk_no"), _TEXT)
        matters = {"matters": Schema(type=OpenAPIType.ARRAY)}
        self.request_body = _body(MediaType.JSON, _record({}, more | matters))


@dataclass
class Beat(Signed):
    """A heartbeat."""

    def __post_init__(self) -> None:
        super().__post_init__()
        required = {"boot": _TEXT, "mono_ms": _WHOLE, "at": _TEXT, "software": _TEXT}
        place = _record({"epoch": _TEXT, "seq": _WHOLE, "hash": _TEXT}, {})
        more = {"head": place, "backlog": _WHOLE, "disk_free_mb": _NUMBER, "wait_s": _NUMBER}
        self.request_body = _body(MediaType.JSON, _record(required, more))
