"""Every house rule holds in the tree, and every rule is proved by code that breaks it."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from _pytest.mark import ParameterSet

from tests.house import rules_floors, rules_habits, rules_pages, rules_shape
from tests.house.source import Rule, Source, sources

RULES = (*rules_shape.RULES, *rules_floors.RULES, *rules_habits.RULES, *rules_pages.RULES)


def seeds(kind: str) -> list[ParameterSet]:
    return [
        pytest.param(rule, Source(PurePosixPath(path), text), id=f"{rule.law}: {text[:40]!r}")
        for rule in RULES
        for path, text in getattr(rule, kind)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.law)
def test_the_tree_keeps_the_law(rule: Rule) -> None:
    found = [finding for source in sources() for finding in rule.findings(source)]
    assert not found, f"{rule.law}:\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "source"), seeds("bad"))
def test_a_breach_is_found(rule: Rule, source: Source) -> None:
    assert rule.findings(source)


@pytest.mark.parametrize(("rule", "source"), seeds("good"))
def test_a_proper_file_passes(rule: Rule, source: Source) -> None:
    assert rule.findings(source) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.law)
def test_no_law_goes_without_a_proof(rule: Rule) -> None:
    assert rule.bad
    assert rule.good


def test_the_rules_really_see_the_tree() -> None:
    paths = {str(source.path) for source in sources()}
    assert {"harken/kit/connector.py", "README.md", ".ci/run", "bin/setup"} <= paths
    assert not any(".venv" in path or "node_modules" in path for path in paths)
