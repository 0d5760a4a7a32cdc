"""How a text falls into words.

A word is a run of letters, digits and their marks. In scripts written without spaces (Chinese,
Japanese, Thai; Korean too, whose particles cling to names) every character takes a place of its
own, and a written word is such characters in one piece. An emoji is a word. A hashtag and a handle
are found as such and by their words: `#BigBrandFail` is `#bigbrandfail`, `bigbrandfail`, and the
words big, brand, fail in a row.
"""

from __future__ import annotations

import re
import unicodedata

import regex

from harken.domain.listening.language.folding import but_for_case, fold, without_addresses

_SCRIPTS = "Han Hiragana Katakana Hangul Bopomofo Yi Thai Lao Khmer Myanmar Tibetan"
_DENSE = "".join(rf"\p{{Script={name}}}" for name in _SCRIPTS.split()) + "ー々"
_LETTER = r"\p{L}\p{N}\p{M}"
#: Stands between the words of a hashtag: no letter, untouched by folding.
SEAM = "\x1f"
DENSE = f"[[{_DENSE}]&&[{_LETTER}]]"
SPACED = f"[[{_LETTER}]--[{_DENSE}]]"  # one character of a word between spaces
EMOJI = r"(?:[\U0001f1e6-\U0001f1ff]{2}|\p{Extended_Pictographic})"
_NAME = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?"
HANDLE = f"@{_NAME}(?:@{_NAME})?(?!{SPACED})"
TAG = f"#[{_LETTER}{_DENSE}_{SEAM}]+"

FLAGS = regex.V1
_WORD = regex.compile(f"{DENSE}|{SPACED}+|{EMOJI}", FLAGS)
_PIECE = regex.compile(f"{TAG}|(?<!{SPACED}){HANDLE}|{DENSE}|{SPACED}+|{EMOJI}", FLAGS)
_ASCII_WORD = re.compile("[a-z0-9]+")
_ASCII_TAG_OR_WORD = re.compile("#?[a-z0-9]+")
# What lies between two ASCII signs: most of it is plain and needs no look at each character.
_RUN = re.compile(r"[^\x00-/:-`{-\x7f]+")
_FROM_MARK = re.compile(r"#\S+")
# A hashtag, with whatever follows it up to a blank or a sign of ASCII.
_TAG_PIECE = re.compile(r"#[^\s!-/:-@\[-^`{-~]+")
_WRITTEN_ASCII_TAG = re.compile("#[A-Za-z0-9_]+")
_WRITTEN_TAG = regex.compile(f"[#＃][{_LETTER}{_DENSE}_]+", FLAGS)
# Where a word begins inside a hashtag: before a capital after a small letter, before the last of
# several capitals when a small letter follows (KLMFail), between letters and digits.
_SEAM = regex.compile(
    r"(?<=[\p{Ll}0-9])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=[0-9])|(?<=[0-9])(?=\p{L})"
)

_ASCII_SEAM = re.compile(
    "(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[a-z])"
)

#: The first and the last place that something takes; places count words from 0.
Span = tuple[int, int]


class _Remembered(dict[str, bool]):
    """Whether a character belongs to a class, worked out once for each."""

    def __init__(self, characters: str) -> None:
        self._matches = regex.compile(characters, FLAGS).match

    def __missing__(self, character: str) -> bool:
        found = self[character] = bool(self._matches(character))
        return found


is_spaced = _Remembered(SPACED)
is_dense = _Remembered(DENSE)
is_in_tag = _Remembered(f"[{_LETTER}{_DENSE}_{SEAM}]")
#: A character after which a dense character before it would be another one.
_CHANGES = _Remembered(r"[\p{M}ﾞﾟ]")


def scannable(text: str) -> str:
    """`text` as the automaton reads it once it is `lowered`.

    Whatever a query can name stands in it in one piece.
    """
    if ":" in text:
        text = without_addresses(text)
    if "#" not in text and "＃" not in text:
        return text if text.isascii() else but_for_case(text)
    if not _may_join(text):
        return but_for_case(text)
    tags, seam = _tags_of(text)
    whole = []
    for tag in tags.findall(text):
        if "_" in tag or seam.search(tag):
            whole += [but_for_case(tag), but_for_case(tag.replace("_", ""))]
    return " ".join([but_for_case(_with_seams(text)), *whole]) if whole else but_for_case(text)


def _may_join(text: str) -> bool:
    """Whether a hashtag of `text` may be one of several words; a quick look at plain ones."""
    for piece in _TAG_PIECE.findall(text):
        if not (piece[1:].isalpha() and piece[2:].islower()):
            return True
    return "＃" in text


def _with_seams(text: str) -> str:
    """`text` with a mark wherever a hashtag's next word begins."""
    if "#" not in text and "＃" not in text:
        return text
    tags, seam = _tags_of(text)
    marked: str = tags.sub(lambda tag: seam.sub(SEAM, tag[0]), text)
    return marked


