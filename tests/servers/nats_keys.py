"""Keys and tokens of an invented operator, account and user of NATS, and a certificate of our own.

Made as docs.nats.io describes them ("JWT Guide"); the real server judges whether they are right.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from harken.kit import clock

OPERATOR, ACCOUNT, USER, SEED = 14 << 3, 0, 20 << 3, 18 << 3
ALL_OF_IT = {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "conn": -1}
AT_WORK = {"type": "user", "subs": -1, "data": -1, "payload": -1}
ON_DISK = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}


class Key:
    """One key; `kind` is whose."""

    def __init__(self, kind: int) -> None:
        self._kind, self._key = kind, Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        return _shown(bytes([self._kind]) + self._key.public_key().public_bytes_raw())

    @property
    def seed(self) -> str:
        whose = bytes([SEED | self._kind >> 5, (self._kind & 31) << 3])
        return _shown(whose + self._key.private_bytes_raw())

    def token(self, subject: str, name: str, **claims: Any) -> str:
        """What this key says of the key `subject`."""
        said = {
            "jti": name,
            "iat": int(clock.now().timestamp()),
            "iss": self.public,
            "name": name,
            "sub": subject,
            "nats": {"version": 2, **claims},
        }
        told = f"{_part({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_part(said)}"
        return f"{told}.{_url_safe(self._key.sign(told.encode()))}"


def write_company(folder: Path) -> tuple[Path, Path]:
    """The configuration of a server that believes one operator, and its user's credentials."""
    operator, account, system, user = Key(OPERATOR), Key(ACCOUNT), Key(ACCOUNT), Key(USER)
    accounts = {
        account.public: operator.token(
            account.public, "acme", type="account", limits=ALL_OF_IT | ON_DISK
        ),
        system.public: operator.token(system.public, "SYS", type="account", limits=ALL_OF_IT),
    }
    known = "\n".join(f"  {name}: {token}" for name, token in accounts.items())
    configuration = folder / "nats.conf"
    configuration.write_text(
        f"operator: {operator.token(operator.public, 'O', type='operator')}\n"
        f"system_account: {system.public}\nresolver: MEMORY\n"
        f"resolver_preload: {{\n{known}\n}}\n"
    )
    credentials = folder / "harken.creds"
    credentials.write_text(_creds(account.token(user.public, "harken", **AT_WORK), user))
    return configuration, credentials


def write_stranger(folder: Path) -> Path:
    """Credentials of a user that no operator knows."""
    account, user = Key(ACCOUNT), Key(USER)
    credentials = folder / "stranger.creds"
    credentials.write_text(_creds(account.token(user.public, "nobody", **AT_WORK), user))
    return credentials


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "engine.example")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / "engine.pem", folder / "engine.key"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return shown, secret


def _creds(token: str, user: Key) -> str:
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        "************************* IMPORTANT *************************\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n"
    )


def _shown(raw: bytes) -> str:
    whole = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(whole).decode().rstrip("=")


def _part(values: dict[str, Any]) -> str:
    return _url_safe(json.dumps(values).encode())


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
