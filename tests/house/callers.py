"""Who leads to whom in the product's code, read from the sources alone.

A node is a function (`module:name`, a method `module:Class.name`) or the body of a module
(`module:`). Every mention counts as a way there, not only a call: a function handed to a table,
a thread or a reaction is one that somebody will call. A method is found by its name, whosever it
is. So there may be ways here that nobody takes, and none is missed but by name tricks.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.house.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file: its functions, and what its names stand for."""

    name: str
    bodies: dict[str, list[ast.AST]] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # (module, name or "")
    classes: set[str] = field(default_factory=set)


class Tree:
    """The product's modules and the ways between their functions."""

    def __init__(self, files: Iterable[Source]) -> None:
        self.modules = {made.name: made for made in map(read, files)}
        self.methods: dict[str, set[str]] = defaultdict(set)
        for module in self.modules.values():
            for name in module.bodies:
                if "." in name:
                    self.methods[name.rpartition(".")[2]].add(f"{module.name}:{name}")
        self.comes_from: dict[str, set[str]] = defaultdict(set)
        for node in self.nodes():
            for there in self.leads_to(node):
                if there != node:
                    self.comes_from[there].add(node)

    def nodes(self) -> Iterator[str]:
        """Every function and module body."""
        for module in self.modules.values():
            yield from (f"{module.name}:{name}" for name in module.bodies)

    def body(self, node: str) -> list[ast.AST]:
        """The code of a node."""
        module, _, name = node.partition(":")
        return self.modules[module].bodies[name]

    def leads_to(self, node: str) -> set[str]:
        """The functions a node mentions."""
        module = self.modules[node.partition(":")[0]]
        return {
            there
            for part in self.body(node)
            for each in ast.walk(part)
            for there in self.meant(module, each)
        }

    def meant(self, module: Module, each: ast.AST) -> set[str]:
        """The functions that a name or an attribute may stand for."""
        if isinstance(each, ast.Name):
            return self._named(*module.imported.get(each.id, (module.name, each.id)))
        if isinstance(each, ast.Attribute):
            if isinstance(each.value, ast.Name) and each.value.id in module.imported:
                inside = ".".join(filter(None, module.imported[each.value.id]))
                if inside in self.modules:
                    return self._named(inside, each.attr)
            return self.methods.get(each.attr, set())
        return set()

    def _named(self, module: str, name: str) -> set[str]:
        known = self.modules.get(module)
        if known is None:
            return set()
        if name in known.bodies and name:
            return {f"{module}:{name}"}
        if name in known.classes:  # who makes one may do all it does when made
            made = (f"{name}.__init__", f"{name}.__post_init__")
            return {f"{module}:{each}" for each in made if each in known.bodies}
        again = known.imported.get(name)
        return self._named(*again) if again and again != (module, name) else set()


def read(source: Source) -> Module:
    """The module of a file."""
    parts = source.path.with_suffix("").parts
    module = Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                module.imported[each.asname or each.name] = (node.module, each.name)
        elif isinstance(node, ast.Import):
            for each in node.names:
                module.imported[each.asname or each.name] = (each.name, "")
    loose: list[ast.AST] = []
    for statement in source.tree.body:
        _file(module, statement, loose)
    module.bodies[""] = loose
    return module


def _file(module: Module, statement: ast.stmt, loose: list[ast.AST]) -> None:
    """Put a statement of a module where it belongs."""
    if isinstance(statement, Function):
        module.bodies[statement.name] = [statement]
    elif isinstance(statement, ast.ClassDef):
        module.classes.add(statement.name)
        for inner in statement.body:
            if isinstance(inner, Function):
                module.bodies[f"{statement.name}.{inner.name}"] = [inner]
            else:
                loose.append(inner)
    elif not isinstance(statement, ast.Import | ast.ImportFrom):
        loose.append(statement)
