"""Random posts and random queries in many scripts; every seed makes the same ones again."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from harken.kit.heard import Heard

_WORDS = """
Skylark skylark SKYLARK café cafe Café delay delayed delays delivery deliver late fly flight flights
lost bag bags luggage Größe grosse GROSSE İstanbul istanbul naïve naive straße don't e-mail co-op
ﬁne fine Ærø aero Łódź lodz ночь Ёлка елка ελλάδα ΕΛΛΆΔΑ हिन्दी नमस्ते مرحبا مَرْحَبًا שלום 2026 a I
KLM™ klm ｆｕｌｌ full icecream colour color ete
"""
_DENSE = "東京 京都 大学 東 オリンピック ガ 寿司 สวัสดี ครับ กา กิ ภาษา 삼성 삼성전자 한국 ข้าว"
_TAGS = """
#Skylark #SkylarkFail #skylarkfail #KLMFail #klm_fail #big_Brand2026 #東京 #東京Tower2026 #Café
#2026 #A #iPhone16 ＃Fail #_ #flightDelay
"""
_HANDLES = "@skylark @Skylark.example @skylark@social.example @sky_lark @ann-lee @skylark."
_WILD = "deliver* delay* *light *ark sky*rk colo?r f?ight gro*e n?ive #sky* #klm* @sky* *lug*"
WORDS = [*_WORDS.split(), "e\u0301te", "ice\u00adcream"]
DENSE, TAGS, HANDLES, WILD = (text.split() for text in (_DENSE, _TAGS, _HANDLES, _WILD))
EMOJI = ["👍", "👍🏽", "😡", "✈", "✈️", "❤️", "🔥", "👩\u200d💻"]
SITES = ("skylark.example", "news.example", "blog.news.example")
ADDRESSES = [f"https://{site}/late" for site in SITES] + ["HTTP://skylark.example"]
JOINTS = [" ", " ", " ", " ", ", ", ". ", "! ", "? ", "-", "/", "", "\n", "? ", "？", "_", "…"]
PLAIN = [word for word in WORDS if word.isalpha() and len(word) > 1 and word != "KLM™"]
RAW = ["Skylark", "SKYLARK", "café", "late!", "KLM", "Fail", "#SkylarkFail", "bags,", "東京", "👍"]
AUTHORS = ("ann.example", "ben.example", "cor.example")


def post(chance: Random) -> Heard:
    """One post; a quarter of them short, so that rare conditions meet."""
    text = ""
    for _ in range(chance.choice((2, 6, 12, 20))):
        kind = chance.choices((WORDS, DENSE, EMOJI, TAGS, HANDLES, ADDRESSES), (60, 14, 6, 9, 6, 3))
        piece = chance.choice(kind[0])
        text += chance.choice(JOINTS) + piece
        if piece in ADDRESSES:
            text += " "
    return Heard(
        network=chance.choice(("bluesky", "mastodon")),
        uri="at://post",
        author=chance.choice(AUTHORS),
        text=text,
        lang=chance.choice(("", "nl", "en", "en-GB", "ja")),
        sent_at=datetime(2026, 3, 1, tzinfo=UTC),
        links=tuple(chance.sample(ADDRESSES, chance.choice((0, 0, 1)))),
        pictures=chance.choice((0, 0, 1, 3)),
        reach=chance.choice((None, 10, 5000)),
    )


def place(chance: Random) -> Any:
    """Something that takes a place in a text."""
    kind = chance.choices(("word", "dense", "emoji", "tag", "handle", "wild"), (10, 4, 1, 2, 1, 2))[
        0
    ]
    if kind == "wild":
        return ("wild", chance.choice(WILD))
    if kind == "tag":
        tag = chance.choice([tag for tag in TAGS if tag[0] == "#"])
        return ("word", tag)
    if kind == "handle":
        return ("word", chance.choice(HANDLES[:5]))
    if kind == "emoji":
        return ("word", chance.choice(["👍", "😡", "🔥", "✈️"]))
    return (kind, chance.choice(PLAIN if kind == "word" else DENSE))


def phrase(chance: Random) -> Any:
    return ("phrase", [place(chance) for _ in range(chance.choice((2, 2, 3)))])


def side(chance: Random) -> Any:
    return chance.choice((place, place, phrase, lambda c: ("or", [place(c), place(c)])))(chance)


def leaf(chance: Random) -> Any:
    kind = chance.choices(
        ("place", "phrase", "near", "raw", "author", "site"), (12, 4, 5, 2, 1, 1)
    )[0]
    if kind == "place":
        return place(chance)
    if kind == "phrase":
        return phrase(chance)
    if kind == "near":
        return ("near", side(chance), side(chance), chance.randrange(6), chance.random() < 0.5)
    return (kind, chance.choice({"raw": RAW, "author": AUTHORS, "site": SITES}[kind]))


def narrowing(chance: Random) -> Any:
    """Something that only makes sense beside a word."""
    kind = chance.choice(("lang", "network", "has", "followers", "not"))
    if kind == "not":
        return ("not", query(chance, 1))
    values: dict[str, tuple[Any, ...]] = {
        "lang": ("nl", "en", "ja"),
        "network": ("bluesky", "mastodon"),
        "has": ("link", "image", "question"),
        "followers": (100, 10_000),
    }
    return (kind, chance.choice(values[kind]))


def query(chance: Random, depth: int = 3) -> Any:
    """A query that has an anchor."""
    kind = chance.choice(("leaf", "leaf", "and", "or")) if depth else "leaf"
    if kind == "leaf":
        return leaf(chance)
    if kind == "or":
        return ("or", [query(chance, depth - 1) for _ in range(chance.choice((2, 3)))])
    parts = [query(chance, depth - 1)]
    parts += [chance.choice((narrowing, lambda c: query(c, depth - 1)))(chance)]
    chance.shuffle(parts)
    return ("and", parts)


def written(query: Any, chance: Random) -> str:
    """The query as a person would type it."""
    kind, value = query[0], query[1]
    if kind in ("and", "or"):
        parts = [bracketed(part, chance) for part in value]
        if kind == "or":
            return " OR ".join(parts)
        return chance.choice((" ", " AND ")).join(parts)
    if kind == "not":
        return f"NOT {bracketed(value, chance)}"
    if kind == "phrase":
        return '"' + " ".join(part[1] for part in value) + '"'
    if kind == "near":
        how = f"NEAR/{query[3]}{'f' if query[4] else ''}"
        return f"{bracketed(query[1], chance)} {how} {bracketed(query[2], chance)}"
    if kind == "followers":
        return f"followers>{value}"
    if kind == "raw":
        return f'raw:"{value}"'
    return f"{kind}:{value}" if kind in ("author", "lang", "network", "site", "has") else value


def bracketed(part: Any, chance: Random) -> str:
    text = written(part, chance)
    needed = part[0] in ("and", "or", "near")
    return f"({text})" if needed or chance.random() < 0.1 else text