def _tags_of(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds the hashtags of `text` and their seams: the quick way where they are ASCII."""
    if text.isascii() or ("＃" not in text and "".join(_FROM_MARK.findall(text)).isascii()):
        return _WRITTEN_ASCII_TAG, _ASCII_SEAM
    return _WRITTEN_TAG, _SEAM


class Reading:
    """One text, read as far as somebody asks. `folded` is given by whoever has it already."""

    __slots__ = ("_forms", "_joined", "_placed", "_text", "_written", "folded")

    def __init__(self, text: str, folded: str | None = None) -> None:
        self._text = text
        #: The text as it is compared, the seams of its hashtags marked.
        self.folded = fold(_with_seams(without_addresses(text))) if folded is None else folded
        self._joined = has_joined_tags(self.folded)
        self._forms: frozenset[str] | None = None
        self._placed: tuple[dict[str, list[Span]], dict[int, int]] | None = None
        self._written: str | None = None

    @property
    def forms(self) -> frozenset[str]:
        """Every form that occurs: words, dense characters, hashtags with #, handles with @."""
        if self._forms is None:
            folded = self.folded
            if self._joined or "#" in folded:
                self._forms = frozenset(self.places)
            else:
                self._forms = frozenset(_words(folded))
        return self._forms

    @property
    def places(self) -> dict[str, list[Span]]:
        """Each form with the spans it takes, in their order."""
        return self._place()[0]

    @property
    def written(self) -> str:
        """The text as it was written, in composed characters, without addresses."""
        if self._written is None:
            self._written = unicodedata.normalize("NFC", without_addresses(self._text))
        return self._written

    def _place(self) -> tuple[dict[str, list[Span]], dict[int, int]]:
        """The forms' spans, and for each dense character its index in `folded` -> its place."""
        if self._placed is None:
            plain = self.folded.isascii() and not self._joined
            self._placed = (_placed_plainly if plain else _placed)(self.folded)
        return self._placed

    def has(self, form: str) -> bool:
        """Whether `form` occurs: sooner known than all forms, as long as few are asked for.

        A hashtag of several words and a handle stand in no one piece: there all forms are read.
        """
        folded = self.folded
        if form not in folded and not self._joined:
            return False
        goes_on = is_spaced if is_spaced[form[0]] else is_in_tag if form[0] == "#" else None
        if goes_on is None or self._joined or self._forms is not None:
            return form in self.forms
        is_tag = goes_on is is_in_tag
        at = folded.find(form)
        while at >= 0:
            end = at + len(form)
            begins = is_tag or not at or not is_spaced[folded[at - 1]]
            if begins and (end == len(folded) or not goes_on[folded[end]]):
                return True
            at = folded.find(form, at + 1)
        return False

    def lacks(self, forms: tuple[str, ...]) -> bool:
        """Whether one of `forms` is surely not there; a quick look before their places are asked.

        A hashtag of several words is no piece of the folded text, so there nothing is sure.
        """
        if self._joined:
            return False
        folded = self.folded
        for form in forms:  # noqa: SIM110  (a generator costs as much as all the rest of this)
            if form not in folded:
                return True
        return False

    def spans_of_dense(self, word: str) -> list[Span]:
        """Where dense characters stand in one piece."""
        characters, found = self._place()[1], []
        at = self.folded.find(word)
        while at >= 0:
            first = characters[at]
            found.append((first, first + len(word) - 1))
            at = self.folded.find(word, at + 1)
        return found

    def has_exactly(self, text: str) -> bool:
        """Whether `text` was written just so, and not as a part of a longer word."""
        at = self.written.find(text)
        while at >= 0:
            if self._stands_alone(at, at + len(text)):
                return True
            at = self.written.find(text, at + 1)
        return False

    def _stands_alone(self, start: int, end: int) -> bool:
        written = self.written
        if start and is_spaced[written[start]] and is_spaced[written[start - 1]]:
            return False
        if end == len(written):
            return True
        after = written[end]
        return not (_CHANGES[after] or (is_spaced[written[end - 1]] and is_spaced[after]))


def has_joined_tags(folded: str) -> bool:
    """Whether a hashtag may be one of several words, so that it takes more than one place.

    Handles always do; they are few, and counted here too.
    """
    return "@" in folded or ("#" in folded and (SEAM in folded or "_" in folded))


def _words(folded: str) -> list[str]:
    """The words of a text without hashtags and handles."""
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    found: list[str] = []
    for run in _RUN.findall(folded):
        if run.isascii():
            found.append(run)
        else:
            found += _WORD.findall(run)
    return found


def _placed_plainly(folded: str) -> tuple[dict[str, list[Span]], dict[int, int]]:
    """As `_placed`, for plain ASCII whose hashtags are one word each."""
    found: dict[str, list[Span]] = {}
    for place, word in enumerate(_ASCII_TAG_OR_WORD.findall(folded)):
        if word[0] == "#":
            found.setdefault(word, []).append((place, place))
            word = word[1:]  # noqa: PLW2901  (a hashtag is its word, too)
        found.setdefault(word, []).append((place, place))
    return found, {}


def _placed(folded: str) -> tuple[dict[str, list[Span]], dict[int, int]]:
    found: dict[str, list[Span]] = {}
    characters: dict[int, int] = {}
    place = 0
    for piece in _PIECE.finditer(folded):
        first = place
        for word in _WORD.finditer(piece[0]):
            if is_dense[word[0][0]]:
                characters[piece.start() + word.start()] = place
            found.setdefault(word[0], []).append((place, place))
            place += 1
        place = max(place, first + 1)
        for whole in _wholes(piece[0]):
            spans = found.setdefault(whole, [])
            if (first, place - 1) not in spans:
                spans.append((first, place - 1))
    return found, characters


def _wholes(piece: str) -> list[str]:
    """What a hashtag or handle is as a whole, beside the words in it."""
    if piece[0] == "@":
        name, local, _ = piece, *piece[1:].partition("@")[:2]
        return [name, f"@{local}"] if local else [name]
    if piece[0] != "#":
        return []
    tag = piece.replace(SEAM, "")
    joined = tag[1:].replace("_", "")
    is_word = bool(joined) and all(is_spaced[character] for character in joined)
    return [tag, joined] if is_word else [tag]
