"""Every detector over one text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harken.domain.replies.personal_data.addresses import addresses
from harken.domain.replies.personal_data.bank import accounts
from harken.domain.replies.personal_data.births import births
from harken.domain.replies.personal_data.cards import cards
from harken.domain.replies.personal_data.codes import codes
from harken.domain.replies.personal_data.identities import identities
from harken.domain.replies.personal_data.piece import Detector, Kind, Piece
from harken.domain.replies.personal_data.reach import emails, phones

LONGEST = 10_000  # characters looked at; no network takes more
# In order of certainty: of two that overlap, the earlier one keeps the place.
_DETECTORS: Sequence[Detector] = (
    emails,
    accounts,
    cards,
    identities,
    births,
    codes,
    phones,
    addresses,
)


def find(text: str, *, ours: Collection[str] = ()) -> list[Piece]:
    """The personal data in `text`, by place, none overlapping another.

    `ours`: the company's own addresses, numbers and domains, which anybody may read; a piece that
    contains one of them (case ignored) is left out.
    """
    text = text[:LONGEST]
    own = [each.casefold() for each in ours if each.strip()]
    found: list[Piece] = []
    for detector in _DETECTORS:
        for piece in detector(text):
            said = text[piece.start : piece.end].casefold()
            if any(each in said for each in own):
                continue
            if not any(piece.overlaps(other) for other in found):
                found.append(piece)
    return sorted(found)


def kinds(text: str, *, ours: Collection[str] = ()) -> set[Kind]:
    """The kinds of personal data in `text`."""
    return {piece.kind for piece in find(text, ours=ours)}
