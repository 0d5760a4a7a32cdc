"""A query made from filled-in lists, for those who do not want to type one."""

from __future__ import annotations

import regex

from harken.domain.listening.language.folding import fold

_PLAIN = regex.compile(r"[#@]?[\p{L}\p{N}\p{M}_*.-]+", regex.V1)
_OPERATORS = {"and", "or", "not", "near"}


def listed(text: str) -> list[str]:
    """The entries of a list somebody typed, parted by commas or lines."""
    return [entry for part in regex.split(r"[,;\n]", text) if (entry := " ".join(part.split()))]


def composed(any_of: str, all_of: str, none_of: str, lang: str = "") -> str:
    """The query for posts with one of `any_of`, all of `all_of` and none of `none_of`.

    Each is a list as `listed` reads it; an entry of several words is a phrase. Empty when there
    is nothing to listen for.
    """
    one, every, never = (
        [_entry(entry) for entry in listed(text)] for text in (any_of, all_of, none_of)
    )
    either = " OR ".join(one)
    parts = [f"({either})" if len(one) > 1 and (every or never or lang) else either, *every]
    if not any(parts):
        return ""
    if never:
        parts.append(f"NOT ({' OR '.join(never)})" if len(never) > 1 else f"NOT {never[0]}")
    if lang:
        parts.append(f"lang:{lang}")
    return " ".join(part for part in parts if part)


def _entry(entry: str) -> str:
    if _PLAIN.fullmatch(entry) and fold(entry) not in _OPERATORS and entry[0] != "-":
        return entry
    return '"' + entry.replace('"', " ").strip() + '"'
