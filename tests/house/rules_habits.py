"""Laws about single lines of Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.source import Finding, Rule, Source, calls, dotted, product_code

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now",
    "datetime.datetime.utcnow", "date.today", "datetime.date.today", "timezone.now", "time.time",
}  # fmt: skip
MARKERS = {"mark_safe", "Markup", "SafeString"}
# Written in two parts, so that this file does not break its own law.
LATER = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
BARE_IGNORE = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:))")
CLAIMS = ("assert", "expect", "check", "verify", "raises", "fail", "must")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def own_clocks(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if dotted(call.func) in CLOCKS:
            yield call.lineno, f"`{dotted(call.func)}()`: time comes from kit.clock"


def unescaped(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if dotted(call.func).rpartition(".")[2] in MARKERS:
            yield call.lineno, f"`{dotted(call.func)}`: HTML comes from kit.html"


def promises(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        if LATER.search(line):
            yield number, "a note for later: do it, or open an issue"
        if BARE_IGNORE.search(line):
            yield number, "says which complaint it silences"


def claims(node: ast.AST) -> bool:
    """Whether something below the node can fail: an assert, or a call that is named like one."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert) and not isinstance(part.test, ast.Constant):
            return True
        if isinstance(part, ast.Raise):
            return True
        if isinstance(part, ast.Call):
            name = dotted(part.func).rpartition(".")[2].lstrip("_")
            if name.startswith(CLAIMS):
                return True
    return False


def tests_in(source: Source) -> Iterator[Function]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_":
            yield node


def toothless(source: Source) -> Iterator[Finding]:
    """A test may leave its assert to a function of the same file, however deep."""
    local = {
        node.name: node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    sharp = {name for name, node in local.items() if claims(node)}
    for _ in range(len(local)):
        calling = {
            name
            for name, node in local.items()
            if {dotted(call.func).rpartition(".")[2] for call in calls(node)} & sharp
        }
        if calling <= sharp:
            break
        sharp |= calling
    for test in tests_in(source):
        if test.name not in sharp:
            yield test.lineno, f"{test.name} cannot fail"


def test_file(source: Source) -> bool:
    return source.is_python and source.path.name.startswith("test_")


RULES = (
    Rule(
        "Time comes from kit.clock",
        lambda source: product_code(source) and not source.under("harken/kit/clock.py"),
        own_clocks,
        bad=(
            ("harken/domain/people/services.py", "timezone.now()"),
            ("harken/web/desk/live.py", "time.time()"),
            ("harken/kit/http.py", "datetime.now(UTC)"),
        ),
        good=(
            ("harken/kit/clock.py", "datetime.now(UTC)"),
            ("harken/web/desk/live.py", "time.monotonic(); clock.now()"),
        ),
    ),
    Rule(
        "Only kit.html and the theme mark HTML as safe",
        lambda source: (
            product_code(source) and not source.under("harken/kit/html.py", "harken/web/theme")
        ),
        unescaped,
        bad=(("harken/web/desk/views/a.py", "mark_safe(text)"),),
        good=(("harken/kit/html.py", "Markup(text)"),),
    ),
    Rule(
        "Nothing is left for later, nothing silenced without a name",
        lambda source: source.is_python and not source.is_generated,
        promises,
        bad=(
            ("harken/kit/a.py", "x = 1  # TO" + "DO: y"),
            ("harken/kit/a.py", "x = y  # type: " + "ignore"),
            ("harken/kit/a.py", "x = y  # no" + "qa"),
        ),
        good=(("harken/kit/a.py", "x = y  # type: ignore[attr-defined]  # noqa: S101"),),
    ),
    Rule(
        "Every test can fail",
        test_file,
        toothless,
        bad=(
            ("tests/test_a.py", "def test_a_thing_happens():\n    thing()\n"),
            ("tests/test_a.py", "def test_a_thing_happens():\n    assert True\n"),
        ),
        good=(
            ("tests/test_a.py", "def test_a_thing_happens():\n    assert thing()\n"),
            (
                "tests/test_a.py",
                "def test_it_refuses():\n    with pytest.raises(E):\n        x()\n",
            ),
            (
                "tests/test_a.py",
                "def same(a):\n    assert a\n\ndef twice(a):\n    same(a)\n\n"
                "def test_a_thing_is_the_same():\n    twice(1)\n",
            ),
        ),
    ),
)
