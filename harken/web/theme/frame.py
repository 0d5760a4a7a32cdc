"""What every page hands to base.html, beside its own content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Pulse:
    """The figures in the top bar; leave `Frame.pulse` out where nobody waits for anything."""

    #: conversations waiting for an answer, of those the user may see
    waiting: int
    #: when the most urgent of them is due; None when nobody waits
    oldest_due: datetime | None
    #: the promise of that one, in seconds
    oldest_seconds: int
    #: answered within the promise today, 0 to 100; None before the first one is due
    within: int | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Who looks at the page and how they like it. base.html reads it under the name `frame`."""

    #: the user's choice of colours
    theme: Literal["system", "light", "dark"] = "system"
    #: False switches single-letter keys off (WCAG 2.1.4)
    keys: bool = True
    #: empty when nobody is signed in: no top bar actions, no live stream
    user_name: str = ""
    #: keeps drafts of two people at one machine apart; empty when nobody is signed in
    user_id: str = ""
    #: newest journal position the page was rendered at; the live stream goes on from here
    live_after: str = ""
    live_url: str = "/live"
    #: answers fresh insides of #views and #pulse
    counts_url: str = "/desk/counts/"
    palette_url: str = "/desk/palette/"
    theme_url: str = "/desk/theme/"
    search_url: str = "/desk/search/"
    #: where a click on the name goes
    settings_url: str = "/desk/settings/"
    pulse: Pulse | None = None
    #: where the bell leads; no bell without it
    bell_url: str = ""
    #: what the user was told and has not read
    unread: int = 0
