"""What is printed on a slip, read from its barcode: numbers of a transaction, or a ticket. Pure.

The serial scanner and the console's keyboard wedge read slips the same way.
"""

import re
from collections.abc import Sequence

import msgspec

from kiosk.desk.window import Refused
from sync import asking
from sync.records import Transaction

SLIP_MAX = 200
"""Characters of a barcode."""

PATTERNS_MAX = 16

ONLY_SERVICE = "1"
"""`service_no` of a slip that names the project alone: its one service at this window."""

PATTERNS = (
    r"(?P<ticket_no>[A-Za-z]{0,2}[0-9]{1,5})",
    r"(?P<project_no>[^\s|,;/]{1,64})([\s|,;/]+(?P<service_no>[^\s|,;/]{1,64}))?",
)
"""`A012` is a ticket of the queue; `11530…0042|2` is project and service; a project alone is its
first service."""

_NAME = re.compile(r"\(\?P<\w+>")

FIELDS = ("project_no", "service_no", "item_code", "item_name", "ticket_no")


class Patterns:
    """How this hall's slips look: regular expressions whose groups are named like FIELDS.

    The first that the whole slip fits is taken. Raises ValueError for one that cannot be.
    """

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        if len(patterns) > PATTERNS_MAX:
            raise ValueError(f"{len(patterns)} patterns; allowed: at most {PATTERNS_MAX}")
        self._patterns = [_compile(pattern) for pattern in patterns or PATTERNS]

    def read(self, text: str) -> Transaction:
        """Return what the slip names. Raises Refused if it is not one of ours."""
        plain = text.strip()
        fits = (pattern.fullmatch(plain) for pattern in self._patterns)
        found = next(filter(None, fits), None) if len(plain) <= SLIP_MAX else None
        if found is None or not plain.isprintable():
            raise Refused("malformed", "slip: not a number of a project, nor of a ticket", 422)
        fields = {name: value for name, value in found.groupdict().items() if value}
        if "project_no" in fields:
            fields.setdefault("service_no", ONLY_SERVICE)
        try:
            return asking.to_transaction(msgspec.convert(fields, asking.Subject), whole=True)
        except ValueError as wrong:
            raise Refused("malformed", f"slip: {wrong}", 422) from None

    def for_console(self) -> tuple[tuple[str, bool], ...]:
        """Each as a browser reads it, without names; and whether what fits is a ticket alone."""
        return tuple(
            (_NAME.sub("(", pattern.pattern), "project_no" not in pattern.groupindex)
            for pattern in self._patterns
        )


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as wrong:
        raise ValueError(f"{pattern!r}: {wrong}") from None
    names = compiled.groupindex.keys()
    if not names & {"project_no", "ticket_no"} or names - set(FIELDS):
        raise ValueError(
            f"{pattern!r}: a group (?P<project_no>…) or (?P<ticket_no>…) is needed; "
            f"allowed: {', '.join(FIELDS)}"
        )
    return compiled
