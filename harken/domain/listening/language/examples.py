"""The language by examples: the editor's help and the reference page, each run as a test."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """A query, what it says, posts that it hears and posts that it passes over."""

    query: str
    says: str
    hears: tuple[str, ...]
    misses: tuple[str, ...]


SECTIONS: dict[str, tuple[Example, ...]] = {
    "Words": (
        Example(
            "skylark",
            "The word, in any case, also in a hashtag or handle.",
            ("Skylark is late", "SKYLARK!", "love #skylark", "ask @skylark", "skylark's desk"),
            ("skylarks sing",),
        ),
        Example(
            "cafe",
            "Accents and other marks are no difference.",
            ("Café open?", "the CAFÉ"),
            ("cafeteria",),
        ),
        Example(
            "deliver*",
            "`*` stands for any letters, at the end, at the start or inside; three letters "
            "side by side are needed.",
            ("delivery tomorrow", "they delivered", "deliver"),
            ("undelivered",),
        ),
        Example(
            "gre?t", "`?` inside a word is exactly one letter.", ("great", "greet her"), ("gret",)
        ),
        Example("👍", "An emoji, in any colour of skin.", ("great 👍🏽", "👍👍"), ("👎",)),
    ),
    "All, one of, not": (
        Example(
            "skylark late",
            "Two words in a row: both, anywhere. `AND` between them says the same.",
            ("late again, Skylark",),
            ("Skylark flies", "I am late"),
        ),
        Example(
            "skylark OR #flyskylark",
            "One of them.",
            ("skylark", "see #FlySkylark"),
            ("fly, lark",),
        ),
        Example(
            "skylark NOT (vacancy OR hiring)",
            "Not if one of these is there. A query of NOT alone is refused: it would hear nearly "
            "every post.",
            ("Skylark lost my bag",),
            ("Skylark is hiring",),
        ),
        Example(
            "(skylark OR larkair) (late OR delayed)",
            "Brackets say what belongs together; AND and OR side by side without them are refused.",
            ("LarkAir delayed", "skylark: late"),
            ("skylark on time",),
        ),
    ),
    "Phrases and nearness": (
        Example(
            '"lost my bag"',
            "These words one after another.",
            ("They lost my bag!", "lost my... bag"),
            ("lost my red bag",),
        ),
        Example(
            "skylark NEAR/3 refund",
            "Both, with at most three words between, in any order.",
            ("refund from Skylark", "Skylark owes me a refund"),
            ("Skylark flew us home and then gave a refund",),
        ),
        Example(
            "(cancel* OR refund) NEAR/2f flight",
            "`f`: the left side first.",
            ("cancelled my flight", "refund the whole flight"),
            ("flight cancelled",),
        ),
    ),
    "Exactly": (
        Example(
            "raw:LARK",
            "Case and signs just so, and not inside a longer word.",
            ("LARK is down", "(LARK)"),
            ("Lark is down", "SKYLARK"),
        ),
        Example(
            'raw:"Lark!"', "With signs in quotes.", ("go Lark! now",), ("go Lark now", "lark!")
        ),
    ),
    "Hashtags and handles": (
        Example(
            "#skylarkfail",
            "The hashtag; `#skylark*` finds all that begin so.",
            ("#SkylarkFail again", "so #skylarkfail"),
            ("skylarkfail", "#skylarkfails"),
        ),
        Example(
            "skylark fail",
            "Words also inside a hashtag, where capitals, digits or _ part them.",
            ("#SkylarkFail", "#skylark_fail"),
            ("#skylarkfail",),
        ),
        Example(
            "skylark NOT @skylark",
            "The name without the handle: what nobody told us.",
            ("Skylark lost my bag",),
            ("@skylark lost my bag",),
        ),
    ),
    "Scripts without spaces": (
        Example(
            "雲雀航空",
            "Characters in one piece, wherever they stand. Korean counts too.",
            ("昨日雲雀航空で飛んだ", "#雲雀航空"),
            ("雲雀の航空",),
        ),
        Example(
            "雲雀航空 NEAR/4 遅延",
            "For phrases and NEAR every character counts as a word.",
            ("雲雀航空はまた遅延",),
            ("雲雀航空に乗りました。帰りは遅延",),
        ),
        Example("สายการบิน", "Thai likewise.", ("รักสายการบินนี้",), ("การบิน",)),
    ),
}
#: name -> what it asks. They narrow a query; only author: and site: may stand alone.
FIELDS = {
    "author:ann.example": "Written by this handle; `*` stands for any part of it.",
    "lang:nl": "In this language, as the network or its author said.",
    "network:bluesky": "At this network.",
    "site:news.example": "Leads to a page of this site or of one below it.",
    "has:link": "Carries an address of a page.",
    "has:image": "Carries a picture or film.",
    "has:question": "Has a question mark.",
    "followers>10k": "Its author has more followers; also `>=`, `<`, `<=`, and `k` and `m`.",
}
