"""Is every question of the customer answered?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import LINK, MOMENT, bare, folded, words

_QUESTION = re.compile(r"[^.!?\n]*\?")
_KINDS = (
    ("when", re.compile(
        r"\b(?:when|what time|how long|how soon|which day|wanneer|hoe laat|hoe lang|wann|wie lange|"
        r"wie spät|quand|à quelle heure|combien de temps|cuándo|a qué hora|cuánto tiempo"
        r"|cuánto tarda)\b", re.IGNORECASE)),
    ("how much", re.compile(
        r"\b(?:how much|how many|what does it cost|price|hoeveel|wat kost|wie viel|wieviel"
        r"|was kostet|"
        r"combien|quel prix|cuánto|cuántos|qué precio)\b", re.IGNORECASE)),
    ("where", re.compile(r"\b(?:where|waar|waarheen|wo|wohin|où|dónde|adónde)\b", re.IGNORECASE)),
    ("who", re.compile(r"\b(?:who|whom|wie kan|wer|qui|quién|a quién)\b", re.IGNORECASE)),
    ("why", re.compile(r"\b(?:why|how come|waarom|warum|wieso|pourquoi|por qué)\b", re.IGNORECASE)),
    ("how", re.compile(r"\b(?:how|hoe|wie|comment|cómo)\b", re.IGNORECASE)),
)  # fmt: skip
_YES = re.compile(
    r"\b(?:yes|no|sure|certainly|of course|unfortunately|we can|you can|can't|cannot|won't"
    r"|not possible"
    r"|ja|nee|zeker|natuurlijk|helaas|dat kan|je kunt|u kunt|niet mogelijk"
    r"|nein|klar|gerne|leider|natürlich|selbstverständlich|das geht|geht nicht|du kannst|sie können"
    r"|oui|non|bien sûr|malheureusement|hélas|c['’]est possible|vous pouvez|tu peux|impossible"
    r"|sí|claro|por supuesto|desgraciadamente|lamentablemente|puedes|puede|se puede"
    r"|no es posible)\b",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"\b(?:because|due to|since|reason|caused|omdat|doordat|wegens|oorzaak|reden|komt door"
    r"|weil|wegen|grund|da der|da die|liegt an|parce que|à cause|en raison|car|raison"
    r"|porque|debido|a causa|motivo|ya que)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:at|in|on|under|near|next to|bij|op|naast|onder|im|am|bei|unter|neben|auf|à|dans|sur"
    r"|chez|"
    r"sous|en|al lado|bajo|sobre)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:dm|private(?:ly)?|details|order number|send us|priv[éeé]bericht|privé|gegevens"
    r"|stuur ons|"
    r"privat|angaben|schick(?:e|en)? uns|coordonnées|envoyez|privado|datos|env[ií]e(?:nos)?)\b",
    re.IGNORECASE,
)
# fmt: off
_COMMON = frozenset(
    [
        "the", "a", "an", "is", "are", "was", "were", "be", "to", "of", "in", "on", "at",
        "for", "and", "or", "my", "your", "our", "i", "you", "we", "it", "this", "that",
        "do", "does", "did", "can", "could", "will", "would", "have", "has", "had", "me",
        "us", "with", "from", "not", "so", "de", "het", "een", "zijn", "van", "op", "te",
        "voor", "en", "mijn", "je", "uw", "ik", "jij", "u", "wij", "dat", "dit", "kan",
        "kunnen", "hebben", "heb", "heeft", "met", "niet", "der", "die", "das", "den",
        "dem", "ein", "eine", "ist", "sind", "im", "zu", "für", "und", "oder", "mein",
        "dein", "ihr", "ich", "du", "sie", "wir", "es", "dies", "kann", "können", "habe",
        "haben", "hat", "mit", "nicht", "le", "la", "les", "un", "une", "est", "sont",
        "des", "sur", "pour", "et", "ou", "mon", "ma", "votre", "vous", "nous", "ce",
        "cela", "peut", "avoir", "ai", "avez", "avec", "pas", "el", "los", "las", "una",
        "son", "del", "por", "para", "y", "o", "mi", "tu", "su", "yo", "usted", "nosotros",
        "esto", "eso", "puede", "tener", "he", "han", "con", "no"
    ]
)
# fmt: on


def look(reading: Reading) -> Iterator[Finding]:
    """Questions that nothing in the answer seems to take up, one finding for all of them."""
    asked = [found[0].strip() for found in _QUESTION.finditer(reading.question)]
    answer = bare(reading.text.removesuffix(reading.signature))
    if "?" in answer or _PRIVATE.search(answer):
        return  # a question back, or the way into private, takes up all of them
    missed = [
        each for each in asked if words(each) and not _is_taken_up(each, answer, reading.text)
    ]
    if missed:
        quoted = "; ".join(f"“{each[-80:].lstrip()}”" for each in missed)
        yield Finding(f"Not taken up: {quoted}", "Answer it, or say until when you will.")


def _is_taken_up(question: str, answer: str, text: str) -> bool:
    kind = next((name for name, shape in _KINDS if shape.search(question)), "whether")
    if kind == "when":
        return bool(MOMENT.search(answer))
    if kind == "how much":
        return bool(re.search(r"\d", answer)) or bool(
            re.search(r"\b(?:free|gratis|kostenlos|gratuit)", answer, re.IGNORECASE)
        )
    if kind == "why":
        return bool(_BECAUSE.search(answer)) or _shares(question, answer, 2)
    if kind == "where":
        # Who asks where a parcel is wants to know when it comes; both are an answer.
        placed = bool(_PLACE.search(answer)) and len(words(answer)) > 3
        return bool(LINK.search(text)) or placed or bool(MOMENT.search(answer))
    if kind == "whether":
        return bool(_YES.search(answer)) or _shares(question, answer, 1)
    return bool(LINK.search(text)) or _shares(question, answer, 1) or len(words(answer)) > 12


def _shares(question: str, answer: str, enough: int) -> bool:
    """Whether so many stems (five letters) of the question's own words come back."""
    stems = {word[:5] for word in words(question) if word not in _COMMON and len(word) > 2}
    back = {folded(word)[:5] for word in words(answer)}
    return len(stems & back) >= enough


CHECK = Check(
    key="questions",
    label="Unanswered questions",
    about="Every question of the customer is taken up.",
    severity=Severity.WARN,
    look=look,
)
