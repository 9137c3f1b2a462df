"""Ed25519 keys: made, kept in a file of mode 0600, signing and checking text."""

import base64
import binascii
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sync.errors import BadSignature, HuiyinError

RAW_KEY_BYTES = 32
SIGNATURE_BYTES = 64

KNOWN_MAX = 4096
"""Public keys that are kept as the library wants them."""


class Key:
    """A private key that signs text; `public` is its public key (base64), `device` its id."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = base64.b64encode(raw).decode()
        self.device = device_id(raw)

    def sign(self, text: str) -> str:
        """Return the base64 signature over the text's UTF-8 bytes."""
        return base64.b64encode(self._private.sign(text.encode())).decode()


def device_id(raw_public: bytes) -> str:
    """First 32 hex digits of SHA-256 of the raw public key (wire.md, Enrolment)."""
    return hashlib.sha256(raw_public).hexdigest()[:32]


def load_or_make(path: Path) -> Key:
    """Load the private key at `path`, or make one there, durable before it is returned."""
    if not path.exists():
        make(path)
    return load(path)


def load(path: Path) -> Key:
    """Load a private key. Raises HuiyinError with one line if the file is not one."""
    raw = path.read_bytes()
    if len(raw) != RAW_KEY_BYTES:
        raise HuiyinError(f"{path}: {len(raw)} bytes; a private key has exactly {RAW_KEY_BYTES}")
    return Key(Ed25519PrivateKey.from_private_bytes(raw))


def make(path: Path) -> None:
    """Write a new private key: whole or not at all, mode 0600, synced with its folder."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    write_whole(path, raw)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a small file so that a power cut leaves the old or the new one: mode 0600, synced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def decode_public(text: str) -> bytes:
    """Return the raw public key of its base64. Raises BadSignature if it is not one."""
    return _decode(text, RAW_KEY_BYTES, "public key")


def check(public: bytes, signature: str, text: str) -> None:
    """Check a base64 signature over text by a raw public key. Raises BadSignature."""
    raw = _decode(signature, SIGNATURE_BYTES, "signature")
    try:
        _load_public(public).verify(raw, text.encode())
    except (InvalidSignature, ValueError, UnicodeEncodeError):
        raise BadSignature("the signature does not hold") from None


@lru_cache(KNOWN_MAX)
def _load_public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def _decode(text: str, size: int, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature(f"the {what} is not standard base64") from None
    if len(raw) != size:
        raise BadSignature(f"the {what} has {len(raw)} bytes; it must have {size}")
    return raw
