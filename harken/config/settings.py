"""Every setting of Harken, one typed class. The `#:` sentence is its documentation."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment (prefix `HARKEN_`) or from files in `/run/secrets`."""

    model_config = SettingsConfigDict(
        env_prefix="HARKEN_",
        secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
        extra="ignore",
    )

    #: Your own PostgreSQL (15 or newer) as a URL; empty means the embedded one is used.
    database_url: str = ""
    #: Signs sessions and encrypts credentials; 50 random characters, kept out of backups.
    secret_key: SecretStr = SecretStr("")
    #: Earlier secret keys, comma separated, so that a rotation loses no credential.
    secret_key_fallbacks: str = ""
    #: Host names the site answers to, comma separated.
    allowed_hosts: str = "localhost,127.0.0.1,[::1]"
    #: Full origins (https://desk.example) that forms may come from behind a proxy.
    trusted_origins: str = ""
    #: True when people reach Harken over https; session cookies are then https only.
    https: bool = False
    #: Where the embedded PostgreSQL and the secret key live when none are given.
    data_dir: Path = Path(".harken")
    #: Where the live process finds the pages: `host:port`, or `unix:` and the path of a socket.
    pages: str = "127.0.0.1:8001"
    #: The demo: lets a visitor switch role in one click. Never set it on a real installation.
    demo: bool = False
    #: Hosts in private networks that connectors may reach, comma separated (own servers, tests).
    private_hosts: str = ""
    #: Seconds a reply can be taken back before it leaves, for channels that do not say.
    undo_seconds: int = 10
    #: Days the journal can be replayed to a browser that was away.
    replay_days: int = 7
    #: The address people open in their browser (https://desk.example); links in e-mail need it.
    public_url: str = ""
    #: The address customers open for a private talk (https://care.example); else public_url.
    portal_url: str = ""
    #: Hours in which a link to a private talk can be opened, once.
    portal_link_hours: int = 72
    #: Days an opened private talk stays open; then what the customer left there is erased.
    portal_days: int = 30
    #: Minutes of business time in which we call back who wants it as soon as possible.
    call_back_minutes: int = 60
    #: The mail server: smtp://user:password@host:587 (STARTTLS), or smtps:// for TLS at once.
    smtp_url: SecretStr = SecretStr("")
    #: Whom e-mail comes from.
    mail_from: str = "Harken <harken@localhost>"
    #: Languages customers write in, comma separated; triage tells only these apart.
    triage_languages: str = "ar,da,de,en,es,fr,it,nl,no,pl,pt,sv,tr,uk"
    #: Assistance, off while empty: the base URL of any OpenAI-compatible API (https://host/v1).
    assist_url: str = ""
    #: The key of that API, if it wants one.
    assist_key: SecretStr = SecretStr("")
    #: The model that is asked there; assistance is off without it.
    assist_model: str = ""
    #: A stream engine for many matchers, such as nats://user:password@host:4222/harken; one machine
    #: needs none. Several servers comma separated; the path keeps two Harkens on one engine apart.
    listen_stream: SecretStr = SecretStr("")
    #: A credentials file (.creds) of that engine's user, instead of a user or token in the address.
    listen_stream_credentials: str = ""
    #: A file of certificates (PEM) that the engine's own must be signed by; then TLS is required.
    listen_stream_ca: str = ""
    #: Who tells handles and followers of those that `harken gather` brought, without an account: an
    #: AppView; empty asks nobody but your own accounts.
    gather_appview: str = "https://public.api.bsky.app"
    #: Shows tracebacks in the browser; only for work on Harken itself.
    debug: bool = False

    def listed(self, value: str) -> list[str]:
        """Split a comma separated setting into its parts."""
        return [part.strip() for part in value.split(",") if part.strip()]


class SettingsError(SystemExit):
    """A setting is missing or wrong; the message says which and what to do."""


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
