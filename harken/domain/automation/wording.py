"""A rule in words, also one that names something that is gone."""

from __future__ import annotations

from harken.domain.automation import registry
from harken.domain.automation.spec import Part, Spec
from harken.domain.automation.triggers import TRIGGERS, WAITS
from harken.domain.sla.written import write_duration
from harken.kit.refusals import Invalid


def moments(spec: Spec) -> list[str]:
    """When it looks."""
    told = []
    for key in spec.when:
        label = TRIGGERS[key].label if key in TRIGGERS else key
        told.append(f"{label} {write_duration(spec.waits)}" if key == WAITS else label)
    return told


def conditions(spec: Spec) -> list[str]:
    """What it asks, in order."""
    return [_condition(part) for part in spec.conditions]


def actions(spec: Spec) -> list[str]:
    """What it does, in order."""
    return [_action(part) for part in spec.actions]


def _condition(part: Part) -> str:
    try:
        return registry.condition(part).sentence()
    except Invalid:
        kind = registry.condition_kinds().get(part.kind)
        return f"{kind.label if kind else part.kind}: what was chosen is gone"


def _action(part: Part) -> str:
    try:
        return registry.action(part).sentence()
    except Invalid:
        kind = registry.action_kinds().get(part.kind)
        return f"{kind.label if kind else part.kind}: what was chosen is gone"
