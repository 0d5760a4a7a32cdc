"""Words and phrases that mean something before anybody taught anything.

A lexicon file holds sections `[negative]`, `[urgent]`, `[topic:delivery]` ... of entries parted by
commas or lines. `*` at an end stands for any ending; an entry of several words is a phrase.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from harken.domain.triage.model.tokens import split

FOLDER = Path(__file__).parent.parent / "lexicons"
SHORTEST_STEM = 3  # letters before a *; shorter ones would catch everything
REMEMBERED = 50_000  # words whose meanings are kept at hand


class Phrase:
    """An entry ready to be found: its words, the last of which may be a stem."""

    __slots__ = ("is_stem", "meaning", "words")

    def __init__(self, entry: str, meaning: str) -> None:
        self.is_stem = entry.endswith("*")
        self.words = split(entry.rstrip("*"))
        self.meaning = meaning

    def fits(self, words: Sequence[str], at: int) -> bool:
        """Whether the phrase stands in `words` from `at` on."""
        end = at + len(self.words)
        if end > len(words) or any(words[at + n] != w for n, w in enumerate(self.words[:-1])):
            return False
        last, mine = words[end - 1], self.words[-1]
        return last.startswith(mine) if self.is_stem else last == mine


class Lexicon:
    """Entries of any number of meanings; finds all of them in one walk over the words."""

    def __init__(self, entries: Mapping[str, Iterable[str]]) -> None:
        self._first: dict[str, list[Phrase]] = defaultdict(list)
        self._stems: dict[str, list[Phrase]] = defaultdict(list)
        self._known: dict[str, tuple[Phrase, ...]] = {}
        for meaning, group in entries.items():
            for entry in group:
                self._add(Phrase(entry.lower(), meaning))
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _add(self, phrase: Phrase) -> None:
        if not phrase.words:
            return
        if phrase.is_stem and len(phrase.words) == 1:
            if len(phrase.words[0]) >= SHORTEST_STEM:
                self._stems[phrase.words[0]].append(phrase)
        else:
            self._first[phrase.words[0]].append(phrase)

    def find(self, words: Sequence[str]) -> list[tuple[str, int, int]]:
        """Each meaning found, with the first and the last place (exclusive) among `words`.

        Of one meaning only the longest entry counts at a place.
        """
        found: list[tuple[str, int, int]] = []
        for at, word in enumerate(words):
            phrases = self._known.get(word)
            if phrases is None:
                phrases = self._meanings(word)
            if phrases:
                found += self._here(phrases, words, at)
        return found

    def _here(
        self, phrases: tuple[Phrase, ...], words: Sequence[str], at: int
    ) -> list[tuple[str, int, int]]:
        if len(phrases) == 1 and len(phrases[0].words) == 1:
            return [(phrases[0].meaning, at, at + 1)]
        best: dict[str, int] = {}
        for phrase in phrases:
            length = len(phrase.words)
            if length > best.get(phrase.meaning, 0) and (length == 1 or phrase.fits(words, at)):
                best[phrase.meaning] = length
        return [(meaning, at, at + length) for meaning, length in best.items()]

    def _meanings(self, word: str) -> tuple[Phrase, ...]:
        """Every entry that may begin with this word; remembered, since words repeat."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        # A hashtag means what its word means.
        bare = word.lstrip("#")
        phrases = list(self._first.get(bare, ()))
        for length in self._lengths:
            if length > len(bare):
                break
            phrases += self._stems.get(bare[:length], ())
        self._known[word] = result = tuple(phrases)
        return result


@cache
def sections(language: str) -> dict[str, tuple[str, ...]]:
    """The sections of a language's file; empty when there is none."""
    path = FOLDER / f"{language}.txt"
    if not path.is_file():
        return {}
    found: dict[str, list[str]] = {}
    name = ""
    for written in path.read_text("utf-8").splitlines():
        line = written.strip()
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            found.setdefault(name, [])
        elif line and not line.startswith("#") and name:
            found[name] += [entry for part in line.split(",") if (entry := part.strip())]
    return {name: tuple(entries) for name, entries in found.items()}


def languages() -> tuple[str, ...]:
    """The languages that have a lexicon."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.txt")))


def topic_words(concept: str) -> tuple[str, ...]:
    """The words of a usual topic ("delivery") in all languages; empty for an unknown one."""
    found: list[str] = []
    for language in languages():
        found += sections(language).get(f"topic:{concept}", ())
    return tuple(dict.fromkeys(found))


def concepts() -> tuple[str, ...]:
    """The usual topics some lexicon has words for."""
    names = {name for language in languages() for name in sections(language)}
    return tuple(sorted(name[6:] for name in names if name.startswith("topic:")))
