"""The lines of a brand's lists: a word or a phrase, or between slashes a pattern.

A word is found whatever its case and as a whole; `*` at its end stands for any ending. A pattern
is RE2's, so that no pattern can make a server think for minutes.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2

from harken.kit.refusals import Invalid

LONGEST = 200  # characters of a line
MEMORY = 1 << 20  # bytes a pattern may take
MOST_PLACES = 50  # shown


class UnusableLine(Invalid):
    """A line that cannot be read. `column` is the place in it, from 0, or None."""

    def __init__(self, sentence: str, column: int | None = None) -> None:
        super().__init__(sentence)
        self.column = column


def places(line: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where `line` is in `text` (characters, end excluded). Raises `UnusableLine`."""
    if is_pattern(line):
        spans = (found.span() for found in compiled(line[1:-1]).finditer(text))
    else:
        spans = (found.span() for found in _phrase(line).finditer(text))
    return tuple(span for span in spans if span[0] < span[1])[:MOST_PLACES]


def is_pattern(line: str) -> bool:
    """Whether it stands between slashes."""
    return len(line) > 2 and line.startswith("/") and line.endswith("/")


def usable(line: str) -> str:
    """The line as it is kept. Raises `UnusableLine` with the column of what cannot be read."""
    line = " ".join(line.split())
    if len(line) > LONGEST:
        raise UnusableLine(f"“{line[:20]}…” is longer than {LONGEST} characters.", LONGEST)
    if is_pattern(line):
        if any(
            found.span()[0] == found.span()[1] for found in compiled(line[1:-1]).finditer("a b")
        ):
            raise UnusableLine(f"{line} fits everywhere, even nothing at all.", 1)
    elif sum(letter.isalnum() for letter in line) < 2:
        raise UnusableLine(f"“{line}” is too short: it would be found everywhere.", 0)
    return line


@lru_cache(maxsize=2000)
def _phrase(line: str) -> re.Pattern[str]:
    stem = line.rstrip("*")
    shape = r"\s+".join(re.escape(word) for word in stem.split())
    return re.compile(
        rf"(?<!\w){shape}" + (r"\w*" if line.endswith("*") else r"(?!\w)"), re.IGNORECASE
    )


@lru_cache(maxsize=2000)
def compiled(pattern: str) -> re2._Regexp[str]:
    """A pattern without its slashes, whatever the case. Raises `UnusableLine`."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = _words_of(error)
        column = _column(pattern, said)
        raise UnusableLine(
            f"/{pattern}/ cannot be read: {said}, at column {column + 1}.", column
        ) from None


def _column(pattern: str, said: str) -> int:
    """Where in the line, slash included, the trouble is: RE2 names a piece after its last colon."""
    if said.startswith(("missing )", "unexpected )")):
        return 1 + _unpaired(pattern)
    piece = said.rpartition(": ")[2] if ": " in said else ""
    at = pattern.rfind(piece) if piece else -1
    return 1 + (at if at >= 0 else len(pattern) - 1)


def _words_of(error: re2.error) -> str:
    said = error.args[0] if error.args else ""
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))[:120]


def _unpaired(pattern: str) -> int:
    """The place of the first parenthesis that closes nothing, else the last one left open."""
    opened: list[int] = []
    for found in re.finditer(r"\\.|\[\]?[^\]]*\]|[()]", pattern):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and not opened:
            return found.start()
        elif found[0] == ")":
            opened.pop()
    return opened[-1] if opened else 0
