"""Waking a browser: the Web Push protocol (RFC 8030), encrypted (RFC 8291), signed (RFC 8292)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from harken.domain.notifications.delivery.letter import Gone, Later, Letter, Refused
from harken.kit import clock
from harken.kit.http import AddressRefused

KEEPS = 12 * 3600  # seconds the push service keeps it for a browser that is closed
SIGNED_FOR = 6 * 3600  # seconds; a push service refuses more than a day
MOST_BYTES = 3000  # of text; the protocol carries 3,993
GONE = (404, 410)  # RFC 8030, section 7.3
PERHAPS_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who we are to push services: the private key (PEM) and how to reach the operator."""

    private: str
    subject: str

    def headers(self, endpoint: str) -> dict[str, str]:
        """The Authorization header for this endpoint's push service."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(clock.now().timestamp()) + SIGNED_FOR,
            "sub": self.subject,
        }
        signed: dict[str, str] = Vapid02.from_pem(self.private.encode()).sign(claims)
        return signed


def push(letter: Letter, signature: Signature, client: httpx.Client) -> None:
    """Hand the letter to the browser's push service. Raises `Gone`, `Refused` or `Later`."""
    try:
        body = _sealed(letter)
        signed = signature.headers(letter.address)
    except ValueError as error:
        raise Refused(f"the browser's keys cannot be used: {error}") from error
    headers = signed | {
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(KEEPS),
        "urgency": "high" if letter.urgent else "normal",
        "topic": letter.tag[:32],
    }
    try:
        answer = client.post(letter.address, content=body, headers=headers)
    except AddressRefused as error:
        raise Refused(str(error)) from error
    except httpx.HTTPError as error:
        raise Later(f"{type(error).__name__}: {error}") from error
    if answer.status_code in GONE:
        raise Gone("this browser does not want to hear from us any more")
    if answer.status_code in PERHAPS_LATER or answer.status_code >= 500:
        raise Later(f"the push service answered {answer.status_code}")
    if answer.status_code >= 300:
        raise Refused(f"the push service answered {answer.status_code}")


def _sealed(letter: Letter) -> bytes:
    text = "\n".join(letter.lines).encode()[:MOST_BYTES].decode(errors="ignore")
    told = {"title": letter.title, "body": text, "tag": letter.tag, "url": letter.path}
    p256dh, auth = letter.keys
    sealed: bytes = http_ece.encrypt(
        json.dumps(told).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(p256dh),
        auth_secret=_decoded(auth),
        version="aes128gcm",
    )
    return sealed


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
