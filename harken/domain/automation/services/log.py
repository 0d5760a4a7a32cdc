"""Writing the log of runs: one COPY for many, because every rule writes a row for every event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import connection

from harken.domain.automation.compiled import Answers
from harken.domain.automation.models import Outcome, RuleVersion

COPY = """
COPY automation_rulerun (
    rule_id, version_id, conversation_id, event, trigger, outcome, answers, results, chain, seconds
) FROM STDIN
"""
_json = msgspec.json.encode
Result = tuple[str, bool]  # what it changed or why not, and whether it did


@dataclass(slots=True)
class Run:
    """A run that is not stored yet; the fields are `RuleRun`'s."""

    version: RuleVersion
    conversation: int
    event: int | None
    trigger: str
    chain: tuple[int, ...]
    outcome: Outcome = Outcome.NOT
    answers: Answers = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    seconds: float = 0.0


def store(runs: Sequence[Run]) -> None:
    """Store them in the open transaction."""
    if not runs:
        return
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for run in runs:
            copy.write_row(
                (
                    run.version.rule_id,
                    run.version.pk,
                    run.conversation,
                    run.event,
                    run.trigger,
                    run.outcome.value,
                    _json(run.answers).decode(),
                    _json(run.results).decode(),
                    f"{{{','.join(map(str, run.chain))}}}",
                    run.seconds,
                )
            )
