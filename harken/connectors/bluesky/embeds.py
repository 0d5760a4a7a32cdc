"""What a post carries besides its text: pictures, video stills, quoted posts and links.

Source: lexicons app.bsky.embed.images, .video, .record, .recordWithMedia and .external, their
`#view` forms, and app.bsky.richtext.facet#link.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harken.kit.connector import Image
from harken.kit.text import storable

MOST_ALT = 10_000
MOST_IMAGES = 20
MOST_LINKS = 30
LINK = "app.bsky.richtext.facet#link"
DEEPEST = 3  # a quote with media that carries media; nobody nests deeper


def images_of(embed: object) -> tuple[Image, ...]:
    """The pictures of a post with their descriptions; a video counts with its still."""
    return tuple(_images(embed, DEEPEST))[:MOST_IMAGES]


def _images(embed: object, depth: int) -> Iterator[Image]:
    if not isinstance(embed, dict) or depth == 0:
        return
    pictures = embed.get("images")
    for picture in pictures if isinstance(pictures, list) else ():
        if isinstance(picture, dict):
            yield from _image(picture.get("fullsize"), picture.get("thumb"), picture.get("alt"))
    if str(embed.get("$type")).startswith("app.bsky.embed.video"):
        still = embed.get("thumbnail")
        yield from _image(still, still, embed.get("alt"))
    yield from _images(embed.get("media"), depth - 1)


def _image(full: object, thumb: object, alt: object) -> Iterator[Image]:
    url = web_address(full) or web_address(thumb)
    if url:
        words = storable(alt, MOST_ALT) if isinstance(alt, str) else ""
        yield Image(url=url, alt=words, thumb_url=web_address(thumb))


def links_of(facets: object, embed: object) -> tuple[str, ...]:
    """The pages a post leads to, in its text or on its card, each once. The text shows them
    shortened, or under other words."""
    found = [*_linked(facets), *_cards(embed, DEEPEST)]
    return tuple(dict.fromkeys(address for address in found if address))[:MOST_LINKS]


def _linked(facets: object) -> Iterator[str]:
    for facet in facets if isinstance(facets, list) else ():
        features = facet.get("features") if isinstance(facet, dict) else None
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, dict) and feature.get("$type") == LINK:
                yield web_address(feature.get("uri"))


def _cards(embed: object, depth: int) -> Iterator[str]:
    if not isinstance(embed, dict) or depth == 0:
        return
    card = embed.get("external")
    if isinstance(card, dict):
        yield web_address(card.get("uri"))
    yield from _cards(embed.get("media"), depth - 1)


def quoted_view(embed: object) -> dict[str, Any] | None:
    """The quoted post inside an embed, when it is a post we may see."""
    for _ in range(DEEPEST):
        if not isinstance(embed, dict):
            return None
        if embed.get("$type") == "app.bsky.embed.record#viewRecord":
            return embed
        embed = embed.get("record")
    return None


def web_address(value: object) -> str:
    """An address of the web; empty for anything else."""
    if not isinstance(value, str) or len(value) > 2048 or not value.isprintable():
        return ""
    return value if value.startswith(("https://", "http://")) else ""
