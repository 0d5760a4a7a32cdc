"""The assistant cannot speak to a customer: no way leads from it to the outbox."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.house.callers import Tree
from tests.house.source import Source
from tests.house.test_human_only import BEHIND, doors, person_s_action, real

ROOT = Path(__file__).resolve().parent.parent.parent
ASSIST = (
    "harken.domain.assist.",
    "harken.web.desk.assisting",
    "harken.web.desk.views.assist",
)
#: What a script would send, or press, with.
HANDS = ("fetch(", ".click(", "submit(", "requestSubmit", "ajax(", "sendBeacon", "XMLHttpRequest")


def leading_to_a_door(tree: Tree) -> set[str]:
    """Everything from which some way leads to the outbox, up to the view it begins at.

    The doors behind the first are the worker's; that nothing of assist imports those, not even
    through another room, is a contract in .importlinter.
    """
    found, rest = set(), sorted(doors(tree) - BEHIND.keys())
    while rest:
        node = rest.pop()
        if node not in found:
            found.add(node)
            if person_s_action(tree, node) is None:
                rest += tree.comes_from.get(node, ())
    return found


def of_assist(nodes: set[str]) -> set[str]:
    return {node for node in nodes if node.startswith(ASSIST)}


def test_no_way_leads_from_the_assistant_to_the_outbox() -> None:
    tree = Tree(real())
    assert len(of_assist(set(tree.nodes()))) > 20
    assert of_assist(leading_to_a_door(tree)) == set()


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("harken/domain/assist/services/eager.py", "def eager():\n    send(1, body='x')"),
        ("harken/web/desk/views/assist_too.py", "def eager(request):\n    send(1, body='x')"),
    ],
)
def test_a_planted_way_is_found(path: str, call: str) -> None:
    text = f"from harken.domain.replies.services.send import send\n{call}"
    planted = Tree([*real(), Source(PurePosixPath(path), text)])
    assert of_assist(leading_to_a_door(planted))


def test_its_script_writes_into_the_field_and_presses_nothing() -> None:
    script = (ROOT / "harken/web/theme/static/js/pages/assist.js").read_text()
    assert "insertText" in script
    assert not [hand for hand in HANDS if hand in script]


def test_what_comes_back_holds_no_button_that_sends() -> None:
    for name in ("_assist.html", "assisted.html"):
        page = (ROOT / "harken/web/desk/templates/desk" / name).read_text()
        assert "desk:send" not in page
        assert 'type="submit"' not in page
        assert "data-primary" not in page
