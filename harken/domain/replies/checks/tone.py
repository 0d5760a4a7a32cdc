"""Does the tone fit the customer's?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity
from harken.domain.replies.checks.words import LINK

_CHEER = re.compile(
    r"[\U0001F600-\U0001F60E\U0001F929\U0001F970\U0001F973\U0001F389\U0001F44D\U0001F64C\U0001F4AA\u2728]"
    r"|\b(?:great|awesome|amazing|fantastic|wonderful|super|cool|yay|haha|lol|no worries|enjoy)\b"
    r"|\b(?:geweldig|fantastisch|leuk|gaaf|tof|top(?=!|,? (?:bezig|gedaan))|hoera|geniet)\b"
    r"|\b(?:toll|klasse|prima|großartig|spitze|hurra|viel spaß)\b"
    r"|\b(?:génial|formidable|super|parfait|chouette|hourra|profitez)\b"
    r"|\b(?:genial|estupendo|fantástico|maravilloso|guay|jaja|disfruta)\b",
    re.IGNORECASE,
)
_SHARP = re.compile(
    r"\b(?:calm down|as i said|as we (?:said|told you)|obviously|clearly you|whatever"
    r"|not our problem|"
    r"stop complaining|ridiculous|nonsense|relax(?=[,.!])|be more patient"
    r"|(?:just|simply) have to (?:be patient|wait)|tough luck|your problem)\b"
    r"|\b(?:rustig aan|(?:jouw|uw|je eigen) probleem|jammer dan|zoals (?:ik|we) al zei(?:den)?"
    r"|overduidelijk|niet ons probleem|onzin"
    r"|belachelijk|zeur)\w*"
    r"|\b(?:beruhig\w* (?:dich|sie sich)|wie gesagt|offensichtlich|pech gehabt|(?:ihr"
    r"|dein) problem|nicht unser problem|unsinn"
    r"|lächerlich)\b"
    r"|\b(?:calmez-vous|calme-toi|tant pis|votre problème|comme (?:je l['’]ai"
    r"|nous l['’]avons) dit|évidemment"
    r"|pas notre problème|ridicule|n['’]importe quoi)\b"
    r"|\b(?:cálmate|cálmese|como (?:ya )?(?:dije|dijimos)|obviamente|mala suerte|(?:tu|su) problema"
    r"|no es (?:nuestro )?problema|ridículo|tonterías)\b",
    re.IGNORECASE,
)


def look(reading: Reading) -> Iterator[Finding]:
    """Cheer for somebody who is angry or sad, and sharp words for anybody."""
    text = LINK.sub(lambda found: " " * len(found[0]), reading.text)
    sharp = tuple(found.span() for found in _SHARP.finditer(text))
    if sharp:
        yield Finding("It sounds sharp.", "Say the same without the edge.", sharp)
    if reading.feels == "negative":
        cheer = tuple(found.span() for found in _CHEER.finditer(text))
        if cheer:
            yield Finding(
                "It is cheerful, and the customer is not.",
                "Take the cheer out and begin with what went wrong.",
                cheer,
            )


CHECK = Check(
    key="tone",
    label="Tone",
    about="No cheer for who is upset, no edge for anybody.",
    severity=Severity.WARN,
    look=look,
)
