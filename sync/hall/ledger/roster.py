"""The roster: devices and the codes and grants that enrol them. Knows no routes; asks no clock."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from sync import keys
from sync.errors import BadSignature
from sync.hall.ledger import moment
from sync.hall.ledger.gate import Known
from sync.hall.refusal import Refused
from sync.wire import EnrolmentAnswer, EnrolmentRequest, enrolment_text, grant_text

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""A–Z and 2–9 without I, L, O."""

CODE_LENGTH = 8
CODE_MS = 15 * 60_000
"""How long a code is good."""

TRIES_MAX = 5
TRIES_MS = 15 * 60_000
"""Wrong tries allowed from one address in this time."""

ADDRESSES_MAX = 10_000
"""Addresses whose wrong tries are remembered; past it the oldest are forgotten."""

SECRET_BYTES = 32
GRANT_BYTES = 16

ACTIVE = "active"
REVOKED = "revoked"


class Tries:
    """Wrong codes by address, for a quarter of an hour."""

    def __init__(self) -> None:
        self._wrong: dict[str, list[int]] = {}

    def check(self, address: str, now: int) -> None:
        """Raises Refused once an address has guessed too often."""
        recent = [at for at in self._wrong.get(address, ()) if 0 <= now - at < TRIES_MS]
        if len(recent) >= TRIES_MAX:
            wait_s = -(-(recent[0] + TRIES_MS - now) // 1000)
            raise Refused(
                429,
                "too-many-tries",
                "too many wrong codes from here; wait",
                retry_after_s=max(1, wait_s),
            )

    def add(self, address: str, now: int) -> None:
        """One more wrong try."""
        recent = [at for at in self._wrong.pop(address, ()) if 0 <= now - at < TRIES_MS]
        self._wrong[address] = [*recent, now][-TRIES_MAX:]
        while len(self._wrong) > ADDRESSES_MAX:
            del self._wrong[next(iter(self._wrong))]


def make_code(connection: Connection, hall: str, window: str, now: int) -> tuple[str, int]:
    """Make a one-time code for a window; returns it and when it expires (ms)."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    expires = now + CODE_MS
    connection.exec_driver_sql(
        "INSERT INTO codes (code, hall, window, expires) VALUES (?, ?, ?, ?)",
        (code, hall, window, expires),
    )
    return code, expires


class Roster:
    """Devices, remembered until another process writes; `changes` counts how often they were others
    than before.
    """

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self.changes = 0

    def forget(self) -> None:
        """Drop what is remembered."""
        self._known = {}

    def load(self, connection: Connection) -> None:
        """Read all devices."""
        rows = connection.exec_driver_sql("SELECT id, device, public_key, state, hall FROM devices")
        known = {
            device: Known(number, device, key, state == REVOKED, hall)
            for number, device, key, state, hall in rows
        }
        self.changes += known != self._known
        self._known = known

    def find(self, device: str) -> Known | None:
        """The device, or None."""
        return self._known.get(device)

    @property
    def devices(self) -> Mapping[str, Known]:
        """All devices."""
        return self._known


def check_key(request: EnrolmentRequest, subject: str) -> bytes:
    """The public key of a request whose signature holds. Raises Refused."""
    try:
        public = keys.decode_public(request.public_key)
        keys.check(
            public, request.signature, enrolment_text(subject, request.public_key, request.at)
        )
    except BadSignature as error:
        raise Refused(401, "signature", f"the enrolment's: {error}") from None
    return public


def enrol_by_code(
    connection: Connection, request: EnrolmentRequest, code: str, now: int
) -> tuple[int, str, str]:
    """Enrol a device by a code; returns its number, hall and window. Raises Refused; 403 says
    nothing of other codes.

    The same code with the same key again enrols nothing and is as good as the first time, expired
    or not.
    """
    public = check_key(request, code)  # first: a signature that fails tells nothing of the code
    row = connection.exec_driver_sql(
        "SELECT hall, window, expires, device FROM codes WHERE code = ?", (code.upper(),)
    ).first()
    if row is None:
        raise Refused(403, "code-wrong", "there is no such code")
    hall, window, expires, used_by = row
    device = keys.device_id(public)
    if used_by is not None and used_by != device:
        raise Refused(410, "code-expired", "another device used this code; ask for a new one")
    if used_by is None and not expires - CODE_MS <= now < expires:
        raise Refused(410, "code-expired", "this code is past its time; ask for a new one")
    if used_by is None:
        connection.exec_driver_sql(
            "UPDATE codes SET device = ? WHERE code = ?", (device, code.upper())
        )
        return add_device(connection, public, hall, window, now), hall, window
    return _number(connection, device), hall, window


def check_grant(grant: dict[str, Any], hall_key: keys.Key) -> tuple[str, str, str]:
    """Hall, window and id of a grant this hall signed. Raises Refused."""
    fields = ("hall", "window", "address", "hall_key", "expires", "grant")
    texts = [grant.get(name) for name in (*fields, "signature")]
    if any(not isinstance(text, str) for text in texts):
        raise Refused(422, "malformed", f"a grant has the texts {', '.join(fields)}, signature")
    *said, signature = map(str, texts)
    try:
        keys.check(keys.decode_public(hall_key.public), signature, grant_text(*said))
    except BadSignature as error:
        raise Refused(401, "signature", f"the grant's: {error}") from None
    return said[0], said[1], said[5]


def enrol_by_grant(
    connection: Connection,
    request: EnrolmentRequest,
    grant: dict[str, Any],
    hall_key: keys.Key,
    now: int,
) -> tuple[int, str, str]:
    """Enrol a device by a grant this hall signed. Raises Refused."""
    hall, window, name = check_grant(grant, hall_key)
    public = check_key(request, name)
    device = keys.device_id(public)
    subject = f"grant:{name}"
    row = connection.exec_driver_sql("SELECT device FROM codes WHERE code = ?", (subject,)).first()
    if row is not None and row[0] != device:
        raise Refused(410, "code-expired", "another device used this grant; ask for a new one")
    if row is not None:
        return _number(connection, device), hall, window
    expires = moment.parse(grant["expires"])
    if expires is None or now >= expires:
        raise Refused(410, "code-expired", "this grant is past its time; ask for a new one")
    connection.exec_driver_sql(
        "INSERT INTO codes VALUES (?, ?, ?, ?, ?)", (subject, hall, window, expires, device)
    )
    return add_device(connection, public, hall, window, now), hall, window


def make_grant(key: keys.Key, hall: str, window: str, address: str, expires: str) -> dict[str, str]:
    """A grant: whoever holds it may enrol one device at a window until it expires."""
    name = secrets.token_hex(GRANT_BYTES)
    text = grant_text(hall, window, address, key.public, expires, name)
    return {
        "hall": hall,
        "window": window,
        "address": address,
        "hall_key": key.public,
        "expires": expires,
        "grant": name,
        "signature": key.sign(text),
    }


def add_device(connection: Connection, public: bytes, hall: str, window: str, now: int) -> int:
    """Add a device, or move a known one to this window; a revoked one stays revoked.

    Returns its number.
    """
    device = keys.device_id(public)
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    connection.exec_driver_sql(
        "INSERT INTO devices (device, public_key, hall, window, echo_secret, state, enrolled)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (device) DO UPDATE SET hall = excluded.hall, window = excluded.window",
        (device, public, hall, window, secret, ACTIVE, now),
    )
    return _number(connection, device)


def _number(connection: Connection, device: str) -> int:
    row = connection.exec_driver_sql("SELECT id FROM devices WHERE device = ?", (device,)).one()
    return int(row[0])


def answer(
    connection: Connection,
    number: int,
    hall: str,
    window: str,
    hall_key: str,
    settings: dict[str, Any],
) -> EnrolmentAnswer:
    """The 201 of an enrolment."""
    device, secret = connection.exec_driver_sql(
        "SELECT device, echo_secret FROM devices WHERE id = ?", (number,)
    ).one()
    return EnrolmentAnswer(device, hall, window, hall_key, secret, settings)
