"""What can happen to the people of the company. Ids only, like every journal entry."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesChanged(Happened):
    """A person changed how the desk looks or listens to keys for them (`by` is that person)."""
