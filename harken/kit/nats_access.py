"""How we get into a NATS server: name and password, token or credentials file, and over TLS.

Sources: docs.nats.io, "Client protocol" (`CONNECT` with `user` and `pass`, `auth_token`, or `jwt`
and `sig`) and "JWT Guide" (the two blocks of a `.creds` file). A seed is base32 of two bytes that
say whose it is, 32 bytes of an Ed25519 key, and two of CRC-16 (github.com/nats-io/nkeys). No secret
stands in an error or a log.
"""

from __future__ import annotations

import base64
import binascii
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.errors import Error as NatsError

KEY_AT, KEY_BYTES, CHECK_BYTES = 2, 32, 2
_BLOCK = re.compile(r"-{3,}BEGIN ([A-Z ]+)-{3,}\s+(\S+)\s+-{3,}END")
_REFUSED = re.compile(r"authorization|authentication|credentials", re.IGNORECASE)
_NOT_ALLOWED = re.compile(r"permissions violation", re.IGNORECASE)
BROKE_OFF = "the connection broke off"
CREDENTIALS = "HARKEN_LISTEN_STREAM_CREDENTIALS"
AUTHORITY = "HARKEN_LISTEN_STREAM_CA"


class AccessUnusable(ValueError):
    """A file cannot be used; the text says which and what to do, and nothing of what is in it."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a server is shown, and what it must show; all of it may be empty.

    With a `password`, `name` is a user, without one a token. `credentials` is a `.creds` file, read
    at each connecting, so that a new one needs no restart. `authority`: a file of certificates in
    PEM that the server's own must be signed by, instead of those the system trusts. With
    `only_tls` we show nothing to a server that offers no TLS.
    """

    name: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    credentials: Path | None = None
    authority: Path | None = None
    only_tls: bool = False

    @classmethod
    def of(
        cls, address: SplitResult, credentials: Path | None = None, authority: Path | None = None
    ) -> Access:
        """As an address says, `nats://user:password@host` or `nats://token@host`."""
        return cls(
            unquote(address.username or ""),
            unquote(address.password or ""),
            credentials,
            authority,
            only_tls=address.scheme == "tls" or authority is not None,
        )

    def check(self) -> None:
        """Look whether the files can be used. Raises `AccessUnusable`."""
        if self.credentials:
            _read(self.credentials)
        if self.authority:
            self._tls()

    def options(self) -> Mapping[str, Any]:
        """As `Client.connect` takes them. Raises `AccessUnusable`."""
        options: dict[str, Any] = {"tls": self._tls()}
        if self.credentials:
            token, key = _read(self.credentials)
            options["user_jwt_cb"] = lambda: bytearray(token, "ascii")
            options["signature_cb"] = lambda nonce: base64.b64encode(key.sign(nonce.encode()))
        elif self.password:
            options |= {"user": self.name, "password": self.password}
        elif self.name:
            options["token"] = self.name
        return options

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.authority)
        except (OSError, ssl.SSLError) as error:
            raise AccessUnusable(
                f"{AUTHORITY}: {self.authority} holds no certificates that can be read (PEM)"
            ) from error


class CarefulClient(Client):
    """A client that shows its credentials to nobody over an open line when TLS is wanted.

    The library takes what the server offers, also when the address says `tls://`: whoever sits in
    between could leave the offer out.
    """

    def __init__(self, *, only_tls: bool) -> None:
        super().__init__()
        self._only_tls = only_tls

    def _connect_command(self) -> bytes:
        if self._only_tls and not self._server_info.get("tls_required"):
            raise NatsError("nats: the server offers no TLS")
        command: bytes = super()._connect_command()
        return command


def in_words(error: BaseException) -> str:
    """What went wrong, with what to do where that is known."""
    said = str(error).removeprefix("nats: ") or type(error).__name__
    if isinstance(error, ConnectionResetError) or "unexpected EOF" in said:
        return BROKE_OFF
    if isinstance(error, ConnectionRefusedError):
        return f"nobody answers at its address: is it started? ({said})"
    if isinstance(error, socket.gaierror):
        return f"nobody knows its host: correct the address in HARKEN_LISTEN_STREAM ({said})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({error.verify_message}): name the file of the "
            f"authority that signed it in {AUTHORITY}, and the host as it stands in the certificate"
        )
    if "offers no TLS" in said:
        return "it offers no TLS: configure TLS there, or write nats:// for an open line"
    if _NOT_ALLOWED.search(said):
        return f"it does not allow us all we need ({said}): allow that user JetStream"
    if _REFUSED.search(said):
        return (
            "it refuses us: correct the user and password or the token in HARKEN_LISTEN_STREAM, or "
            f"the file named in {CREDENTIALS}"
        )
    if "no responders" in said or "ServiceUnavailable" in said:
        return "it keeps no streams: start nats-server with -js, or allow that account JetStream"
    return said


def _read(file: Path) -> tuple[str, Ed25519PrivateKey]:
    """The token and the key of a credentials file."""
    try:
        blocks = dict(_BLOCK.findall(file.read_text("ascii")))
        seed = blocks["USER NKEY SEED"]
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
        if len(raw) != KEY_AT + KEY_BYTES + CHECK_BYTES or _check(raw[:-2]) != raw[-2:]:
            raise ValueError("a seed of another kind")
        key = Ed25519PrivateKey.from_private_bytes(raw[KEY_AT : KEY_AT + KEY_BYTES])
        return blocks["NATS USER JWT"], key
    except OSError as error:
        raise AccessUnusable(f"{CREDENTIALS}: {file} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError):  # binascii.Error and UnicodeDecodeError are ValueErrors
        # Not chained: what these say may quote the secret.
        raise AccessUnusable(
            f"{CREDENTIALS}: {file} is no credentials file of a NATS user; make one with “nsc "
            "generate creds”"
        ) from None


def _check(raw: bytes) -> bytes:
    """CRC-16 (XMODEM), lowest byte first."""
    return binascii.crc_hqx(raw, 0).to_bytes(2, "little")
