"""Laws about size and names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Finding, Rule, Source

MOST_LINES, MOST_FUNCTION_LINES, MOST_ARGUMENTS = 400, 40, 6
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}
WRITTEN = {".py", ".html", ".css", ".js", ".mjs", ".md"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def written_by_hand(source: Source) -> bool:
    return source.path.suffix in WRITTEN and not source.is_generated


def hand_python(source: Source) -> bool:
    return source.is_python and not source.is_generated


def functions(source: Source) -> Iterator[Function]:
    return (
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def long_file(source: Source) -> Iterator[Finding]:
    generated_page = source.under("docs/reference")
    if len(source.lines) > MOST_LINES and not generated_page:
        yield 1, f"{len(source.lines)} lines, the most is {MOST_LINES}"


def long_function(source: Source) -> Iterator[Finding]:
    for node in functions(source):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_FUNCTION_LINES:
            yield node.lineno, f"{node.name} has {length} lines, the most is {MOST_FUNCTION_LINES}"


def many_arguments(source: Source) -> Iterator[Finding]:
    for node in functions(source):
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [argument.arg for argument in given if argument.arg not in {"self", "cls"}]
        # A command's arguments are its options, and a test's are its fixtures.
        if source.path.name == "cli.py" or node.name.startswith("test_"):
            continue
        if len(names) > MOST_ARGUMENTS:
            yield node.lineno, f"{node.name} takes {len(names)}, the most is {MOST_ARGUMENTS}"


def drawer(source: Source) -> Iterator[Finding]:
    for part in (*source.path.parts[:-1], source.path.stem):
        if part.lower() in DRAWERS:
            yield 1, f"`{part}` says nothing about what is in it"


RULES = (
    Rule(
        "A file has 400 lines at most",
        written_by_hand,
        long_file,
        bad=(("harken/kit/long.py", "x = 1\n" * 401),),
        good=(
            ("harken/kit/fits.py", "x = 1\n" * 400),
            ("harken/domain/people/migrations/0001_initial.py", "x = 1\n" * 500),
        ),
    ),
    Rule(
        "A function has 40 lines at most",
        hand_python,
        long_function,
        bad=(("harken/kit/long.py", "def f():\n" + "    x = 1\n" * 40),),
        good=(("harken/kit/fits.py", "def f():\n" + "    x = 1\n" * 39),),
    ),
    Rule(
        "A function takes 6 arguments at most",
        hand_python,
        many_arguments,
        bad=(("harken/kit/wide.py", "def f(a, b, c, d, *, e, f, g): ...\n"),),
        good=(("harken/kit/fits.py", "class A:\n    def f(self, a, b, c, d, *, e, f): ...\n"),),
    ),
    Rule(
        "A module is named after a thing",
        lambda source: source.is_python or source.path.suffix in {".js", ".css"},
        drawer,
        bad=(("harken/kit/utils.py", ""), ("harken/common/clock.py", "")),
        good=(("harken/kit/clock.py", ""),),
    ),
)
