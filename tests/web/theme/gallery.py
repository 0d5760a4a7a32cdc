"""Renders the theme's gallery: a desk and every macro in every state, with invented people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader

from harken.kit import clock
from harken.web.theme.environment import TEMPLATES, environment
from harken.web.theme.frame import Frame, Pulse

HERE = Path(__file__).parent
FRAME = Frame(user_name="Mika Jansen", user_id="7", live_after="10-1")
JINJA = environment(loader=ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(HERE)]))


def at(seconds):
    return clock.now() + timedelta(seconds=seconds)


def row(number, name, excerpt, left, **more):
    return {
        "id": number,
        "url": f"/desk/c/{number}/",
        "name": name,
        "excerpt": excerpt,
        "at": at(left - 60),
        "due": at(left),
        "order": left,
        **more,
    }


BLUESKY = {"letter": "B", "network": "Bluesky"}
MASTODON = {"letter": "M", "network": "Mastodon"}
PROMISE = {"promised": True, "letter": "@", "network": "e-mail", "topic": "Billing"}
ROWS: tuple[tuple[str, str, int, dict[str, object]], ...] = (
    (
        "Tomasz Kowal",
        "Third call today, 20 minutes on hold each time. #meridianair you just lost a customer.",
        -18,
        {"letter": "X", "network": "X", "threat": "leaving", "topic": "Service", "unread": True},
    ),
    (
        "Amara Okafor",
        "@meridian.example my bag is still in Lisbon and the form asks for a tag number?",
        42,
        {**BLUESKY, "topic": "Baggage", "watchers": "Ben is reading", "current": True},
    ),
    (
        "Jonas Seidel",
        "Kann ich den Sitzplatz nach dem Check-in noch tauschen?",
        51,
        {**MASTODON, "topic": "Booking", "language": "de"},
    ),
    (
        "Lucía Prieto",
        "Gracias, todo resuelto 🙌 de verdad, un 10 para Marta.",
        54,
        {**BLUESKY, "topic": "Thanks", "draft": True},
    ),
    (
        "دانا الخطيب",
        "أين حقيبتي؟ رقم الرحلة MA 214 ولم تصل بعد.",
        57,
        {**MASTODON, "private": True, "language": "ar"},
    ),
    ("Ruth Hale", "Call back about the refund for the booking of 3 May.", 240000, PROMISE),
)


def rows():
    made = [
        row(number, name, excerpt, left, **more)
        for number, (name, excerpt, left, more) in enumerate(ROWS, 1)
    ]
    made[-1]["at"] = at(-240)
    return made


def render(template, theme="system", screen="conversation", **more):
    """One page of the gallery as HTML; `theme` as in Frame, `screen` what a phone shows."""
    pulse = Pulse(waiting=7, oldest_due=at(42), oldest_seconds=60, within=94)
    frame = replace(FRAME, theme=theme, pulse=pulse, **more.pop("frame", {}))
    values = {"rows": rows(), "at": at, "frame": frame, "screen": screen, "filled": True, **more}
    return JINJA.get_template(template).render(values)
