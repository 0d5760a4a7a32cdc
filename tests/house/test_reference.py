"""The reference pages leave nothing out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from tests.house.programs import program

reference: Any = program("reference")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    (tmp_path / "harken/config").mkdir(parents=True)
    (tmp_path / "harken/domain/people").mkdir(parents=True)
    return tmp_path


def test_a_setting_stands_with_its_sentence_and_default(tree: Path) -> None:
    (tree / "harken/config/settings.py").write_text(
        "class Settings:\n    #: How many\n    #: cups.\n    cups: int = 3\n"
    )
    assert "| `HARKEN_CUPS` | `3` | How many cups. |" in reference.settings_page()


def test_a_setting_without_a_sentence_is_refused(tree: Path) -> None:
    (tree / "harken/config/settings.py").write_text("class Settings:\n    cups: int = 3\n")
    with pytest.raises(reference.Undocumented, match="cups"):
        reference.settings_page()


def test_an_event_stands_with_its_fields(tree: Path) -> None:
    (tree / "harken/domain/people/events.py").write_text(
        'class CupFilled(Happened):\n    """Somebody filled a cup."""\n\n    cup: int\n'
    )
    assert "| `CupFilled` | `cup` | Somebody filled a cup. |" in reference.events_page()


def test_an_event_without_a_docstring_is_refused(tree: Path) -> None:
    (tree / "harken/domain/people/events.py").write_text("class CupFilled(Happened):\n    ...\n")
    with pytest.raises(reference.Undocumented, match="CupFilled"):
        reference.events_page()


def command_line(option: str, words: str) -> typer.Typer:
    app = typer.Typer()

    def pour(cups: int = typer.Option(3, help=option)) -> int:
        return cups

    def rinse() -> None: ...

    app.command("pour", help=words)(pour)
    app.command("rinse", help="Rinse every cup.")(rinse)
    return app


def test_a_command_stands_with_its_options() -> None:
    page = reference.commands_page(command_line("How many cups.", "Fill cups."))
    assert "## harken pour\n\nFill cups." in page
    assert "| `--cups` | How many cups. |" in page


def test_a_command_of_a_group_stands_with_its_whole_name() -> None:
    app = command_line("How many cups.", "Fill cups.")
    app.add_typer(command_line("How many mugs.", "Fill mugs."), name="kitchen")
    page = reference.commands_page(app)
    assert "## harken kitchen pour\n\nFill mugs." in page
    assert "## harken pour\n\nFill cups." in page


def test_an_option_without_a_sentence_is_refused() -> None:
    with pytest.raises(reference.Undocumented, match="--cups"):
        reference.commands_page(command_line("", "Fill cups."))


def test_a_command_without_a_sentence_is_refused() -> None:
    with pytest.raises(reference.Undocumented, match="pour"):
        reference.commands_page(command_line("How many cups.", ""))
