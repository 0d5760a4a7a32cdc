"""Mentions that say the same as another, all of them, page after page."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client
from django.urls import reverse

from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.services.monitors import Wanted, save_monitor
from tests.domain.listening.posts import hear, said


def test_those_that_say_the_same_go_on_below_to_the_last(company):
    save_monitor(None, Wanted("Us", "brand", "meridian"), by=company.lena)
    text = "meridian raised the price of the winter service and told nobody"
    hear(*(said(text, uri=f"p{n}", author=f"author-{n:03}") for n in range(112)))
    first = Mention.objects.get(fold=None)
    address = reverse("desk:mention", args=[first.pk])
    client = Client()
    client.force_login(company.mika)
    whole = client.get(address).content.decode()
    assert "111 like it" in whole
    met, shown = [], whole.partition('id="alike"')[2]
    pages = 0
    while True:
        met += re.findall(r"@(author-\d+)|<bdi>(author-\d+)</bdi>", shown)
        on = re.search(r'hx-get="([^"]+)"', shown)
        if on is None:
            break
        shown = client.get(unescape(on[1]), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in shown
        pages += 1
    names = [one or other for one, other in met]
    assert pages == 2
    assert names == [f"author-{n:03}" for n in range(1, 112)]
    # Without scripts the link leads to the page as it goes on from there.
    link = re.search(r'<li class="more".*?<a href="([^"]+)"', whole)
    assert link is not None
    below = client.get(unescape(link[1])).content.decode()
    assert "author-051" in below
    assert "author-050" not in below
    assert "From the first on" in below
    assert client.get(address, {"after": "nonsense"}).status_code == 404
