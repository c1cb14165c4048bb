"""HTTPS for an installation without a certificate of its own: a small CA and one certificate.

Browsers give WebCodecs and the microphone only to secure contexts, so plain http works on
localhost alone. People install ``<state_dir>/tls/ca.crt`` once on the centre's machines.
"""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from models.kit.clock import Clock

CA_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)  # browsers refuse server certificates that last longer
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Paths of PEM files; ``ca`` is what browsers must be told to trust."""

    ca: Path
    certificate: Path
    key: Path


def own_names(host: str) -> list[str]:
    """Return the names and addresses that people may type to reach this machine."""
    names = {"localhost", "127.0.0.1", socket.gethostname(), socket.getfqdn()}
    if host not in {"0.0.0.0", "::"}:
        names.add(host)
    return sorted(name for name in names if name)


def ensure(folder: Path, names: list[str], clock: Clock) -> ServerCertificate:
    """Return a certificate for ``names``; make or renew it (and the CA) where needed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = ServerCertificate(folder / "ca.crt", folder / "server.crt", folder / "server.key")
    now = clock.now()
    if not paths.ca.exists():
        _make_ca(paths.ca, folder / "ca.key", now)
    if not _is_good(paths.certificate, names, now):
        _make_server(paths, folder / "ca.key", names, now)
    return paths


def _is_good(path: Path, names: list[str], now: datetime) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(entry.value) for entry in alternative}
    return set(names) <= covered and certificate.not_valid_after_utc - now > RENEW_BEFORE


def _make_ca(certificate_path: Path, key_path: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Ahual CA of {socket.gethostname()}"[:64])]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + CA_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_path, key)
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(paths: ServerCertificate, ca_key: Path, names: list[str], now: datetime) -> None:
    ca = x509.load_pem_x509_certificate(paths.ca.read_bytes())
    signer = serialization.load_pem_private_key(ca_key.read_bytes(), password=None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        msg = f"{ca_key} is not the key that Ahual made; remove {paths.ca.parent} to start anew"
        raise TypeError(msg)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + SERVER_LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    _write_key(paths.key, key)
    paths.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
