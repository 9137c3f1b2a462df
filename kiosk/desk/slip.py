"""What is printed on a slip, read from its barcode: numbers of a transaction, or a ticket. Pure.

The serial scanner and the console's keyboard wedge read slips the same way.
"""

import re

from kiosk.desk.window import Refused
from sync.records import Transaction

SLIP_MAX = 200
"""Characters of a barcode."""

ONLY_SERVICE = "1"
"""`service_no` of a slip that names the project alone: its one service at this window."""

_TICKET = re.compile(r"[A-Za-z]{0,2}[0-9]{1,5}")
_NUMBERS = re.compile(r"(?P<project_no>[^\s|,;/]{1,64})([\s|,;/]+(?P<service_no>[^\s|,;/]{1,64}))?")


def read_slip(text: str) -> Transaction:
    """Return what the slip names. Raises Refused if it is not one of ours.

    `A012` is a ticket of the queue; `11530…0042|2` is project and service; a project alone is
    its first service.
    """
    plain = text.strip()
    if _TICKET.fullmatch(plain):
        return Transaction(ticket_no=plain)
    found = _NUMBERS.fullmatch(plain)
    if found is None or not plain.isprintable():
        raise Refused("malformed", "slip: not a number of a project, nor of a ticket", 422)
    return Transaction(
        project_no=found["project_no"], service_no=found["service_no"] or ONLY_SERVICE
    )
