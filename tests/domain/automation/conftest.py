"""Rules without a loop, and posts that reach them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.automation.models import Rule
from harken.domain.automation.services.rules import save_rule
from harken.domain.automation.services.trial import try_out
from harken.domain.automation.spec import Part, Spec
from harken.domain.automation.tasks import Automation
from tests.cast import Company


def part(kind: str, *, negated: bool = False, **values: object) -> Part:
    """A condition or action; a trailing underscore keeps a field's name from being a keyword."""
    filled = {name.rstrip("_"): str(value) for name, value in values.items()}
    return Part(kind, filled, negated)


def spec(*actions: Part, when: str = "message", conditions: tuple[Part, ...] = (), **more) -> Spec:
    """A rule; `when` are triggers separated by spaces."""
    more.setdefault("name", "Rule")
    return Spec(when=tuple(when.split()), conditions=conditions, actions=actions, **more)


@pytest.fixture
def write(transactional_db: None, company: Company) -> Callable[..., Rule]:
    """Try a rule out and save it; by the manager unless said otherwise."""

    def saved(*actions: Part, by=None, rule=None, **more) -> Rule:
        said, author = spec(*actions, **more), by or company.maren
        return save_rule(rule, said, try_out(said, by=author).proof, by=author)

    return saved


@pytest.fixture
def automation(transactional_db: None, company: Company) -> Automation:
    """One worker's rules that have already found the end of the journal."""
    made = Automation()
    work_off(made)
    return made


def work_off(automation: Automation) -> None:
    """Let it work until there is nothing left to do."""
    while automation.turn():
        pass
