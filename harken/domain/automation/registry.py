"""Which conditions and actions there are. A new one is a new file in its folder, and no more."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import TypeVar

from harken.domain.automation import actions, conditions
from harken.domain.automation.parts import Action, Condition
from harken.domain.automation.spec import Part
from harken.kit.refusals import Invalid

log = logging.getLogger(__name__)
P = TypeVar("P", Condition, Action)


@lru_cache(maxsize=1)
def condition_kinds() -> Mapping[str, type[Condition]]:
    """Every condition by its key, in the order of their labels."""
    return _found(conditions, Condition)  # type: ignore[type-abstract]  # none is made of it


@lru_cache(maxsize=1)
def action_kinds() -> Mapping[str, type[Action]]:
    """Every action by its key, in the order of their labels."""
    return _found(actions, Action)  # type: ignore[type-abstract]  # none is made of it


def condition(part: Part) -> Condition:
    """The condition a part describes, checked. Raises `Invalid`."""
    kind = condition_kinds().get(part.kind)
    if kind is None:
        raise Invalid(f"There is no condition “{part.kind[:40]}” here; take it out of the rule.")
    made = kind(part.values, negated=part.negated)
    made.check()
    return made


def action(part: Part) -> Action:
    """The action a part describes, checked. Raises `Invalid`."""
    kind = action_kinds().get(part.kind)
    if kind is None:
        raise Invalid(f"There is no action “{part.kind[:40]}” here; take it out of the rule.")
    made = kind(part.values)
    made.check()
    return made


def _found(package: ModuleType, base: type[P]) -> Mapping[str, type[P]]:
    kinds: list[type[P]] = []
    for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(each.name)
        kinds += [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type) and issubclass(thing, base) and thing.__module__ == each.name
        ]
    return {kind.key: kind for kind in sorted(kinds, key=lambda kind: kind.label)}
