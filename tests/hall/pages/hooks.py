"""Tells Schemathesis how lines of JSON travel."""

import schemathesis
from schemathesis import SerializationContext


@schemathesis.serializer("application/x-ndjson")  # type: ignore[untyped-decorator]
def write_lines(_context: SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
