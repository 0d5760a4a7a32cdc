"""HTML of strangers as plain text."""

from __future__ import annotations

import pytest

from harken.kit.markup import MOST_LINKS, plain

TEXTS = {
    "<p>One</p><p>Two<br>Three &amp; four</p>": "One\n\nTwo\nThree & four",
    "no markup at all": "no markup at all",
    "1 < 2 and 3 > 2": "1 < 2 and 3 > 2",
    "<script>alert(1)</script><style>p{}</style>seen": "seen",
    "</script>still seen": "still seen",
    "<b>un<i>closed": "unclosed",
    "<li>a</li><li>b</li>": "a\nb",
    "  much \t space <br/> here ": "much space\nhere",
    "#<span>parcelo</span>": "#parcelo",
    "&#x1F600; &nonsense; &#xD800;": "\U0001f600 &nonsense; \ufffd",
    "": "",
}


@pytest.mark.parametrize(("markup", "text"), TEXTS.items())
def test_markup_reads_as_a_person_reads_it(markup, text):
    assert plain(markup)[0] == text


def test_links_to_pages_are_kept_and_people_tags_and_scripts_left_out():
    markup = (
        '<a href="https://a.example/x?y=1&amp;z=2">page</a> <a href="https://a.example/x?y=1&z=2">'
        '<a href="https://m.example/@mila" class="u-url mention">@mila</a>'
        '<a href="https://m.example/tags/a" class="mention hashtag">#a</a>'
        '<a href="javascript:alert(1)">no</a><a href="/here">no</a><a>no</a>'
    )
    assert plain(markup)[1] == ("https://a.example/x?y=1&z=2",)


def test_nobody_fills_a_post_with_links():
    markup = "".join(f'<a href="https://a.example/{n}">x</a>' for n in range(1000))
    assert len(plain(markup)[1]) == MOST_LINKS


def test_deep_and_broken_markup_ends():
    assert plain("<div>" * 50_000 + "x")[0] == "x"
    assert plain("<" * 10_000)[0]
    assert plain("<a href='" + "x" * 100_000)[1] == ()
