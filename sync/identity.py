"""Who this kiosk is: its key, and what the hall told it when it was enrolled. Files of mode 0600 in
the data folder.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from sync.disk import DISK
from sync.errors import HallUnreachable, HuiyinError
from sync.wire import EnrolmentAnswer, EnrolmentRequest, enrolment_text, grant_text

NAME = "identity.json"
KEY = "key"
COUNTER = "counter"
GRANT_FIELDS = ("hall", "window", "address", "hall_key", "expires", "grant")
"""In the order in which they are signed."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """`address` is the hall's URL; `ca` a file of private authorities, or `sha256:` and the
    fingerprint of the hall's certificate; the rest is the hall's answer. `grant` is one that was
    not presented yet: what it says stands for the answer until then.
    """

    device: str
    address: str
    hall: str
    window: str
    hall_key: str
    echo_secret: str
    ca: str | None = None
    settings: dict[str, Any] = {}
    grant: dict[str, Any] | None = None


def load_identity(data: Path) -> Identity | None:
    """Who this kiosk is; None if it was never set up. Raises HuiyinError for a file that cannot
    be read.
    """
    path = data / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise HuiyinError(f"{path}: not an identity: {error}; enrol again") from None


def save_identity(data: Path, identity: Identity) -> None:
    """Keep the identity: the old one or the new one after a power cut."""
    DISK.make_folder(data)
    DISK.replace(data / NAME, msgspec.json.encode(identity) + b"\n")


def enrol_by_code(data: Path, address: str, code: str, ca: str | None = None) -> Identity:
    """Enrol with a technician's one-time code; with the same code again the answer is the same.

    Raises HallRefused (`code-wrong`, `code-expired`, `too-many-tries`) or HallUnreachable.
    """
    identity = ask_by_code(data, address, code, ca)
    save_identity(data, identity)
    return identity


def enrol_by_grant(data: Path, grant: dict[str, Any], ca: str | None = None) -> Identity:
    """Present a grant that the hall signed; where no hall answers it is kept, and presented at
    the first contact. Raises HallRefused, or HuiyinError for a grant that nobody signed.
    """
    identity = ask_by_grant(data, grant, ca)
    save_identity(data, identity)
    return identity


def ask_by_code(data: Path, address: str, code: str, ca: str | None = None) -> Identity:
    """The same as `enrol_by_code`, but nothing is kept of it save the key."""
    return _ask(data, address, ca, code=code.strip().upper())


def ask_by_grant(data: Path, grant: dict[str, Any], ca: str | None = None) -> Identity:
    """The same as `enrol_by_grant`, but nothing is kept of it save the key."""
    try:
        return _ask(data, str(grant.get("address", "")), ca, grant=grant)
    except HallUnreachable:
        return _trust(data, grant, ca)


def present(data: Path, identity: Identity) -> Identity:
    """Present the grant that was kept. Raises HuiyinError, HallUnreachable among them; OSError."""
    known = _ask(data, identity.address, identity.ca, grant=identity.grant)
    save_identity(data, known)
    return known


def _trust(data: Path, grant: dict[str, Any], ca: str | None) -> Identity:
    """Who this kiosk is by its grant alone. Raises HuiyinError unless its own key signed it."""
    from sync import keys

    said = [grant.get(name) for name in (*GRANT_FIELDS, "signature")]
    if any(not isinstance(text, str) for text in said):
        raise HuiyinError(f"a grant has the texts {', '.join(GRANT_FIELDS)}, signature")
    hall, window, address, hall_key, expires, name, signature = map(str, said)
    text = grant_text(hall, window, address, hall_key, expires, name)
    keys.check(keys.decode_public(hall_key), signature, text)
    return Identity(
        device=keys.load_or_make(data / KEY).device,
        address=address,
        ca=ca,
        hall=hall,
        window=window,
        hall_key=hall_key,
        echo_secret="",
        grant=grant,
    )


def _ask(
    data: Path,
    address: str,
    ca: str | None,
    code: str | None = None,
    grant: dict[str, Any] | None = None,
) -> Identity:
    from sync import keys
    from sync.hall_client import HallClient

    DISK.make_folder(data)
    key = keys.load_or_make(data / KEY)
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    named = code if code is not None else str((grant or {}).get("grant", ""))
    request = EnrolmentRequest(
        public_key=key.public,
        at=at,
        signature=key.sign(enrolment_text(named, key.public, at)),
        code=code if code is not None else msgspec.UNSET,
        grant=grant if grant is not None else msgspec.UNSET,
        panel="",
        software="",
    )
    client = HallClient(address, ca=ca)
    try:
        answer = client.enrol(request)
    finally:
        client.close()
    if grant is not None and answer.hall_key != grant.get("hall_key"):
        raise HuiyinError(f"{address}: another hall answered than the one that signed the grant")
    return _believe(answer, key.device, address, ca)


def _believe(answer: EnrolmentAnswer, device: str, address: str, ca: str | None) -> Identity:
    from sync import keys

    if answer.device != device:
        raise HuiyinError(f"{address}: the hall answered for another device, {answer.device}")
    keys.decode_public(answer.hall_key)
    return Identity(
        device=device,
        address=address,
        ca=ca,
        hall=answer.hall,
        window=answer.window,
        hall_key=answer.hall_key,
        echo_secret=answer.echo_secret,
        settings=answer.settings,
    )
