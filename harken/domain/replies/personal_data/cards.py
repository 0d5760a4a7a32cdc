"""Payment cards: known first digits and lengths, and the check digit of ISO/IEC 7812-1 (Luhn)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.personal_data.piece import Kind, Piece

# Digits with single spaces, dots or dashes between them; not inside a longer run or a word.
_RUN = re.compile(r"(?<![\w.,@#/-])\d(?:[ .\-\u00a0]?\d){12,18}(?![\w@/-])")
# (first digits as a range, lengths): Visa, Mastercard (two ranges), Amex, Discover, JCB, Diners,
# Maestro, UnionPay.
_BRANDS = (
    ("4", "4", {16, 19}),
    ("51", "55", {16}),
    ("2221", "2720", {16}),
    ("34", "34", {15}),
    ("37", "37", {15}),
    ("6011", "6011", {16}),
    ("644", "659", {16}),
    ("3528", "3589", {16}),
    ("300", "305", {14}),
    ("36", "36", {14}),
    ("38", "39", {14}),
    ("5018", "5020", {16, 17, 18, 19}),
    ("6304", "6304", {16, 17, 18, 19}),
    ("6759", "6763", {16, 17, 18, 19}),
    ("62", "62", {16, 17, 18, 19}),
)


def cards(text: str) -> Iterator[Piece]:
    """Numbers that a card could carry."""
    for found in _RUN.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if _is_issued(digits) and luhn(digits) and len(set(digits)) > 1:
            yield Piece(found.start(), found.end(), Kind.CARD)


def _is_issued(digits: str) -> bool:
    return any(
        len(digits) in lengths and first <= digits[: len(first)] <= last
        for first, last, lengths in _BRANDS
    )


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others: every second one from the right is doubled."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
