"""The form of a rule: what was typed becomes a `Spec`, and a `Spec` becomes rows to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.http import QueryDict

from harken.domain.automation.parts import Action, Condition, Field
from harken.domain.automation.registry import action_kinds, condition_kinds
from harken.domain.automation.spec import MOST_ACTIONS, MOST_CONDITIONS, Part, Spec
from harken.domain.automation.triggers import TRIGGERS
from harken.domain.sla.written import read_duration, write_duration

LONGEST = 4000  # characters taken over from one field; the parts say what is too long


@dataclass(frozen=True, slots=True)
class Filled:
    """One field of a row: its name in the form, what it is, its value, and what to choose from."""

    name: str
    field: Field
    value: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One condition or action of the form. `words` are a condition's: as it is, and negated."""

    place: str
    kind: str
    label: str
    fields: Sequence[Filled]
    words: tuple[str, str] | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; `waits` is as it was typed."""

    spec: Spec
    waits: str

    def complete(self) -> Spec:
        """The rule as typed. Raises `Invalid` for a time nobody can read."""
        return msgspec.structs.replace(self.spec, waits=read_duration(self.waits, "When"))


def typed(post: QueryDict) -> Typed:
    """What came with the form."""
    spec = Spec(
        name=post.get("name", "")[:200],
        when=tuple(key for key in TRIGGERS if key in post.getlist("when")),
        match="any" if post.get("match") == "any" else "all",
        conditions=_parts(post, "c", MOST_CONDITIONS),
        actions=_parts(post, "a", MOST_ACTIONS),
        stop_here="stop_here" in post,
    )
    return Typed(spec, post.get("waits", "")[:40])


def said(spec: Spec) -> Typed:
    """A stored rule in the form."""
    return Typed(spec, write_duration(spec.waits))


def shaped(before: Typed, post: QueryDict) -> Typed:
    """The form after the pressed button: a row more, or a row less."""
    do, _, place = post.get("do", "").partition("-")
    conditions, actions = before.spec.conditions, before.spec.actions
    condition, action = post.get("new_condition", ""), post.get("new_action", "")
    if do == "add_condition" and condition in condition_kinds():
        conditions = (*conditions, Part(condition))[:MOST_CONDITIONS]
    elif do == "add_action" and action in action_kinds():
        actions = (*actions, Part(action))[:MOST_ACTIONS]
    elif do == "drop_condition":
        conditions = _without(conditions, place)
    elif do == "drop_action":
        actions = _without(actions, place)
    spec = msgspec.structs.replace(before.spec, conditions=conditions, actions=actions)
    return replace(before, spec=spec)


def condition_rows(spec: Spec) -> list[Row]:
    """The rows under "If"; a kind that is not there any more is left out."""
    kinds = condition_kinds()
    return [
        Row(
            f"c{number}",
            part.kind,
            kinds[part.kind].label,
            _filled(f"c{number}", kinds[part.kind], part),
            kinds[part.kind].words,
            part.negated,
        )
        for number, part in enumerate(spec.conditions)
        if part.kind in kinds
    ]


def action_rows(spec: Spec) -> list[Row]:
    """The rows under "Then"."""
    kinds = action_kinds()
    return [
        Row(
            f"a{number}",
            part.kind,
            kinds[part.kind].label,
            _filled(f"a{number}", kinds[part.kind], part),
        )
        for number, part in enumerate(spec.actions)
        if part.kind in kinds
    ]


def to_add() -> dict[str, list[tuple[str, str]]]:
    """What the two lists for a new row offer."""
    return {
        "condition": [(key, kind.label) for key, kind in condition_kinds().items()],
        "action": [(key, kind.label) for key, kind in action_kinds().items()],
    }


def _parts(post: QueryDict, letter: str, most: int) -> tuple[Part, ...]:
    parts = []
    for place in post.getlist(letter)[:most]:
        start = f"{place}-"
        values: dict[str, Any] = {
            name.removeprefix(start): str(value)[:LONGEST]
            for name, value in post.items()
            if name.startswith(start)
        }
        kind, negated = values.pop("kind", ""), values.pop("not", "") == "1"
        parts.append(Part(kind, values, negated))
    return tuple(parts)


def _without(parts: tuple[Part, ...], place: str) -> tuple[Part, ...]:
    return tuple(part for number, part in enumerate(parts) if str(number) != place)


def _filled(place: str, kind: type[Condition] | type[Action], part: Part) -> list[Filled]:
    return [
        Filled(
            f"{place}-{field.name}",
            field,
            part.values.get(field.name, field.default),
            _choices(field),
        )
        for field in kind.fields()
    ]


def _choices(field: Field) -> list[tuple[str, str]]:
    found = list(field.choices()) if field.choices else []
    chooses = found and not field.default and all(value for value, _ in found)
    return [("", "choose"), *found] if chooses else found
