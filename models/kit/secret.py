"""The installation's signing key: from settings, else a file made at first start (mode 0600)."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from models.kit.errors import SettingsError
from models.kit.settings import Settings

_MINIMUM_BYTES = 32


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
