"""What a detector finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data; the value is stored, `said` is for people."""

    CARD = "card"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BOOKING = "booking"
    BIRTH = "birth"
    IDENTITY = "identity"

    @property
    def said(self) -> str:
        """How people call it."""
        return _SAID[self]


_SAID = {
    Kind.CARD: "a payment card number",
    Kind.IBAN: "a bank account number",
    Kind.PHONE: "a phone number",
    Kind.EMAIL: "an e-mail address",
    Kind.ADDRESS: "a home address",
    Kind.BOOKING: "a booking or order code",
    Kind.BIRTH: "a date of birth",
    Kind.IDENTITY: "a national identity number",
}


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A stretch of the text, `start` to `end` (characters, end excluded)."""

    start: int
    end: int
    kind: Kind

    def overlaps(self, other: Piece) -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


Detector = Callable[[str], Iterator[Piece]]
