"""Turn foreign text, seconds and moments into what a reader sees. Everything returned is safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from linkify_it import LinkifyIt
from markupsafe import Markup, escape

from harken.kit import clock as time_source

MINUTE, HOUR, DAY = 60, 3600, 86400

# Bidirectional controls, zero-width characters and tags can hide or reorder what a person reads:
# they are shown, never obeyed. Joiners stay between letters of scripts that need them and in
# emoji, but not between Latin letters; tags stay in the flags of England, Scotland and Wales.
_HIDDEN = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
    "|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<=[A-Za-z0-9])[\u200c\u200d](?=[A-Za-z0-9])"
)
_LINKS = LinkifyIt({"ftp:": None, "mailto:": None, "//": None}, {"fuzzy_email": False})
_REL = "noopener noreferrer nofollow ugc"


def clock(seconds: float) -> str:
    """Seconds as a clock face: `0:42`, `12:05`, `1:02:09`; negative ones `−0:18` (a true minus)."""
    sign, whole = ("−" if seconds < 0 else ""), int(abs(seconds))
    hours, rest = divmod(whole, HOUR)
    minutes, second = divmod(rest, MINUTE)
    face = f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"
    return sign + face


def ago(moment: datetime) -> str:
    """How long ago, short: `9 s`, `4 min`, `3 h`, then `Fri 12:00`, then `3 May`."""
    passed = max(0, int((time_source.now() - moment).total_seconds()))
    if passed < MINUTE:
        return f"{passed} s"
    if passed < HOUR:
        return f"{passed // MINUTE} min"
    if passed < DAY:
        return f"{passed // HOUR} h"
    return day(moment)


def day(moment: datetime) -> str:
    """A moment in the reader's zone: `12:00` today, `Fri 12:00` near, else `3 May 2026`."""
    local, today = timezone.localtime(moment), timezone.localtime(time_source.now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if abs(local - today) < timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def stamp(moment: datetime) -> str:
    """A moment to the second in the reader's zone: `09:41:18`, or `Fri 09:41:18`, or with date."""
    local, today = timezone.localtime(moment), timezone.localtime(time_source.now())
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    if abs(local - today) < timedelta(days=6):
        return f"{local:%a %H:%M:%S}"
    return f"{day(moment)}, {local:%H:%M:%S}"


def machine(moment: datetime) -> str:
    """A moment for `datetime=""` and the scripts: ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def initials(name: str) -> str:
    """One or two capitals for a face: `Amara Okafor` gives `AO`, an empty name gives `?`."""
    words = [word for word in re.split(r"[^\w]+", name.lstrip("@")) if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def plain(text: str) -> Markup:
    """Foreign text, escaped, with characters one cannot see shown as chips."""
    pieces, end = [], 0
    for found in _HIDDEN.finditer(text):
        if found[1]:
            continue
        pieces += [escape(text[end : found.start()]), _chip(found[0])]
        end = found.end()
    return Markup("").join([*pieces, escape(text[end:])])


def linkify(text: str) -> Markup:
    """Like `plain`, and addresses on the web become links that pass no credit and no referrer."""
    pieces, end = [], 0
    for link in _LINKS.match(text) or []:
        if not link.url.startswith(("http://", "https://")):
            continue
        pieces += [plain(text[end : link.index]), _link(link.url, link.raw)]
        end = link.last_index
    return Markup("").join([*pieces, plain(text[end:])])


def mentioned(html: Markup, names: Iterable[str]) -> Markup:
    """Markup of `linkify` with each `@name` of these set off; names are letters, digits, . - _."""
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    if not wanted:
        return html
    # Not within an address, and nothing the filters write into an attribute has such a name.
    found = re.compile(rf"(?<![\w@/.])@({wanted})(?!\w)")
    return Markup(found.sub(r'<b class="mention">@\1</b>', str(html)))  # noqa: S704 - names are words


def _link(url: str, shown: str) -> Markup:
    return Markup('<a href="{}" rel="{}" target="_blank" title="{}">{}</a>').format(
        url, _REL, url, plain(shown)
    )


def _chip(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "control character").lower()
    return Markup('<span class="unseen" title="{} {}">{}</span>').format(code, name, code)
