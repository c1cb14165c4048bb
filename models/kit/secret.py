"""The installation's key: from settings, else a file made at first start (mode 0600).

It signs media tickets, and keys derived from it seal what must not be read at rest.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.kit.errors import SettingsError
from models.kit.settings import Settings

_MINIMUM_BYTES = 32
_VERSION = b"\x01"  # AES-256-GCM under a key by HKDF-SHA-256: version, nonce, ciphertext and tag
_NONCE_BYTES = 12


def load_key(settings: Settings) -> bytes:
    """Return the key that signs media tickets; the API and every media node must share it.

    Raises:
        SettingsError: the key is shorter than 32 bytes.
    """
    if settings.secret_key is not None:
        key = settings.secret_key.get_secret_value().encode()
    else:
        key = _file_key(settings.state_dir / "secret.key")
    if len(key) < _MINIMUM_BYTES:
        msg = f"AHUAL_SECRET_KEY must be at least {_MINIMUM_BYTES} bytes long"
        raise SettingsError(msg)
    return key


def seal(key: bytes, text: str) -> bytes:
    """Return the text encrypted and bound to the installation's key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(key).encrypt(nonce, text.encode(), _VERSION)


def unseal(key: bytes, sealed: bytes) -> str:
    """Return what was sealed.

    Raises:
        SettingsError: another key sealed it, or it was damaged.
    """
    version, nonce = sealed[:1], sealed[1 : 1 + _NONCE_BYTES]
    if version != _VERSION or len(nonce) < _NONCE_BYTES:
        raise SettingsError("A sealed value is damaged or of a newer version; enter it again")
    try:
        return _cipher(key).decrypt(nonce, sealed[1 + _NONCE_BYTES :], version).decode()
    except InvalidTag as error:
        msg = "A sealed value does not open: AHUAL_SECRET_KEY has changed; enter it again"
        raise SettingsError(msg) from error


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"ahual sealed values").derive(key))


def _file_key(path: Path) -> bytes:
    """Read the key file; make it whole and at once (link) so that no process reads half of it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent) as file:  # mode 0600
            file.write(secrets.token_hex(32).encode())
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_bytes()
