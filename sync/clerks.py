"""The hall's signed list of clerks: who may sign on at its windows, checked without a network.

Text, each line ended by a newline, with the hall's Ed25519 signature after the last: the label,
hall, issued-at, then a clerk a line: `number salt pin badge name`, hashes in hex, `-` for none.
"""

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from sync.errors import HuiyinError
from sync.keys import Key, check, decode_public
from sync.pins import SALT_BYTES

LABEL = "huiyin/clerks/v1"

CLERKS_MAX = 500
LIST_MAX = 256 * 1024
"""Clerks of a list, and its bytes."""

NONE = "-"
FIELDS = 5


class Clerk(Struct, frozen=True):
    """One line of the list; `pin` is argon2id under `salt`, both hex."""

    clerk_no: str
    salt: str
    pin: str
    badge: str
    name: str = ""


def write_list(key: Key, hall: str, issued_at: str, clerks: Sequence[Clerk]) -> str:
    """Return the list, signed. Raises HuiyinError for one too long for a kiosk."""
    lines = [f"{c.clerk_no} {c.salt} {c.pin} {c.badge} {c.name}".rstrip() for c in clerks]
    signed = "".join(f"{line}\n" for line in (LABEL, hall, issued_at, *lines))
    text = f"{signed}{key.sign(signed)}\n"
    if len(clerks) > CLERKS_MAX:
        raise HuiyinError(f"{len(clerks)} clerks; at most {CLERKS_MAX} are allowed")
    if len(text.encode()) > LIST_MAX:
        raise HuiyinError(f"the list of clerks is longer than {LIST_MAX} bytes")
    return text


def read_list(text: str, hall: str, hall_key: str) -> tuple[str, list[Clerk]]:
    """Return when it was issued, and the clerks, of `hall` if its signature by `hall_key` holds.

    Raises HuiyinError (BadSignature among them) in one line for anything else.
    """
    if len(text.encode("utf-8", "replace")) > LIST_MAX:
        raise HuiyinError(f"the list of clerks is longer than {LIST_MAX} bytes")
    signed, _, signature = text.rstrip("\n").rpartition("\n")
    check(decode_public(hall_key), signature, signed + "\n")
    label, *rest = signed.split("\n")
    if label != LABEL or len(rest) < 2 or rest[0] != hall:
        raise HuiyinError(f"this is not a list of the clerks of hall {hall}")
    issued_at, lines = rest[1], rest[2:]
    if len(lines) > CLERKS_MAX:
        raise HuiyinError(f"{len(lines)} clerks; at most {CLERKS_MAX} are allowed")
    return issued_at, [_read_clerk(line) for line in lines]


def hash_badge(badge: str) -> str:
    """Return the hash of a badge's number as the list has it."""
    return hashlib.sha256(f"{LABEL}\n{badge}\n".encode()).hexdigest()


def _read_clerk(line: str) -> Clerk:
    parts = line.split(" ", FIELDS - 1)
    if len(parts) < FIELDS - 1:
        raise HuiyinError(f"list of clerks: {line[:40]!r} is not `number salt pin badge name`")
    clerk = Clerk(*parts)
    if len(clerk.salt) != 2 * SALT_BYTES or not set(clerk.salt) <= set("0123456789abcdef"):
        raise HuiyinError(f"list of clerks: the salt of {clerk.clerk_no} is not hex")
    return clerk
