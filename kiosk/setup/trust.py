"""How a hall is reached, and what its certificate is held to: seen once, compared by a person."""

import hashlib
import socket
import ssl
from urllib.parse import urlsplit

from sync.errors import HallUnreachable
from sync.hall_client import PIN, HallClient

LOOK_S = 5.0
"""How long a certificate is waited for."""

HTTPS_PORT = 443


def look_at(address: str, ca: str = "") -> tuple[str, str]:
    """The hall's address with its scheme, and what to hold its certificate to.

    A certificate that `ca` or a public authority vouches for is held to them, another to its
    fingerprint. An address without a scheme is tried with TLS first. Raises HallUnreachable.
    """
    if "://" in address:
        return address, _choose(address, ca)
    try:
        return f"https://{address}", _choose(f"https://{address}", ca)
    except HallUnreachable:
        return f"http://{address}", _choose(f"http://{address}", "")


def _choose(address: str, ca: str) -> str:
    try:
        _greet(address, ca)
    except HallUnreachable:
        if ca or not address.startswith("https://"):
            raise
        pin = PIN + read_presented(address)
        _greet(address, pin)
        return pin
    return ca if address.startswith("https://") else ""


def _greet(address: str, ca: str) -> None:
    client = HallClient(address, ca=ca or None)
    try:
        client.greet()
    finally:
        client.close()


def read_presented(address: str) -> str:
    """SHA-256 of the certificate that a server shows, in hex. Raises HallUnreachable."""
    parts = urlsplit(address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        place = (parts.hostname or "", parts.port or HTTPS_PORT)
        with (
            socket.create_connection(place, LOOK_S) as line,
            context.wrap_socket(line, server_hostname=parts.hostname) as tls,
        ):
            shown = tls.getpeercert(binary_form=True)
    except (OSError, ValueError) as error:
        raise HallUnreachable(" ".join(str(error).split())) from None
    return hashlib.sha256(shown or b"").hexdigest()
