"""Finding the checks, and running all of them over one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from pkgutil import iter_modules

from harken.domain.replies import checks as folder
from harken.domain.replies.checks.port import Check, Finding, Reading, Severity

_NOT_CHECKS = {"port", "registry", "words"}
_WEIGHT = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a check, with the severity it has here."""

    check: Check
    severity: Severity
    finding: Finding

    @property
    def id(self) -> str:
        """The same for the same finding about any text: what its author has seen and kept."""
        said = f"{self.check.key}\n{self.severity}\n{self.finding.why}"
        return sha256(said.encode()).hexdigest()[:16]


@cache
def checks() -> tuple[Check, ...]:
    """Every check of the folder, by key."""
    names = sorted(each.name for each in iter_modules(folder.__path__))
    modules = (
        import_module(f"{folder.__name__}.{name}") for name in names if name not in _NOT_CHECKS
    )
    return tuple(module.CHECK for module in modules)


def run(reading: Reading, severities: Mapping[str, Severity] | None = None) -> list[Found]:
    """What the checks find, the heaviest first. `severities` by key; others have their default."""
    found = []
    for check in checks():
        severity = (severities or {}).get(check.key, check.severity)
        if severity != Severity.OFF:
            found += [
                Found(check, Severity.NOTE if finding.is_minor else severity, finding)
                for finding in check.look(reading)
            ]
    return sorted(found, key=lambda each: _WEIGHT[each.severity])
