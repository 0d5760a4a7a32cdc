"""The links of private talks: made, signed, recognised in a text.

A link ends in 43 letters: 16 random bytes and 16 that sign them, so that a guess has to meet both
a signature and a stored hash. Only the SHA-256 of all of it is stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator

from django.conf import settings

from harken.domain.replies.queries_reading import portal_links

RANDOM, SIGNED = 16, 16  # bytes
LETTERS = 43  # of a token
WORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
WORD = 6


def new_token() -> str:
    """A token that nobody can guess."""
    seed = secrets.token_bytes(RANDOM)
    return _written(seed + _signature(seed, settings.SECRET_KEY))


def new_browser_key() -> str:
    """What the browser that opened a link keeps; 256 random bits."""
    return secrets.token_urlsafe(32)


def new_word() -> str:
    """A short word to be said in public; it opens nothing."""
    return "".join(secrets.choice(WORD_LETTERS) for _ in range(WORD))


def fingerprint(secret: str) -> str:
    """What is stored of a token or a browser's key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def is_signed(token: str) -> bool:
    """Whether this house made the token; takes the same time whatever it is."""
    try:
        given = base64.urlsafe_b64decode(f"{token[:LETTERS]}=")
    except (ValueError, binascii.Error):
        given = b""
    given = given.ljust(RANDOM + SIGNED, b"\0")
    # Written again: what the decoder passes over must not give one token several faces.
    same = hmac.compare_digest(_written(given).encode(), token.encode("utf-8", "replace"))
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    seed, signature = given[:RANDOM], given[RANDOM:]
    ours = [hmac.compare_digest(_signature(seed, key), signature) for key in keys]
    return same and any(ours)


def address_of(token: str) -> str:
    """The whole link; empty where customers can reach no portal."""
    start = portal_links()
    return f"{start}{token}" if start else ""


def tokens_in(text: str) -> Iterator[str]:
    """The tokens of our own links in a text."""
    start = portal_links()
    if start:
        for found in re.finditer(re.escape(start) + r"([\w\-]+)", text):
            yield found[1]


def _signature(seed: bytes, key: str) -> bytes:
    whole = hmac.new(f"harken.handover.{key}".encode(), seed, hashlib.sha256).digest()
    return whole[:SIGNED]


def _written(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()
