"""The tree as the house rules see it: files with their text, and rules that look at one file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"__pycache__", "node_modules", "build", "dist", "test-results"}
TEXTS = {".py", ".html", ".css", ".js", ".mjs", ".md", ".toml", ".json", ".jsonl", ".csv", ".txt"}
TEXTS |= {".in", ".sql", ".svg", ".yml", ".yaml", ".webmanifest", ".sh", ".cfg", ".ini", ""}


@dataclass(frozen=True)
class Source:
    """One text file; `path` is relative to the root of the tree."""

    path: PurePosixPath
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts or self.path.parts[0] == "benchmarks"

    @property
    def is_generated(self) -> bool:
        """Written by a tool or by someone else: vendored files, migrations, locks."""
        return (
            bool({"vendor", "migrations", "fixtures"} & set(self.path.parts))
            or self.path.name == "package-lock.json"
            or self.path.match("requirements/*.txt")
        )

    def under(self, *folders: str) -> bool:
        """Whether the file lies in one of the folders (or is one of the files)."""
        return any(self.path.is_relative_to(folder) for folder in folders)


Finding = tuple[int, str]  # line, what is wrong there
Look = Callable[[Source], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A law about single files. `bad` and `good` are (path, text) that prove it works."""

    law: str
    applies: Callable[[Source], bool]
    look: Look
    bad: tuple[tuple[str, str], ...]
    good: tuple[tuple[str, str], ...] = ()

    def findings(self, source: Source) -> list[str]:
        """What breaks the law in one file, as `path:line: words`."""
        if not self.applies(source):
            return []
        return [f"{source.path}:{line}: {words}" for line, words in self.look(source)]


def product_code(source: Source) -> bool:
    """Python that runs at a customer's: no tests, no benchmarks, no migrations."""
    return (
        source.is_python
        and source.under("harken")
        and not source.is_test
        and not source.is_generated
    )


@lru_cache(maxsize=1)
def tree_files() -> tuple[PurePosixPath, ...]:
    """Every file of the tree that somebody wrote, without what tools leave behind."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        folders = inside.parts[:-1]
        hidden = any(part.startswith(".") and part != ".ci" for part in folders)
        if hidden or SKIPPED & set(folders) or any(part.endswith(".egg-info") for part in folders):
            continue
        if path.is_file() and not path.is_symlink():
            found.append(PurePosixPath(inside))
    return tuple(found)


@lru_cache(maxsize=1)
def sources() -> tuple[Source, ...]:
    """Every text file of the tree."""
    return tuple(
        Source(path, (ROOT / path).read_text(errors="replace"))
        for path in tree_files()
        if path.suffix in TEXTS and (ROOT / path).stat().st_size < 2_000_000
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call below a node."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported; `from a import b` gives `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute chain; calls inside the chain are written as `()`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    return "?"
