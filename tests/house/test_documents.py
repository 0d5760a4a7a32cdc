"""What exists is described, and what is described exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT, tree_files

MAP = ROOT / "ARCHITECTURE.md"
NOT_WORDS = {"membership", "processbeat", "earlyedit"}  # plumbing that no screen shows
NOT_MAPPED = {".gitignore"}

ENTRY = re.compile(r"^\*\*([^*]+)\*\*", re.MULTILINE)


def places(root: Path = ROOT) -> set[str]:
    """Every path a reader may meet first: the top of the tree, the floors and what is on them."""
    found = set()
    for path in tree_files() if root == ROOT else ():
        found.add(path.parts[0])
        if path.parts[0] == "harken" and len(path.parts) > 2:
            found.add("/".join(path.parts[:2]))
        if path.parts[0] == "harken" and len(path.parts) > 3:
            found.add("/".join(path.parts[:3]))
    return found - NOT_MAPPED


def model_names() -> set[str]:
    """The class names of all models, in lower case."""
    found = set()
    for path in (ROOT / "harken/domain").glob("*/models.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and "models.Model" in map(ast.unparse, node.bases):
                found.add(node.name.lower())
    return found


def unmapped(found: set[str], text: str) -> list[str]:
    """The places whose last name the text does not mention as code or in its tree."""
    return sorted(
        place
        for place in found
        if not re.search(rf"(?<![\w-]){re.escape(place.rpartition('/')[2])}(?![\w-])", text)
    )


def dead_links(page: Path, text: str) -> list[str]:
    """Relative links of a Markdown page that lead nowhere."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        inside = target.partition("#")[0]
        outside = not inside or "://" in inside or inside.startswith("mailto:")
        if not outside and not (page.parent / inside).exists():
            found.append(f"{page.name}: {target}")
    return found


def test_every_place_is_on_the_map() -> None:
    missing = unmapped(places(), MAP.read_text())
    assert not missing, f"ARCHITECTURE.md does not mention {', '.join(missing)}"


def test_a_new_room_would_be_missed() -> None:
    assert unmapped({"harken/domain/attic"}, MAP.read_text()) == ["harken/domain/attic"]


def test_everything_on_the_map_exists() -> None:
    named = set(re.findall(r"`((?:harken|tests|docs|bin|requirements)/[\w/.-]*)`", MAP.read_text()))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def drawn(text: str) -> set[str]:
    """The folders drawn in the map's tree."""
    tree = text.split("```")[3]
    return set(re.findall(r"^ *([\w.]+)/ ", tree, re.MULTILINE))


def test_every_folder_drawn_on_the_map_exists() -> None:
    folders = {part for path in tree_files() for part in path.parts[:-1]}
    assert {"replies", "loopback", "kit", "bin"} <= drawn(MAP.read_text())
    assert sorted(drawn(MAP.read_text()) - folders) == []


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / path for path in tree_files() if path.suffix == ".md"]
    dead = [link for page in pages for link in dead_links(page, page.read_text())]
    assert dead == []


def test_a_dead_link_would_be_found() -> None:
    assert dead_links(MAP, "see [there](docs/nowhere.md)") == ["ARCHITECTURE.md: docs/nowhere.md"]


def test_the_reference_pages_are_current() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "bin/reference"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def glossary_words() -> list[str]:
    pages = sorted((ROOT / "docs/glossary").glob("*.md"))
    return [word for page in pages for word in ENTRY.findall(page.read_text())]


def test_the_glossary_explains_every_noun_of_the_database() -> None:
    words = glossary_words()
    known = {word.lower().replace(" ", "") for word in words}
    assert sorted(model_names() - known - NOT_WORDS) == []


def test_the_glossary_is_in_alphabetical_order() -> None:
    words = glossary_words()
    assert len(words) > 40
    assert words == sorted(words, key=str.casefold)


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_licence_is_the_one_the_package_names() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert len(text.splitlines()) == 661
    assert 'license = "AGPL-3.0-or-later"' in (ROOT / "pyproject.toml").read_text()
