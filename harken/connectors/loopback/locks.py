"""Passwords of the loopback network, kept as salted hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def lock_with(password: str, salt: str = "") -> str:
    """A lock that only this password opens: `salt:digest`, both hexadecimal."""
    salt = salt or secrets.token_hex(8)
    digest = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**10, r=8, p=1)
    return f"{salt}:{digest.hex()}"


def opens(password: str, lock: str) -> bool:
    """Does the password open the lock? An empty lock opens for nobody."""
    salt, _, _ = lock.partition(":")
    return bool(lock) and hmac.compare_digest(lock, lock_with(password, salt))
