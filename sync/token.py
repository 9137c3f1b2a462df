"""The token of a citizen's page, made by the kiosk and checked by the hall (wire.md, "Citizen
pages"). Pure.

It proves that the device named the invitation, before the hall holds an entry of it.
"""

import base64
import binascii
import hashlib
import hmac

from msgspec import Struct

ECHO, RATE = "echo", "rate"
LABEL = "huiyin/token/v1"
DEVICE_CHARS, ID_CHARS, MAC_CHARS = 8, 32, 22
HEX = frozenset("0123456789abcdef")


class Token(Struct, frozen=True):
    """A token's parts; nothing is proven yet."""

    device: str
    invitation: str
    mac: str


def write_token(device: str, invitation: str, echo_secret: str, purpose: str) -> str:
    """Return the token of an invitation's page; `echo_secret` is base64 as enrolment gave it.

    Raises ValueError where that is no base64.
    """
    mac = make_mac(invitation, echo_secret, purpose)
    return f"{device[:DEVICE_CHARS]}.{invitation}.{mac}"


def read_token(text: str) -> Token | None:
    """Return the parts of what can be a token."""
    parts = text.split(".")
    if [len(part) for part in parts] != [DEVICE_CHARS, ID_CHARS, MAC_CHARS]:
        return None
    return Token(*parts) if set(parts[0] + parts[1]) <= HEX else None


def is_proven(token: Token, echo_secret: str, purpose: str) -> bool:
    """Whether the device with this secret made the token; takes the same time either way."""
    mac = make_mac(token.invitation, echo_secret, purpose)
    return hmac.compare_digest(mac.encode(), token.mac.encode("utf-8", "replace"))


def make_mac(invitation: str, echo_secret: str, purpose: str) -> str:
    """HMAC-SHA-256 over label, purpose and invitation: 22 characters, 132 bits."""
    try:
        key = base64.b64decode(echo_secret, validate=True)
    except binascii.Error:
        raise ValueError("the echo secret is not standard base64") from None
    text = f"{LABEL}\n{purpose}\n{invitation}\n"
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:MAC_CHARS]
