"""Django's own settings, derived from `Settings`; nothing is configured here by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from harken.config.settings import SettingsError, get_settings

settings = get_settings()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = settings.secret_key.get_secret_value()
if not SECRET_KEY:
    raise SettingsError(
        "HARKEN_SECRET_KEY is not set: give it 50 random characters "
        '(python -c "import secrets; print(secrets.token_urlsafe(50))").'
    )
SECRET_KEY_FALLBACKS = settings.listed(settings.secret_key_fallbacks)
SALT_KEY = "harken-credentials"  # the encrypted fields mix it with SECRET_KEY
DEBUG = settings.debug
DEMO = settings.demo
ALLOWED_HOSTS = settings.listed(settings.allowed_hosts)
CSRF_TRUSTED_ORIGINS = settings.listed(settings.trusted_origins)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "harken.domain.journal",
    "harken.domain.people",
    "harken.domain.channels",
    "harken.domain.contacts",
    "harken.domain.conversations",
    "harken.domain.presence",
    "harken.domain.notifications",
    "harken.domain.bulk",
    "harken.domain.sla",
    "harken.domain.roster",
    "harken.domain.knowledge",
    "harken.domain.replies",
    "harken.domain.assist",
    "harken.domain.approvals",
    "harken.domain.followups",
    "harken.domain.handover",
    "harken.domain.triage",
    "harken.domain.listening",
    "harken.domain.departments",
    "harken.domain.escalation",
    "harken.domain.automation",
    "harken.domain.insights",
    "harken.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "harken.config.urls"
WSGI_APPLICATION = "harken.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            PACKAGE / "web/theme/templates",
            PACKAGE / "web/desk/templates",
            PACKAGE / "web/manage/templates",
            PACKAGE / "web/portal/templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "harken.web.theme.environment.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web/theme/django"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Django's connection settings of a `postgresql://user:secret@host:port/name?option=x` URL.

    A unix socket folder may stand in `?host=`. Raises `SettingsError` on another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingsError("HARKEN_DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(options.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "connect_timeout": 5},
    }


if not settings.database_url:
    raise SettingsError(
        "HARKEN_DATABASE_URL is not set: give your own PostgreSQL, or start with "
        "`harken demo` or `harken serve`, which bring an embedded one."
    )
DATABASES = {"default": database(settings.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The pages stand behind our own front, which writes the one X-Forwarded-For itself.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "harken.config.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "harken_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = settings.https
CSRF_COOKIE_NAME = "harken_csrf"
CSRF_FAILURE_VIEW = "harken.web.errors.page_too_old"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if settings.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000


def mail_server(url: str) -> dict[str, Any]:
    """Django's mail settings of an `smtp://` or `smtps://` URL; empty for an empty one.

    Raises `SettingsError` on another scheme, and on a port that is no number.
    """
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingsError("HARKEN_SMTP_URL must look like smtp://user:password@host:587")
    at_once = parts.scheme == "smtps"
    try:
        port = parts.port or (465 if at_once else 587)
    except ValueError:
        raise SettingsError("HARKEN_SMTP_URL: the port after the host is not a number") from None
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": at_once,
        # A password never travels in the clear; port 25 without one is a relay next door.
        "EMAIL_USE_TLS": not at_once and bool(parts.username),
    }


globals().update(mail_server(settings.smtp_url.get_secret_value()))
MAIL_IS_SET_UP = bool(settings.smtp_url.get_secret_value())
EMAIL_TIMEOUT = 15  # seconds
DEFAULT_FROM_EMAIL = settings.mail_from
PUBLIC_URL = settings.public_url.rstrip("/")
PORTAL_URL = (settings.portal_url or settings.public_url).rstrip("/")
PORTAL_LINK_HOURS = settings.portal_link_hours
PORTAL_DAYS = settings.portal_days
CALL_BACK_MINUTES = settings.call_back_minutes

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "web/theme/static"  # there is no build step: served as it is
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

TRIAGE_LANGUAGES = settings.listed(settings.triage_languages)
ASSIST_URL = settings.assist_url.strip()
ASSIST_KEY = settings.assist_key.get_secret_value()
ASSIST_MODEL = settings.assist_model.strip()
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["out"], "level": "INFO"},
    # apprise says addresses when it complains, and those hold passwords.
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "apprise": {"level": "CRITICAL"},
    },
}
