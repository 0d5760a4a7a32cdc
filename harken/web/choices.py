"""What somebody chose in a list of a form."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from harken.kit.ids import id_in
from harken.kit.refusals import Invalid

M = TypeVar("M", bound=Model)


def chosen(text: str | None, among: QuerySet[M]) -> M | None:
    """The row of `among` that the form's value names; None where nothing was chosen.

    Raises `Invalid` when it is not there, or not there any more.
    """
    if not text:
        return None
    found = among.filter(pk=id_in(text)).first()
    if found is None:
        raise Invalid("Choose from the lists; what was chosen is not there any more.")
    return found
