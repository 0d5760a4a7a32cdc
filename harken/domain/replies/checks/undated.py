"""Does it promise something without saying until when?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import MOMENT

PROMISE = re.compile(
    r"\b(?:(?:i|we)(?:['’]ll| will| shall| am going to|['’]re going to| are going to) "
    r"(?:\w+ )?(?:get back|come back|call|let you know|look into|check|find out|send|refund"
    r"|replace|"
    r"contact|reply|update|follow up|sort|fix|arrange|ask|pass|keep you)\w*"
    r"|you(?:['’]ll| will) (?:hear|receive|get) "
    r"|(?:ik|wij|we) (?:kom|komen|bel|bellen|laat|laten|zoek|zoeken|stuur|sturen|regel|regelen"
    r"|vraag|"
    r"vragen|houd|houden|gaan|ga|zal|zullen)\b[^.!?\n]{0,40}?(?:terug|weten|uit|op|toe|regelen|na|"
    r"contact|hoogte|bellen|sturen|vragen|kijken)"
    r"|je (?:hoort|krijgt)\b|u (?:hoort|krijgt)\b"
    r"|(?:ich|wir) (?:melde[n]?|rufe[n]?|kläre[n]?|schicke[n]?|prüfe[n]?|werde[n]?|frage[n]?"
    r"|kümmere[n]?|"
    r"gebe[n]?|sende[n]?|halte[n]?)\b"
    r"|(?:du|sie) (?:hörst|hören|bekommst|bekommen|erhältst|erhalten) "
    r"|(?:je|nous|on) (?:vous |te |lui )?(?:reviens|revenons|revient|rappelle|rappelons|tiens"
    r"|tenons|"
    r"renseigne|renseignons|envoie|envoyons|vérifie|vérifions|vais|allons|va|recontacte"
    r"|recontactons)\b"
    r"|vous (?:recevrez|aurez) "
    r"|(?:te|le|os|les) (?:llamo|llamamos|llamaremos|aviso|avisamos|avisaremos|informaremos"
    r"|escribo|"
    r"escribimos|escribiremos|contactaremos|envío|enviamos|enviaremos|mantendremos|confirmaremos)\b"
    r"|(?:lo|la) (?:miro|miramos|revisamos|revisaremos|consulto|consultamos|averiguamos)\b"
    r"|recibirás|recibirá\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")


def look(reading: Reading) -> Iterator[Finding]:
    """Promises in a sentence where neither it nor the next one names a moment."""
    sentences = list(_SENTENCE.finditer(reading.text))
    places = []
    for number, sentence in enumerate(sentences):
        around = sentence[0] + "".join(each[0] for each in sentences[number + 1 : number + 2])
        promise = PROMISE.search(sentence[0])
        if promise and not MOMENT.search(around):
            start = sentence.start()
            places.append((start + promise.start(), start + promise.end()))
    if places:
        yield Finding(
            "It promises something and does not say until when.",
            "Name a day or an hour: “by Friday noon”. Then it can be kept, and is reminded.",
            tuple(places),
        )


CHECK = Check(
    key="undated",
    label="Promise without a date",
    about="Who promises to come back says until when.",
    severity=Severity.WARN,
    look=look,
)
