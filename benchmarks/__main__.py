"""`make bench`: every figure in one table, floors held or not, distance to the aims."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure, figures_of

MODULES = (
    "intake",
    "live",
    "inbox_page",
    "key_to_paint",
    "triage",
    "rules",
    "reread",
    "saved_answers",
    "matcher",
    "stream",
    "storms",
)
WIDTH = 150  # characters; the last column says how a figure came about


def main(names: list[str]) -> int:
    """Measure the named modules (all without names); exit 1 when a floor is not held.

    A module that refuses its figures (something got lost) does not hide the others' figures.
    """
    console = Console(width=WIDTH)
    figures, refused = [], []
    for name in names or MODULES:
        console.print(f"measuring {name} ...", style="dim")
        try:
            figures += alone(name)
        except Exception as error:  # whatever it was, it is shown and the exit code says it
            refused.append(f"{name}: no figures, {type(error).__name__}: {error}")
    console.print(table(figures))
    for line in refused:
        console.print(line, style="red", markup=False)
    return 1 if refused or not all(figure.holds for figure in figures) else 0


def alone(name: str) -> list[Figure]:
    """A module's figures, measured in a new process: Django knows one database per process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(figures_of, name).result()


def table(figures: list[Figure]) -> Table:
    """The figures as people read them."""
    drawn = Table("", "what", "ratio", "floor", "aim", "", "measured")
    for figure in figures:
        word = "held" if figure.holds else "NOT HELD"
        drawn.add_row(
            figure.id,
            figure.what,
            f"{figure.value:.2f}",
            f"{figure.floor:g}",
            f"{figure.aim:g}",
            f"{word}, {figure.distance}",
            figure.how,
        )
    return drawn


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
