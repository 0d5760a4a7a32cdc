"""The language once more, slow and plain: one character after another, one query after another.

It shares no line with the matcher, not even the grammar: it takes queries as the nested tuples the
tests make them from, and the matcher takes the text those tuples are written as.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from harken.kit.heard import Heard

DENSE_NAMES = (
    "CJK UNIFIED", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "HANGUL", "THAI",
    "LAO", "KHMER", "MYANMAR", "BOPOMOFO",
)  # fmt: skip
PICTURES = "👍😡✈❤🔥👩💻"
SPECIAL = {
    "Ø": "o", "ø": "o", "Ł": "l", "ł": "l", "Đ": "d", "đ": "d", "Ð": "d", "ð": "d", "Ħ": "h",
    "ħ": "h", "ı": "i", "Æ": "ae", "æ": "ae", "Œ": "oe", "œ": "oe", "™": " ", "℠": " ",
}  # fmt: skip
VANISH = "\u00ad\u200c\u200d\u2060\ufeff\ufe0f\ufe0e\u0640\u0670"
ASCII_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_"


class Unit(NamedTuple):
    """A form at its first and last place."""

    form: str
    first: int
    last: int


def is_letter(c: str) -> bool:
    return unicodedata.category(c)[0] in "LNM"


def is_dense(c: str) -> bool:
    return is_letter(c) and unicodedata.name(c, "").startswith(DENSE_NAMES)


def is_spaced(c: str) -> bool:
    return is_letter(c) and not is_dense(c)


def cut_addresses(text: str) -> str:
    out, i = "", 0
    while i < len(text):
        if text[i:].lower().startswith(("http://", "https://")):
            while i < len(text) and not text[i].isspace():
                i += 1
            out += " "
        else:
            out += text[i]
            i += 1
    return out


def part_tags(text: str) -> str:
    """A bar \\x1f where a hashtag's next word begins."""
    out, inside = "", False
    for i, c in enumerate(text):
        follows = i + 1 < len(text) and (is_letter(text[i + 1]) or text[i + 1] == "_")
        if c in "#＃":
            inside = follows
        elif not (is_letter(c) or c == "_"):
            inside = False
        elif inside and text[i - 1] not in "#＃":
            before, after = text[i - 1], text[i + 1] if i + 1 < len(text) else ""
            upper = unicodedata.category(c) == "Lu"
            b = unicodedata.category(before)
            starts = (
                upper and (b == "Ll" or before in "0123456789"),
                upper and b == "Lu" and after and unicodedata.category(after) == "Ll",
                c in "0123456789" and b[0] == "L",
                before in "0123456789" and unicodedata.category(c)[0] == "L",
            )
            out += "\x1f" if any(starts) else ""
        out += c
    return out


def plain(text: str) -> str:
    text = "".join(" " if c in "™℠" else c for c in text)
    out = ""
    for c in unicodedata.normalize("NFKD", text):
        code = ord(c)
        accent = 0x300 <= code <= 0x36F or 0x64B <= code <= 0x65F or 0x591 <= code <= 0x5BD
        if c in VANISH or accent or 0x1F3FB <= code <= 0x1F3FF or 0x20D0 <= code <= 0x20FF:
            continue
        out += SPECIAL.get(c, c).casefold()
    return unicodedata.normalize("NFKC", out)


def units(text: str) -> list[Unit]:
    text = plain(part_tags(cut_addresses(text)))
    found: list[Unit] = []
    place = i = 0
    while i < len(text):
        c = text[i]
        for named in (tag_at, handle_at):
            taken, end = named(text, i, place)
            if taken:
                found += taken
                place, i = max(unit.last for unit in taken) + 1, end
                break
        else:
            end = i + 1
            if is_spaced(c):
                while end < len(text) and is_spaced(text[end]):
                    end += 1
            if is_dense(c) or c in PICTURES or is_spaced(c):
                found.append(Unit(text[i:end], place, place))
                place += 1
            i = end
    return found


def tag_at(text: str, i: int, place: int) -> tuple[list[Unit], int]:
    """A hashtag at this index with all its forms, and where it ends."""
    end = i + 1
    while end < len(text) and (is_letter(text[end]) or text[end] in "_\x1f"):
        end += 1
    if text[i] != "#" or end == i + 1:
        return [], i
    inner = words(text[i + 1 : end], place)
    last = inner[-1].last if inner else place
    tag = text[i:end].replace("\x1f", "")
    found = [*inner, Unit(tag, place, last)]
    joined = tag[1:].replace("_", "")
    if joined and all(is_spaced(x) for x in joined):
        found.append(Unit(joined, place, last))
    return found, end


def handle_at(text: str, i: int, place: int) -> tuple[list[Unit], int]:
    """A handle at this index with all its forms, and where it ends."""
    if text[i] != "@" or (i and is_spaced(text[i - 1])):
        return [], i
    name = handle_name(text, i + 1)
    if not name:
        return [], i
    end = i + 1 + len(name)
    server = handle_name(text, end + 1) if text[end : end + 1] == "@" else ""
    inner = words(name, place)
    inner += words(server, inner[-1].last + 1 if inner else place)
    last = inner[-1].last if inner else place
    found = [*inner, Unit(f"@{name}", place, last)]
    if server:
        found.append(Unit(f"@{name}@{server}", place, last))
        end += 1 + len(server)
    return found, end


def handle_name(text: str, start: int) -> str:
    end = start
    while end < len(text) and text[end] in ASCII_NAME + ".-":
        end += 1
    while end > start and (text[end - 1] in ".-" or is_spaced(text[end : end + 1] or " ")):
        end -= 1
    return "" if start < len(text) and text[start] in ".-" else text[start:end]


