"""The desk's own certificate, made once; clients pin its fingerprint. Knows no network."""

import hashlib
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from sync.keys import write_whole

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
"""A kiosk without a clock may believe it is years ago; the pin is what is trusted, not the date."""

VALID_FOR = timedelta(days=365 * 50)


def load_or_make(folder: Path, host: str) -> tuple[Path, Path]:
    """Return (certificate, key) as PEM files in `folder`, made for `host` if they are not there.

    P-256, because old browsers know no Ed25519; files are mode 0600 and synced.
    """
    certificate, key = folder / "desk-cert.pem", folder / "desk-key.pem"
    if not (certificate.exists() and key.exists()):
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_whole(key, pem)
        write_whole(certificate, _sign(private, host).public_bytes(Encoding.PEM))
    return certificate, key


def read_fingerprint(certificate: Path) -> str:
    """Return what a client pins: SHA-256 of the certificate's DER, lower-case hex."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return hashlib.sha256(loaded.public_bytes(Encoding.DER)).hexdigest()


def _sign(private: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "huiyin desk")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_FROM + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
