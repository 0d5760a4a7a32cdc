"""`make bench`: every figure in one table, floors held or not, distance to the aims."""

from __future__ import annotations

import importlib
import sys

from rich.console import Console
from rich.table import Table

MODULES = ("intake", "live", "inbox_page", "key_to_paint", "triage")


def main(names: list[str]) -> int:
    """Measure the named modules (all without names); exit 1 when a floor is not held."""
    console = Console(width=150)
    table = Table("", "what", "ratio", "floor", "aim", "", "measured")
    broken = 0
    for name in names or MODULES:
        console.print(f"measuring {name} ...", style="dim")
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            broken += not figure.holds
            word = "held" if figure.holds else "NOT HELD"
            table.add_row(
                figure.id,
                figure.what,
                f"{figure.value:.2f}",
                f"{figure.floor:g}",
                f"{figure.aim:g}",
                f"{word}, {figure.distance}",
                figure.how,
            )
    console.print(table)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
