"""A private certificate authority for a hall without a public name: made once, kept beside the
data.

Kiosks are given ca.pem; the hall serves with hall.pem and hall.key.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sync.errors import HuiyinError
from sync.keys import write_whole

AUTHORITY_DAYS = 3_650
SERVER_DAYS = 820
SKEW = timedelta(days=1)
"""How far back certificates begin: a kiosk's clock may be behind."""


@dataclass(frozen=True, slots=True)
class Made:
    """The files."""

    ca: Path
    certificate: Path
    key: Path


def make_authority(folder: Path, names: Sequence[str], now: float) -> Made:
    """Make the authority, or use the one there is, and a fresh certificate for these names.

    Raises HuiyinError.
    """
    made = Made(folder / "ca.pem", folder / "hall.pem", folder / "hall.key")
    begins = datetime.fromtimestamp(now, UTC)
    try:
        authority, authority_key = _load_or_make(folder, begins)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _sign_server(authority, authority_key, key, names, begins)
        write_whole(made.key, _write_key(key))
        write_whole(made.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise HuiyinError(f"{folder}: {error.strerror or error}") from None
    return made


def read_fingerprint(file: Path) -> str:
    """SHA-256 of the DER of a PEM file's first certificate, in hex. Raises HuiyinError."""
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise HuiyinError(f"{file}: {error}") from None
    return certificate.fingerprint(hashes.SHA256()).hex()


def _load_or_make(
    folder: Path, begins: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / "ca.pem", folder / "ca.key"
    if file.exists() and key_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise HuiyinError(f"{key_file}: not a key this command made")
        return x509.load_pem_x509_certificate(file.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Huiyin hall authority")
    certificate = (
        _begin(name, name, key, begins, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(key_file, _write_key(key))
    write_whole(file, certificate.public_bytes(serialization.Encoding.PEM))
    file.chmod(0o644)
    return certificate, key


def _sign_server(
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    begins: datetime,
) -> x509.Certificate:
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    return (
        _begin(_name(names[0]), authority.subject, key, begins, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName([_read_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )


def _begin(
    name: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begins: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - SKEW)
        .not_valid_after(begins + timedelta(days=days))
    )


def _usage(sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _read_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text)
    except ValueError:
        raise HuiyinError(f"--name {text}: it must be a host name or an IP address") from None


def _write_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
