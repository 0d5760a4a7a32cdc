"""What a folder of connectors offers to be listened to: kinds of sources, each with its form.

Every `harken.connectors.<folder>.source` that offers some names them in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harken.kit.authors import NamesAuthors
from harken.kit.source import Source

LONGEST = 300  # characters of one setting


class SettingRefused(ValueError):
    """What was typed cannot be used; the text says what to type instead."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing the form of a source asks for.

    `check` gives the value as it is stored, or raises `SettingRefused`. With `keeps_place` a new
    value leads to the same stream, so that reading goes on where it was. `choices` are pairs of
    value and label. A `secret` is stored encrypted and never shown again.
    """

    name: str
    label: str
    help: str = ""
    default: str = ""
    optional: bool = False
    secret: bool = False
    keeps_place: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    check: Callable[[str], str] = str.strip


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source.

    `about` is a sentence for who chooses; `remedy` says what to do when the network refuses for
    good. `make` takes the settings and the secret (empty without one) and speaks to nobody yet.
    `beat`: seconds in which a source that works says something, posts or not. Where the posts name
    their authors by an id, `authors` makes of the settings who knows them without an account (None:
    nobody does), for the posts of `network`.
    """

    kind: str
    label: str
    about: str
    settings: tuple[Setting, ...]
    make: Callable[[Mapping[str, str], str], Source]
    remedy: str = "Check the settings below and save them again."
    beat: float = 60.0
    network: str = ""
    authors: Callable[[Mapping[str, str]], NamesAuthors | None] | None = None

    @property
    def secret(self) -> Setting | None:
        """The one setting that is stored encrypted, if there is one."""
        return next((each for each in self.settings if each.secret), None)

    @property
    def open_settings(self) -> tuple[Setting, ...]:
        """The settings that may be shown."""
        return tuple(each for each in self.settings if not each.secret)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """The settings of these values as they are stored. Raises `SettingRefused`."""
        return {each.name: _filled(each, values.get(each.name, "")) for each in self.open_settings}


def _filled(asked: Setting, typed: str) -> str:
    value = typed.strip() or asked.default
    if not value:
        if asked.optional:
            return ""
        raise SettingRefused(f"{asked.label} is missing. Fill it in and try again.")
    if len(value) > LONGEST or not value.isprintable():
        raise SettingRefused(f"{asked.label} has at most {LONGEST} characters, all on one line.")
    if asked.choices and value not in {choice for choice, _ in asked.choices}:
        raise SettingRefused(f"{asked.label}: choose one of the list.")
    try:
        return asked.check(value)
    except SettingRefused as error:
        raise SettingRefused(f"{asked.label}: {error}") from None


def web(value: str) -> str:
    """The address of a site or a page."""
    return _address(value, ("https", "http"))


def web_socket(value: str) -> str:
    """The address of a stream."""
    return _address(value, ("wss", "ws"))


def hashtag(value: str) -> str:
    """A hashtag without its #."""
    tag = value.removeprefix("#").removeprefix("＃")
    if not tag or not all(letter.isalnum() or letter in "_·" for letter in tag):
        raise SettingRefused("a hashtag is one word of letters and numbers, such as parcelo.")
    return tag


def _address(value: str, schemes: tuple[str, ...]) -> str:
    meant = value if "://" in value else f"{schemes[0]}://{value}"
    try:
        parts = urlsplit(meant)
        usable = bool(parts.hostname) and (parts.port or 1) > 0 and not any(map(str.isspace, meant))
    except ValueError:
        usable = False
    if not usable or parts.scheme not in schemes:
        raise SettingRefused(f"write an address such as {schemes[0]}://news.example.org.")
    if parts.username or parts.password:
        raise SettingRefused("leave name and password out of the address.")
    return meant
