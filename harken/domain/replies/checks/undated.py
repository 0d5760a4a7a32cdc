"""Does it promise something without saying until when?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import MOMENT

_WHO = r"(?:i|we|someone|somebody|a colleague|(?:our|the|my) \w+(?: \w+)?)"
PROMISE = re.compile(
    rf"\b(?:{_WHO}(?:['’]ll| will| shall| am going to|['’]re going to| are going to) (?:\w+ )?"
    r"(?:get back|be back|be in touch|come back|call|ring|let you know|look into|check|find out|"
    r"send|refund|replace|contact|reply|write|update|follow up|sort|fix|arrange|ask|pass|keep you)"
    r"|you(?:['’]ll| will) (?:hear|receive|get) "
    r"|(?:ik|wij|we|een collega) (?:kom|komen|bel|bellen|laat|laten|zoek|zoeken|stuur|sturen|"
    r"regel|regelen|vraag|vragen|houd|houden|gaan|ga|zal|zullen|neem|nemen|neemt)\b"
    r"[^.!?\n]{0,40}?"
    r"(?:terug|weten|uit|op|toe|regelen|na|contact|hoogte|bellen|sturen|vragen|kijken)"
    r"|(?:je|u|jullie) (?:hoort|horen|krijgt|krijgen)\b"
    r"|(?:ich|wir|ein kollege) (?:melde|rufe|kläre|schicke|prüfe|werde|frage|kümmere|gebe|sende|"
    r"halte|schreibe)n?\b|(?:ich|wir) (?:kümmern|klären)\b"
    r"|(?:du|sie) (?:hörst|hören|bekommst|bekommen|erhältst|erhalten) "
    r"|(?:je|nous|on|un collègue) (?:vous |te |lui )?(?:reviens|revenons|revient|rappelle|"
    r"rappelons|tiens|tenons|renseigne|renseignons|envoie|envoyons|vérifie|vérifions|vais|allons|"
    r"va|recontacte|recontactons|\w+(?:er|ir|dr)(?:ai|ons))\b"
    r"|vous (?:recevrez|aurez) "
    r"|(?:te|le|os|les|lo|la) (?:llamo|llamamos|aviso|avisamos|escribo|escribimos|envío|enviamos|"
    r"miro|miramos|revisamos|consulto|consultamos|averiguamos|\w+[aei]r(?:é|emos))\b"
    r"|recibirá[sn]?\b)",
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
