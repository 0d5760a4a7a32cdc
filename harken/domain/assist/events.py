"""What can happen here: somebody asked, so something left the house."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.journal.services import Happened


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceAsked(Happened):
    """A person had a masked text sent to the assistant at `host`; `task` is what they wanted."""

    task: str
    host: str
