"""Booking, order and customer codes: a word that says so, and a code behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

_WORDS = (
    # en
    r"booking|reservation|order|customer|ticket|tracking|contract|policy|membership|invoice|account"
    r"|parcel|reference|ref|confirmation|case|claim|pnr"
    # nl
    r"|boeking\w*|reservering\w*|bestel\w*|klant\w*|ordernummer|factuur\w*|contract\w*|polis\w*"
    r"|pakket\w*|referentie|dossier\w*|zendingsnummer"
    # de
    r"|buchung\w*|reservierung\w*|bestell\w*|kunden\w*|rechnung\w*|vertrag\w*|sendungs\w*"
    r"|auftrag\w*"
    r"|vorgang\w*|aktenzeichen"
    # fr
    r"|réservation|reservation|commande|client|dossier|facture|contrat|colis|suivi|référence"
    # es
    r"|reserva|pedido|cliente|factura|contrato|envío|seguimiento|referencia|localizador|expediente"
)
_NAMED = re.compile(
    rf"\b(?:{_WORDS})s?\b[ \t]*"
    r"(?:(?:number|code|no|nr|num|id|n°|nº|nummer|numéro|número|reference|ref|is|ist|lautet|est|"
    r"es|de|das|die|der|la|le|el|het|the|was|with|mit|met|:|#|\.|-|=|\()[ \t:.#]*){0,4}"
    r"(?P<code>#?(?:[A-Z0-9](?:[A-Z0-9]|[-/](?=[A-Z0-9])){4,24}"
    r"|\d{2,5}(?:[ .]\d{3,5}){1,3}))(?![\w-])",
    re.IGNORECASE,
)
_MARKED = re.compile(r"(?<![\w#])#(?P<code>\d{5,14})(?!\w)")
# Parcels of the posts (UPU S10), PostNL, DHL and UPS, which carry no word.
_TRACKED = re.compile(
    r"\b(?P<code>[A-Z]{2}\d{9}[A-Z]{2}|3S[A-Z]{3,6}\d{6,10}|JJ?D\d{12,20}|1Z[A-Z0-9]{16})\b"
)
_PNR = re.compile(r"\b(?:pnr|locator|localizador)\b\W{0,4}(?P<code>[A-Z0-9]{6})\b", re.IGNORECASE)


def codes(text: str) -> Iterator[Piece]:
    """Codes that let somebody else look up or change what a person bought."""
    for pattern in (_NAMED, _MARKED, _PNR, _TRACKED):
        for found in pattern.finditer(text):
            if _is_code(found["code"]):
                yield Piece(found.start("code"), found.end("code"), Kind.BOOKING)


def _is_code(code: str) -> bool:
    """Digits in it, and not only a year, a price or a word with a number."""
    digits = sum(letter.isdigit() for letter in code)
    letters = sum(letter.isalpha() for letter in code)
    if letters and digits:
        return code.upper() == code and digits + letters >= 5
    return digits >= 5
