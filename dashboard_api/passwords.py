"""Password hashing: argon2id, off the event loop, at most two at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2  # one hash takes 64 MiB and a core


class Passwords:
    """Hashes and checks. An unknown login costs as much time as a wrong password."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Return whether the password fits; ``None`` (no such account) never does."""
        if password_hash is None and self._nobody is None:
            self._nobody = await self.hash("nobody")
        async with self._slots:
            fits = await asyncio.to_thread(
                self._verify, password_hash or self._nobody or "", password
            )
        return fits and password_hash is not None

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
