"""Personal data leaves the house as a placeholder, and comes back as what it was.

Found by the same detectors as the check before sending (`replies.personal_data`), and besides
them the customer's own names and every account name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from harken.domain.replies.personal_data.finder import LONGEST, find

_ACCOUNT = re.compile(r"@[\w](?:[\w.\-]{0,250}[\w])?")
_HELD = re.compile(r"\[[a-z]+-\d+\]")
SHORTEST_NAME = 2  # characters; one letter is found everywhere


class Mask:
    """Hides and shows the personal data of one request.

    `names`: how the customer is called, the first is `[name-1]`; `ours`: the company's own
    addresses, numbers and accounts, which anybody may read. The same thing is always behind the
    same placeholder, and what was found once is hidden wherever it stands: "booking X7K2QP" says
    what X7K2QP is when it comes alone.
    """

    def __init__(self, names: Iterable[str], ours: Collection[str] = ()) -> None:
        self._ours = [each for each in ours if each.strip()]
        named = [each for each in names if each.strip()]
        self._names = _names(named)
        self._behind: dict[str, str] = {}
        self._used: set[str] = set()
        for each in named[:1]:
            self._behind["[name-1]"] = each

    def hide(self, text: str) -> str:
        """`text` (its first `LONGEST` characters) without personal data."""
        text = _HELD.sub(lambda found: self._placeholder("text", found[0]), text[:LONGEST])
        for piece in reversed(find(text, ours=self._ours)):
            said = text[piece.start : piece.end]
            held = self._placeholder(piece.kind.value, said)
            text = text[: piece.start] + held + text[piece.end :]
        text = _outside(_ACCOUNT, self._account, text)
        if self._names:
            text = _outside(self._names, self._name, text)
        for known in sorted(self._behind.values(), key=len, reverse=True):
            text = _outside(re.compile(rf"(?<!\w){re.escape(known)}(?!\w)"), self._known, text)
        return text

    def learn(self, text: str) -> None:
        """Take note of the personal data of a text that stays here."""
        self.hide(text)
        self._used.clear()

    def show(self, text: str) -> str:
        """`text` with what was hidden; a placeholder nobody made stays."""
        return _HELD.sub(lambda found: self._behind.get(found[0], found[0]), text)

    @property
    def hidden(self) -> int:
        """How many different things were hidden in what left."""
        return len(self._used)

    def _known(self, found: re.Match[str]) -> str:
        return self._placeholder("text", found[0])

    def _account(self, found: re.Match[str]) -> str:
        ours = {each.casefold().removeprefix("@") for each in self._ours}
        if found[0][1:].casefold() in ours:
            return found[0]
        return self._placeholder("account", found[0])

    def _name(self, found: re.Match[str]) -> str:
        return self._placeholder("name", found[0])

    def _placeholder(self, kind: str, said: str) -> str:
        known = {behind: held for held, behind in self._behind.items()}
        held = known.get(said) or f"[{kind}-{len(self._behind) + 1}]"
        self._behind[held] = said
        self._used.add(held)
        return held


def _outside(pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace in `text`, but not inside a placeholder: a customer may be called Phone."""
    held = _HELD.findall(text)
    rest = [pattern.sub(put, piece) for piece in _HELD.split(text)]
    return "".join(piece for pair in zip(rest, [*held, ""], strict=True) for piece in pair)


def _names(given: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for the whole names and their words, the longest first; as they are written.

    Small letters are left: a person called Will writes "will" too. Of a name at a network
    ("amara.example") only the whole is one, or "example" would be hidden everywhere.
    """
    found: set[str] = set()
    for name in given:
        bare = name.strip().removeprefix("@")
        found.add(bare)
        if "." not in bare or " " in bare:
            found |= set(re.findall(r"[^\W\d_][\w'’\-]+", bare))
    wanted = sorted((each for each in found if len(each) >= SHORTEST_NAME), key=len, reverse=True)
    if not wanted:
        return None
    words = "|".join(re.escape(each) for each in wanted)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")
