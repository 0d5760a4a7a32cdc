"""A post as a source hands it to listening, whatever network it comes from."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One public post.

    `uri` names it at its `network` for ever; `author` is the handle without the @, or `account`
    where nobody said it; `account` the author's lasting id, if there is one; `lang` a code such as
    `nl` or `pt-BR`, empty when nobody said; `links` whole addresses of pages; `pictures` how many
    images and films it carries; `reach` its author's followers, None when not told; `url` the page
    where people read it, empty when that is `uri` itself or nobody said. `source` is the number of
    this installation's source that heard it; 0: none did. `ref` is what that source calls the post
    where that is not the `uri`; `edited` says that its author changed it after it was written.
    `counts_from` is when we could first hear it, where that is later than it was written.
    """

    network: str
    uri: str
    author: str
    text: str
    lang: str = ""
    sent_at: datetime
    links: tuple[str, ...] = ()
    pictures: int = 0
    reach: int | None = None
    url: str = ""
    source: int = 0
    account: str = ""
    ref: str = ""
    edited: bool = False
    counts_from: datetime | None = None


#: Raw JSON of one post to a `Heard`; raises `msgspec.DecodeError` or `msgspec.ValidationError`.
decode = msgspec.json.Decoder(Heard).decode
