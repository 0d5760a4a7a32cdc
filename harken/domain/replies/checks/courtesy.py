"""Is it courtesy and nothing else?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import GREETING, words

_EMPTY = re.compile(
    r"thanks? (?:you )?(?:so much |very much )?for (?:reaching out|contacting us"
    r"|your (?:message|feedback|patience|understanding|comment|post|tweet)|letting us know"
    r"|getting in touch|bringing this to our attention)"
    r"|(?:(?:we(?:'re| are)|i(?:'m| am)) )?(?:so |very |really "
    r"|truly )?sorry (?:to hear (?:that|this|about (?:this|that|your experience))|for (?:the"
    r"|any) (?:inconvenience|trouble|delay|frustration)(?: (?:caused|this may have caused))?)"
    r"|we hear you|all the best"
    r"|(?:and )?(?:we )?(?:truly |sincerely |really )?apologi[sz]e for (?:your experience|this)"
    r"|(?:we )?apologi[sz]e for (?:the|any) (?:inconvenience|trouble)(?: (?:caused"
    r"|this may have caused))?|our apologies"
    r"|we (?:take|value|appreciate) (?:this|your|all)(?: \w+){0,4}(?: very)?(?: seriously)?"
    r"|your (?:feedback|opinion|satisfaction) (?:is"
    r"|matters)(?: very)?(?: important)?(?: to us)?"
    r"|we understand your (?:frustration|concern)s?|have a (?:nice|great|lovely) (?:day"
    r"|weekend|evening)|(?:kind|best|warm) regards"
    r"|(?:hartelijk )?(?:be)?dankt?(?: je| u)? voor (?:je|uw|het) (?:bericht|reactie|feedback"
    r"|geduld|begrip|melding)|wat vervelend(?: om te horen)?|(?:onze )?excuses voor (?:het"
    r"|dit) ongemak|(?:het )?spijt (?:ons|me)(?: (?:dit|dat) te horen)?"
    r"|we (?:nemen|vinden) (?:dit|jouw|je|uw)(?: \w+){0,4}(?: serieus| belangrijk)?"
    r"|we begrijpen (?:je|uw) frustratie|fijne (?:dag|avond)(?: nog)?|met vriendelijke groet"
    r"|(?:vielen |herzlichen )?dank(?:e)? für (?:deine|ihre|die) (?:nachricht|rückmeldung"
    r"|geduld|mitteilung)|(?:das )?tut (?:uns|mir)(?: (?:sehr|wirklich))? leid(?: zu hören)?"
    r"|(?:wir )?entschuldigen(?: uns)?(?: für)?(?: die)? unannehmlichkeiten|wir nehmen (?:das"
    r"|dies|ihr|dein)(?: \w+){0,3} ernst"
    r"|(?:ihre|deine) (?:meinung|zufriedenheit) ist uns(?: sehr)? wichtig"
    r"|wir verstehen (?:ihren|deinen) ärger|(?:einen )?schönen tag(?: noch)?"
    r"|(?:wir |ich )?bedauern? (?:das|dies)(?: sehr)?"
    r"|mit freundlichen grüßen|viele grüße"
    r"|merci (?:beaucoup )?(?:pour|de) (?:votre|ton) (?:message|retour|patience|compréhension)"
    r"|(?:nous sommes |je suis )?(?:sincèrement |vraiment )?désolée?s?(?: (?:pour"
    r"|de)(?: \w+){0,4})?|veuillez nous excuser pour (?:la gêne"
    r"|le désagrément)(?: occasionnée?)?"
    r"|votre (?:avis|satisfaction) (?:est|compte)(?: \w+){0,4}"
    r"|nous comprenons votre (?:frustration|mécontentement)|bonne (?:journée|soirée)"
    r"|cordialement"
    r"|(?:muchas )?gracias por (?:tu|su|el|contactar\w*|escribir\w*)(?: (?:mensaje|comentario"
    r"|paciencia|comprensión|aviso))?|(?:lo )?(?:sentimos|siento"
    r"|lamentamos) (?:mucho )?(?:las molestias|lo ocurrido|lo sucedido|oír esto|la situación)?"
    r"|disculpa las molestias|disculpe las molestias"
    r"|(?:tu|su) opinión (?:es|nos)(?: \w+){0,4}|entendemos (?:tu|su) (?:frustración|malestar)"
    r"|que tengas? (?:un )?buen día|(?:un )?saludos?(?: cordial(?:es)?)?",
    re.IGNORECASE,
)  # fmt: skip
_HELLO = re.compile(rf"^\W*(?:{GREETING})\b", re.IGNORECASE)
LEFT = 4  # words that must remain for an answer to say something


def look(reading: Reading) -> Iterator[Finding]:
    """An answer to somebody who asked or complained, of which nothing is left without courtesy."""
    needs_more = "?" in reading.question or reading.feels == "negative"
    if not needs_more or not words(reading.text):
        return
    text = reading.text.removesuffix(reading.signature)
    rest = _EMPTY.sub(" ", _HELLO.sub(" ", text))
    names = set(words(f"{reading.name_to_use} {reading.display_name} {reading.brand}"))
    left = [word for word in words(rest) if word not in names]
    if len(left) < LEFT and len(left) < len(words(text)):
        yield Finding(
            "Without the courtesy nothing is left.",
            "Say what you did, what you know or what you will do, and until when.",
        )


CHECK = Check(
    key="courtesy",
    label="Empty courtesy",
    about="Who asked or complained gets more than thanks and regret.",
    severity=Severity.WARN,
    look=look,
)
