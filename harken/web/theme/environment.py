"""The Jinja2 environment of every Harken page (`OPTIONS["environment"]` of the Jinja2 backend)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from harken.kit import clock as time_source
from harken.web.theme import words
from harken.web.theme.frame import Frame

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def environment(**options: Any) -> Environment:
    """An environment in which a typo is an error and all text is escaped.

    `options` are those of `jinja2.Environment`; without a loader it sees the theme's own templates.
    Names in templates: `static(path)`, `url(name, *args, **kwargs)`, `now()` and the filters of
    `words`. `frame` has a default, so a page for nobody in particular renders too.
    """
    made = Environment(  # noqa: S701 - autoescape is set below, after the caller's options
        **{
            "loader": FileSystemLoader(TEMPLATES),
            **options,
            "undefined": StrictUndefined,
            "autoescape": True,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    made.globals.update(static=static, url=url, now=_now, frame=Frame())
    for shown in (
        words.clock,
        words.ago,
        words.day,
        words.stamp,
        words.machine,
        words.initials,
        words.plain,
        words.linkify,
        words.mentioned,
    ):
        made.filters[shown.__name__] = shown
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a named route, like Django's `{% url %}`."""
    return reverse(name, args=args, kwargs=kwargs)


def _now() -> datetime:
    # Asked at each use: who sets the clock, as tests do, sets that of the pages too.
    return time_source.now()
