"""The look: contrast by arithmetic, axe in both themes and widths, weights, safe words."""

from __future__ import annotations

import gzip
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from harken.web.theme import words
from harken.web.theme.environment import STATIC
from tests.web.theme import gallery

TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TEXTS = ("ink", "ink-2", "ink-3", "brand")
GROUNDS = ("paper", "surface", "raised", "hover", "brand-soft")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, "surface") for text in ("calm", "soon", "late", "private")),
    *((text, "brand-soft") for text in ("calm", "soon", "late", "private")),
    ("on-brand", "brand"),
    ("on-brand", "brand-strong"),
    ("soon", "soon-soft"),
    ("ink", "soon-soft"),
    ("late", "late-soft"),
    ("ink", "late-soft"),
    ("private", "private-soft"),
    ("ink", "private-soft"),
    ("soon", "note-soft"),
    ("ink", "note-soft"),
]


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(scheme):
    found = TOKEN.findall((STATIC / "css/_tokens.css").read_text())
    return {name: (light, dark)[scheme == "dark"] for name, light, dark in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_on_every_ground_it_stands_on(scheme):
    colours = tokens(scheme)
    measured = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert {pair: round(value, 2) for pair, value in measured.items() if value < 4.5} == {}
    assert contrast(colours["line-strong"], colours["surface"]) >= 3
    assert contrast(colours["brand"], colours["paper"]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1440])
@pytest.mark.parametrize("template", ["gallery", "gallery_desk"])
def test_axe_finds_nothing_serious(person, template, width, theme):
    page = person.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.route(
        "**/gallery/",
        lambda route: route.fulfill(
            body=gallery.render(f"{template}.html.j2", theme), content_type="text/html"
        ),
    )
    page.goto("/gallery/")
    page.wait_for_selector("[aria-keyshortcuts]", state="attached")
    page.evaluate("document.fonts.ready")
    violations = Axe().run(page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("key", ["?", "Control+k"])
def test_axe_finds_nothing_serious_in_an_open_dialog(person, key):
    page = person.new_page()
    page.goto("/desk/?theme=dark")
    page.wait_for_selector("[aria-keyshortcuts]", state="attached")
    page.keyboard.press(key)
    page.wait_for_selector("dialog[open] :is(dl, li)")
    page.wait_for_timeout(200)  # the dialog fades in; contrast is measured when it stands
    violations = Axe().run(page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []


def test_controls_are_at_least_24_pixels_wide_and_high(person):
    page = person.new_page()
    page.goto("/desk/")
    small = page.evaluate(
        """[...document.querySelectorAll("button, a[href], input:not([type=hidden]), label.tab")]
        .filter((e) => e.checkVisibility() && !e.closest("p, small, .meta, .skips"))
        .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []


def test_the_scripts_and_the_page_keep_their_weight():
    def packed(files):
        return sum(len(gzip.compress(file.read_bytes())) for file in files)

    page = gallery.render("gallery_desk.html.j2")
    styles = [STATIC / name for name in re.findall(r'href="/static/([^"]+\.css)"', page)]
    assert len(styles) > 10
    scripts = packed([*STATIC.glob("js/*.js"), *STATIC.glob("vendor/*.js")])
    assert scripts < 40_000
    assert len(gzip.compress(page.encode())) + scripts + packed(styles) < 60_000


def test_foreign_text_is_shown_and_never_obeyed():
    shown = words.linkify(
        "<b> http://a.example/?x=1&y=2 javascript:alert(1) \u202eevil pa\u200dypal"
    )
    assert "&lt;b&gt;" in shown
    assert '<a href="http://a.example/?x=1&amp;y=2" rel="noopener noreferrer nofollow ugc"' in shown
    assert 'href="javascript' not in shown
    assert ">U+202E</span>evil" in shown
    assert "pa<span" in shown


def test_joiners_stay_where_a_script_or_an_emoji_needs_them():
    for text in (
        "👩\u200d👩\u200d👧",
        "می\u200cخواهم",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ):
        assert words.plain(text) == text


def test_a_quote_in_an_address_cannot_leave_its_attribute():
    assert '" onmouseover' not in words.linkify('http://a.example/" onmouseover="x')


@pytest.mark.parametrize(
    ("seconds", "face"),
    [(42, "0:42"), (-18, "−0:18"), (0, "0:00"), (725.9, "12:05"), (3729, "1:02:09")],
)
def test_a_clock_shows_minutes_and_seconds(seconds, face):
    assert words.clock(seconds) == face
