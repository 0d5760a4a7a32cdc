"""Laws about templates, styles, scripts and every other text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.house.source import Finding, Rule, Source

# The content security policy has no `unsafe-*`: what these find would silently not work.
INLINE = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(
        r"<script\b(?![^>]*\ssrc\s*=)(?![^>]*type=.application/json)", re.IGNORECASE
    ),
    "an event handler": re.compile(r"""\s(on[a-z]{3,}|hx-on[:\w-]*)\s*=\s*["'{]""", re.IGNORECASE),
    "a script address": re.compile(r"""["']\s*(javascript|js):""", re.IGNORECASE),
}
# Without it the first answer wins and the last thing typed is dropped: the page shows another.
UNORDERED = re.compile(
    r"""hx-trigger="[^"]*\b(?:change|changed|input)\b[^"]*"(?![^>]*hx-sync=)"""
    r"""|"hx-trigger": "[^"]*\b(?:change|changed|input)\b[^"]*"(?![^}]*"hx-sync":)"""
)
UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\s+false\b|\{%\s*autoescape\s+off", re.IGNORECASE)
# Written in parts, so that this file does not break its own law.
MACHINES = re.compile(
    r"(?<![\w.~})/-])/(?:wo" r"rk|ro" r"ot|opt/(?:py" r"pi|wheels))(?=/|-more)"
    r"|(?<![\w.])/(?:ho" r"me|Us" r"ers)/(?!you\b|[<{$])\w+/"
    r"|files\.python" r"hosted|py" r"pi\.org|regis" r"try\.npm|deb\.deb" r"ian|registry\.yarn"
)  # fmt: skip
RESOLVED = re.compile(r'^\s*"resolved"\s*:')


def searched(source: Source, patterns: dict[str, re.Pattern[str]]) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        for what, pattern in patterns.items():
            if pattern.search(line):
                yield number, f"{what}: {line.strip()[:80]}"


def template(source: Source) -> bool:
    return source.path.suffix == ".html" and source.under("harken")


def style(source: Source) -> bool:
    return source.path.suffix == ".css" and source.under("harken") and not source.is_generated


def script(source: Source) -> bool:
    return source.path.suffix == ".js" and source.under("harken") and not source.is_generated


RULES = (
    Rule(
        "Templates carry no style, script or handler of their own",
        template,
        lambda source: searched(source, INLINE),
        bad=(
            ("harken/web/desk/templates/a.html", '<p style="color: red">'),
            ("harken/web/desk/templates/a.html", "<style>p {}</style>"),
            ("harken/web/desk/templates/a.html", "<script>go()</script>"),
            ("harken/web/desk/templates/a.html", '<a onclick="go()">'),
            ("harken/web/desk/templates/a.html", '<a hx-on:click="go()">'),
            ("harken/web/desk/templates/a.html", "<a href='javascript:go()'>"),
        ),
        good=(
            ("harken/web/desk/templates/a.html", '<script type="module" src="/x.js"></script>'),
            ("harken/web/desk/templates/a.html", '<script type="application/json">{}</script>'),
            ("harken/web/desk/templates/a.html", '<a data-action="go" hx-get="/x">'),
        ),
    ),
    Rule(
        "Templates outside the theme escape everything",
        lambda source: template(source) and not source.under("harken/web/theme"),
        lambda source: searched(source, {"unescaped": UNESCAPED}),
        bad=(("harken/web/desk/templates/a.html", "{{ body | safe }}"),),
        good=(("harken/web/desk/templates/a.html", "{{ body }} {{ safety }}"),),
    ),
    Rule(
        "What asks while one types or chooses says how it is put in order",
        template,
        lambda source: searched(source, {"unordered": UNORDERED}),
        bad=(
            ("harken/web/desk/templates/a.html", '<input hx-get="/x" hx-trigger="change">'),
            ("harken/web/desk/templates/a.html", '{{ f(attrs={"hx-trigger": "change"}) }}'),
        ),
        good=(
            (
                "harken/web/desk/templates/a.html",
                '<input hx-get="/x" hx-trigger="input changed" hx-sync="this:replace">',
            ),
        ),
    ),
    Rule(
        "Styles win by their layer, not by force",
        style,
        # Two things must win over everything: what is hidden, and a wish for stillness.
        lambda source: searched(
            source,
            {"force": re.compile(r"^(?!.*(\[hidden\]|animation-duration)).*!\s*important")},
        ),
        bad=(("harken/web/theme/static/css/a.css", "p { color: red !important }"),),
        good=(
            ("harken/web/theme/static/css/a.css", "@layer base { p { color: red } }"),
            ("harken/web/theme/static/css/a.css", "[hidden] { display: none !important }"),
        ),
    ),
    Rule(
        "Scripts keep to the content security policy",
        script,
        lambda source: searched(
            source,
            {
                "code from text": re.compile(
                    r"\beval\(|new Function\(|set(Timeout|Interval)\(\s*[\"'`]"
                )
            },
        ),
        bad=(
            ("harken/web/theme/static/js/a.js", "eval('1')"),
            ("harken/web/theme/static/js/a.js", "setTimeout('go()', 1)"),
        ),
        good=(("harken/web/theme/static/js/a.js", "setTimeout(go, 1)"),),
    ),
    Rule(
        "No file names a machine or a registry",
        lambda source: not source.is_generated or source.path.suffix in {".txt", ".json"},
        lambda source: searched(source, {"a place": MACHINES}),
        bad=(
            ("docs/a.md", "see /wo" + "rk/notes"),
            ("docs/a.md", "cd /ho" + "me/ana/harken"),
            ("requirements/run.txt", "--index-url https://py" + "pi.org/simple"),
        ),
        good=(("docs/a.md", "see docs/work/a and /var/lib/harken"),),
    ),
    Rule(
        "Package locks name no download address",
        lambda source: source.path.name == "package-lock.json",
        lambda source: searched(source, {"an address": RESOLVED}),
        bad=(("tests/servers/a/package-lock.json", '  "resolved": "https://x/y.tgz",'),),
        good=(("tests/servers/a/package-lock.json", '  "integrity": "sha512-x",'),),
    ),
)
