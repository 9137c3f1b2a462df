"""Hashes of short secrets that people remember: argon2id, so that a stolen list gives up slowly."""

import hmac

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""About 35 ms and 19 MiB a try (OWASP's least for argon2id)."""

SALT_BYTES = 16
HASH_BYTES = 32


def hash_pin(pin: str, salt: str) -> str:
    """Return the hash in hex; `salt` is hex, of at least 8 bytes."""
    kdf = Argon2id(
        salt=bytes.fromhex(salt),
        length=HASH_BYTES,
        iterations=PASSES,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return kdf.derive(pin.encode("utf-8", "replace")).hex()


def is_pin(pin: str, salt: str, hashed: str) -> bool:
    """Whether `hashed` is this PIN's."""
    return hmac.compare_digest(hash_pin(pin, salt).encode(), hashed.encode())
