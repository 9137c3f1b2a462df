"""The hall's signed list of clerks, as a kiosk keeps it, so that signing on needs no network.

Text, each line ended by a newline, with the hall's Ed25519 signature after the last: the label,
hall, issued-at, then a clerk a line: `number salt pin badge`, hashes in hex, `-` for none.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sync.errors import HuiyinError
from sync.keys import check, decode_public

LABEL = "huiyin/clerks/v1"

CLERKS_MAX = 500
LIST_MAX = 256 * 1024
"""Clerks of a list, and its bytes."""

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 1
"""About 50 ms and 16 MiB a try: a stolen list does not give up six digits in an afternoon."""

NONE = "-"


@dataclass(frozen=True, slots=True)
class Clerk:
    """One line of the list."""

    clerk_no: str
    salt: str
    pin: str
    badge: str


class Roster:
    """Who may sign on; implements `Clerks`. `issued_at` is the hall's, to keep the newest."""

    def __init__(self, issued_at: str, clerks: list[Clerk]) -> None:
        self.issued_at = issued_at
        self._by_number = {clerk.clerk_no: clerk for clerk in clerks}
        self._by_badge = {clerk.badge: clerk.clerk_no for clerk in clerks if clerk.badge != NONE}

    def check_pin(self, clerk_no: str, pin: str) -> bool:
        """Whether this PIN is this clerk's; an unknown number takes as long as a wrong PIN."""
        clerk = self._by_number.get(clerk_no)
        salt = clerk.salt if clerk is not None else ""
        hashed = hash_pin(pin, salt)
        return clerk is not None and hmac.compare_digest(hashed, clerk.pin)

    def find_badge(self, badge: str) -> str | None:
        """Return the staff number that this badge belongs to."""
        return self._by_badge.get(hash_badge(badge))


def read_roster(text: str, hall: str, hall_key: str) -> Roster:
    """Return the list of `hall` if its signature by `hall_key` (base64) holds.

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
    return Roster(issued_at, [_read_clerk(line) for line in lines])


def hash_pin(pin: str, salt: str) -> str:
    """Return the hash of a PIN as the list has it; `salt` is hex."""
    raw = hashlib.scrypt(
        pin.encode(), salt=bytes.fromhex(salt), n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, dklen=32
    )
    return raw.hex()


def hash_badge(badge: str) -> str:
    """Return the hash of a badge's number as the list has it."""
    return hashlib.sha256(f"{LABEL}\n{badge}\n".encode()).hexdigest()


def _read_clerk(line: str) -> Clerk:
    parts = line.split(" ")
    if len(parts) != 4:
        raise HuiyinError(f"list of clerks: {line[:40]!r} is not `number salt pin badge`")
    clerk = Clerk(*parts)
    try:
        bytes.fromhex(clerk.salt)
    except ValueError:
        raise HuiyinError(f"list of clerks: the salt of {clerk.clerk_no} is not hex") from None
    return clerk
