"""HTML that strangers wrote, as the plain text a person reads in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST_LINKS = 50
_ENDS_LINE = frozenset({"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "pre"})
_UNSEEN = frozenset({"script", "style", "template", "title", "head"})
_NOT_PAGES = frozenset({"mention", "hashtag"})  # classes of links that stand for a person or a tag
_BLANKS = re.compile(r"[ \t\r\f\v]+")
_GAPS = re.compile(r"\s*\n\s*\n\s*")


def plain(markup: str) -> tuple[str, tuple[str, ...]]:
    """The text of `markup`, and the addresses of the pages it links to.

    Never raises: what is no HTML is text. Links to mentioned people and hashtags are left out.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    text = _GAPS.sub("\n\n", _BLANKS.sub(" ", "".join(reader.text)))
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return lines.strip(), tuple(dict.fromkeys(reader.links))[:MOST_LINKS]


def web_address(value: object) -> str:
    """`value` when it is the address of a page; empty for anything else."""
    if not isinstance(value, str) or len(value) > 2048 or not value.isprintable():
        return ""
    return value if value.startswith(("https://", "http://")) else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self.text.append("\n")
        elif tag == "a":
            self._link(dict(attrs))

    def _link(self, said: dict[str, str | None]) -> None:
        classes = set((said.get("class") or "").split())
        address = web_address(said.get("href"))
        if address and not classes & _NOT_PAGES:
            self.links.append(address)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _ENDS_LINE:
            self.text.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.text.append(data)
