"""Is it in the customer's language?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import bare, words

SURE = 0.9  # of the identifier, before it says that the language is another one
LETTERS = 25  # below which nobody can tell
NAMED = {
    "en": "English", "nl": "Dutch", "de": "German", "fr": "French", "es": "Spanish",
    "it": "Italian", "pt": "Portuguese", "pl": "Polish", "da": "Danish", "sv": "Swedish",
    "no": "Norwegian", "tr": "Turkish",
}  # fmt: skip


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(NAMED))
    return identifier


def look(reading: Reading) -> Iterator[Finding]:
    """An answer that is surely in another language than the customer's."""
    theirs = reading.language[:2]
    text = bare(reading.text.removesuffix(reading.signature))
    names = set(words(f"{reading.name_to_use} {reading.brand} {reading.display_name}"))
    said = " ".join(word for word in text.split() if not set(words(word)) & names)
    if theirs not in NAMED or sum(letter.isalpha() for letter in said) < LETTERS:
        return
    found, sure = _identifier().classify(said)
    if found != theirs and found in NAMED and sure >= SURE:
        yield Finding(
            f"It is in {NAMED[found]}, and the customer wrote {NAMED[theirs]}.",
            f"Write it in {NAMED[theirs]}, or say first why you do not.",
        )


CHECK = Check(
    key="language",
    label="Language",
    about="The answer is in the language the customer wrote.",
    severity=Severity.WARN,
    look=look,
)
