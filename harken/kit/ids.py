"""Numbers that forms and addresses name, of rows above all."""

from __future__ import annotations

LONGEST = 18  # digits; PostgreSQL has no number for a row beyond 9,223,372,036,854,775,807


def number_in(text: str | None) -> int | None:
    """The whole number that `text` writes in plain digits; None where it writes none."""
    if text and text.isascii() and text.isdigit() and len(text) <= LONGEST:
        return int(text)
    return None


def id_in(text: str | None) -> int:
    """The id that `text` names; 0, which no row has, where it names none."""
    return number_in(text) or 0
