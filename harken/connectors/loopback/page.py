"""The loopback network's public pages: what a passer-by sees."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from harken.connectors.loopback.wire import Post

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;padding:0 1rem}"
    "article{border-top:1px solid #ccc;padding:.75rem 0}article.reply{margin-left:1.5rem}"
    "article:target{background:#fff6d6}p{margin:.25rem 0;white-space:pre-wrap}small{color:#555}"
)


def posts_page(posts: Sequence[Post]) -> str:
    """A public tree, or one account's posts, as an HTML page; needs no script."""
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>Loopback</title><style>{_STYLE}</style>"
        f"<h1>Loopback</h1>{''.join(_article(post) for post in posts)}</html>"
    )


def _article(post: Post) -> str:
    author = f"<b dir=auto>{escape(post.author.name)}</b> @{escape(post.author.handle)}"
    text = "<i>deleted by its author</i>" if post.deleted else escape(post.text)
    edited = " · edited" if post.version and not post.deleted else ""
    return (
        f"<article id='{escape(post.id)}' class='{'reply' if post.parent else 'root'}'>{author}"
        f"<p dir=auto>{text}</p><small>{post.at:%d %B %Y, %H:%M:%S} UTC{edited}</small></article>"
    )