def words(text: str, place: int) -> list[Unit]:
    found, i = [], 0
    while i < len(text):
        end = i + 1
        if is_spaced(text[i]):
            while end < len(text) and is_spaced(text[end]):
                end += 1
        if is_letter(text[i]):
            found.append(Unit(text[i:end], place, place))
            place += 1
        i = end
    return found


def wild_fits(pattern: str, form: str) -> bool:
    if not pattern:
        return not form
    if pattern[0] == "*":
        return any(wild_fits(pattern[1:], form[i:]) for i in range(len(form) + 1))
    if not form:
        return False
    return (pattern[0] == "?" or pattern[0] == form[0]) and wild_fits(pattern[1:], form[1:])


def dense_spans(word: str, text: str) -> list[tuple[int, int]]:
    """Where every character of `word` follows the one before with nothing between."""
    text = plain(part_tags(cut_addresses(text)))
    found = []
    for i in range(len(text) - len(word) + 1):
        if text[i : i + len(word)] == word:
            # The units that end before this character: their last place says which place it is.
            first = place_of(text, i)
            found.append((first, first + len(word) - 1))
    return found


def place_of(text: str, index: int) -> int:
    """The place of the dense character at `index`: how many words stand before it."""
    marked = [u for u in units_at(text) if u[0] == index]
    return marked[0][1]


def units_at(text: str) -> list[tuple[int, int]]:
    """(index, place) of each dense character of a folded text."""
    found, place, i = [], 0, 0
    while i < len(text):
        if text[i] == "@" and not (i and is_spaced(text[i - 1])) and handle_name(text, i + 1):
            name = handle_name(text, i + 1)
            i += 1 + len(name)
            count = len(words(name, 0))
            server = handle_name(text, i + 1) if text[i : i + 1] == "@" else ""
            if server:
                count += len(words(server, 0))
                i += 1 + len(server)
            place += max(count, 1)
            continue
        if text[i] == "#":
            end = i + 1
            while end < len(text) and (is_letter(text[end]) or text[end] in "_\x1f"):
                end += 1
            if end > i + 1 and not words(text[i + 1 : end], 0):
                place, i = place + 1, end
                continue
        if is_dense(text[i]):
            found.append((i, place))
            place += 1
        else:
            ends_word = is_spaced(text[i]) and not is_spaced(text[i + 1 : i + 2] or " ")
            place += text[i] in PICTURES or ends_word
        i += 1
    return found


def spans(query: Any, heard: Heard) -> list[tuple[int, int]]:
    kind, value = query[0], query[1]
    if kind == "dense":
        return dense_spans(plain(value), heard.text)
    if kind == "or":
        return [span for part in value for span in spans(part, heard)]
    if kind == "phrase":
        rows = spans(value[0], heard)
        for part in value[1:]:
            rows = [(a, d) for a, b in rows for c, d in spans(part, heard) if c == b + 1]
        return rows
    every = units(heard.text)
    if kind == "wild":
        pattern = plain(value)
        named = pattern[0] if pattern[0] in "#@" else ""
        return [
            (u.first, u.last)
            for u in every
            if (u.form[0] if u.form[0] in "#@" else "") == named
            and wild_fits(pattern, u.form)
            and (named or all(is_spaced(c) for c in u.form))
        ]
    return [(u.first, u.last) for u in every if u.form == plain(value)]


def near(query: Any, heard: Heard) -> bool:
    _, left, right, within, ordered = query
    for a, b in spans(left, heard):
        for c, d in spans(right, heard):
            if c > b and c - b - 1 <= within:
                return True
            if not ordered and a > d and a - d - 1 <= within:
                return True
    return False


def exactly(wanted: str, text: str) -> bool:
    text = unicodedata.normalize("NFC", cut_addresses(text))
    wanted = unicodedata.normalize("NFC", wanted)
    for i in range(len(text) - len(wanted) + 1):
        end = i + len(wanted)
        if text[i:end] != wanted:
            continue
        before, after = text[i - 1 : i] if i else "", text[end : end + 1]
        if before and is_spaced(before) and is_spaced(wanted[0]):
            continue
        if after and (unicodedata.category(after)[0] == "M" or after in "ﾞﾟ"):
            continue
        if after and is_spaced(after) and is_spaced(wanted[-1]):
            continue
        return True
    return False


def host(address: str) -> str:
    return address.split("://", 1)[1].split("/", 1)[0].lower()


def addresses(heard: Heard) -> list[str]:
    starts = [
        i
        for i in range(len(heard.text))
        if heard.text[i:].lower().startswith(("http://", "https://"))
    ]
    return [*heard.links, *(heard.text[i:].split()[0] for i in starts)]


def matches(query: Any, heard: Heard) -> bool:
    kind, value = query[0], query[1]
    if kind == "and":
        return all(matches(part, heard) for part in value)
    if kind == "or":
        return any(matches(part, heard) for part in value)
    if kind == "not":
        return not matches(value, heard)
    if kind == "near":
        return near(query, heard)
    if kind == "raw":
        return exactly(value, heard.text)
    if kind == "author":
        return bool(heard.author.lower() == value)
    if kind == "lang":
        return bool(heard.lang.lower().split("-")[0] == value)
    if kind == "network":
        return bool(heard.network == value)
    if kind == "site":
        return any(("." + host(a)).endswith("." + value) for a in addresses(heard))
    if kind == "has":
        return {
            "link": bool(addresses(heard)),
            "image": heard.pictures > 0,
            "question": "?" in plain(cut_addresses(heard.text)) or "؟" in heard.text,
        }[value]
    if kind == "followers":
        return heard.reach is not None and heard.reach > value
    return bool(spans(query, heard))
