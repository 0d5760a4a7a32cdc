"""Nothing reaches a network but by an authenticated person's own action: every way is walked.

A door is a place that puts something into the outbox: it makes a reply or a network action, or
gives one a state from which a worker takes it; or that holds or shows a text of ours for a customer
in private, which no outbox delivers. From every door all ways are walked back. Each
must come to a view that only signed-in writers can POST to, and there the person is the one who
asks (`by=request.user`). Whatever else is met (a loop, a task, a rule, a reaction, a command, a
page for anyone) is a way by which a machine could speak, and fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests.house.callers import Tree
from tests.house.source import Source, product_code, sources

OUTBOX = {"Reply", "NetworkAction", "PrivateText"}
MAKES = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate"}
LEAVES = {"SCHEDULED", "HELD", "QUEUED", "SENDING", "scheduled", "held", "queued", "sending"}
ASKS = {"filter", "exclude", "get", "Q", "When", "get_or_none"}
STORES = {"_store", "Message", "Message.objects.create"}  # where private messages are made
TABLES = ("replies_reply", "replies_networkaction", "handover_privatetext")
WRITES = ("insert into {0} ", "insert into {0}(", "update {0} ", "copy {0} ", "copy {0}(")
CALLS = {"send", "like", "delete"}  # what changes something at a network
DELIVERY = "harken.domain.replies.delivery."

# Doors behind the first one: a worker gives a reply a state again that a person had given it.
# Text, author and target are unchanged, and what it takes up was put there by a door below.
BEHIND = {
    "harken.domain.replies.delivery.outcome:delayed": "not applied, so it waits again",
    "harken.domain.replies.delivery.outcome:absent": "looked for and not there, so it waits again",
    "harken.domain.replies.delivery.action:_postponed": "a like or deletion is tried again",
    "harken.domain.replies.delivery.claim:": "the claims of what waits",
}

# The countdown of a private text is over: what is shown was held by a door below, unchanged.
SHOWS = "harken.domain.conversations.services.private:say_in_private"
LETS_OUT = "harken.domain.handover.services.say:let_out"


def real() -> list[Source]:
    return [source for source in sources() if product_code(source)]


def doors(tree: Tree) -> set[str]:
    """The places that put something into the outbox."""
    return {node for node in tree.nodes() if any(_opens(part) for part in tree.body(node))}


def _opens(part: ast.AST) -> bool:
    return any(
        _makes(each) or _lets_go(each) or _writes(each) or _speaks_in_private(each)
        for each in ast.walk(part)
    )


def _speaks_in_private(each: ast.AST) -> bool:
    """A private message of ours is stored: from then on the customer reads it."""
    if not isinstance(each, ast.Call) or ast.unparse(each.func) not in STORES:
        return False
    given = {word.arg: ast.unparse(word.value) for word in each.keywords}
    ours = given.get("direction") in {"Direction.OUTBOUND", "'outbound'"}
    return ours and (ast.unparse(each.func) == "_store" or given.get("is_private") == "True")


def _makes(each: ast.AST) -> bool:
    if not isinstance(each, ast.Call):
        return False
    if isinstance(each.func, ast.Name):
        return each.func.id in OUTBOX
    if not isinstance(each.func, ast.Attribute):
        return False
    names = {inner.id for inner in ast.walk(each.func) if isinstance(inner, ast.Name)}
    return each.func.attr in MAKES and bool(names & OUTBOX)


def _lets_go(each: ast.AST) -> bool:
    """A state from which a worker takes it is given, not asked for."""
    if isinstance(each, ast.Call):
        called = each.func.attr if isinstance(each.func, ast.Attribute) else ""
        called = each.func.id if isinstance(each.func, ast.Name) else called
        given = [word.value for word in each.keywords if word.arg == "state"]
        return called not in ASKS and any(_leaves(value) for value in given)
    if isinstance(each, ast.Dict):
        pairs = zip(each.keys, each.values, strict=True)
        return any(
            isinstance(key, ast.Constant) and key.value == "state" and _leaves(value)
            for key, value in pairs
        )
    if isinstance(each, ast.Assign):
        targets = [inner for target in each.targets for inner in ast.walk(target)]
        state = any(isinstance(one, ast.Attribute) and one.attr == "state" for one in targets)
        return state and _leaves(each.value)
    return False


def _leaves(value: ast.expr) -> bool:
    return any(
        (isinstance(each, ast.Attribute) and each.attr in LEAVES and _is_state(each.value))
        or (isinstance(each, ast.Constant) and each.value in LEAVES)
        for each in ast.walk(value)
    )


def _is_state(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in {"ReplyState", "TextState"}


def _writes(each: ast.AST) -> bool:
    """A statement of its own that writes into the outbox's tables."""
    if not isinstance(each, ast.Constant) or not isinstance(each.value, str):
        return False
    said = " ".join(each.value.lower().split()) + " "
    return any(shape.format(table) in said for table in TABLES for shape in WRITES)


def person_s_action(tree: Tree, node: str) -> bool | None:
    """Whether a view lets only signed-in writers POST; None: it is no view."""
    for part in tree.body(node):
        for mark in getattr(part, "decorator_list", ()):
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "page":
                roles = {ast.unparse(role) for role in mark.args}
                method = {ast.unparse(word.value) for word in mark.keywords}
                return bool(roles) and not roles & {"ANYONE", "*EVERYBODY"} and "'POST'" in method
    return None


def ways(tree: Tree) -> tuple[set[str], list[str]]:
    """The views every way begins at, and the ways that begin anywhere else."""
    views: set[str] = set()
    wrong: list[str] = []
    walked: set[str] = set()
    rest: list[tuple[str, tuple[str, ...]]] = [
        (door, (door,)) for door in sorted(doors(tree) - BEHIND.keys())
    ]
    while rest:
        node, way = rest.pop()
        if node in walked:
            continue
        walked.add(node)
        told = " <- ".join(way)
        allowed = person_s_action(tree, node)
        if node == LETS_OUT and _shows_what_was_held(tree):
            continue
        if allowed is not None:
            views.add(node)
            if not allowed:
                wrong.append(f"a page that is not a writer's action: {told}")
            continue
        before = sorted(tree.comes_from.get(node, ()))
        if not before:
            wrong.append(f"begins without a person: {told}")
        rest += [(each, (*way, each)) for each in before]
    pages = views | {node for node in walked if node.startswith("harken.web.")}
    wrong += [
        f"asks for somebody else: {each}" for each in pages if not _for_itself(tree, each, walked)
    ]
    return views, wrong


def _shows_what_was_held(tree: Tree) -> bool:
    """Whether every word and name that is shown then stands in the row that was held."""
    calls = [
        each
        for part in tree.body(LETS_OUT)
        for each in ast.walk(part)
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "say_in_private"
    ]
    given = [{word.arg: ast.unparse(word.value) for word in each.keywords} for each in calls]
    row = {"body": "text.body", "by": "text.author", "client_key": "text.client_key"}
    return bool(given) and all(row.items() <= each.items() for each in given)


def _for_itself(tree: Tree, view: str, walked: set[str]) -> bool:
    """Whether every call of a view into the domain that leads to a door is its person's own."""
    module = tree.modules[view.partition(":")[0]]
    mentioned = [each for part in tree.body(view) for each in ast.walk(part)]
    own = {
        id(each.func)
        for each in mentioned
        if isinstance(each, ast.Call)
        and any(w.arg == "by" and ast.unparse(w.value) == "request.user" for w in each.keywords)
    }
    leading = [
        each
        for each in mentioned
        if any(
            there in walked and there.startswith("harken.domain")
            for there in tree.meant(module, each)
        )
    ]
    return all(id(each) in own for each in leading)


def calls_at_the_network(tree: Tree) -> Iterator[str]:
    """Who has a connector send, like or delete."""
    for node in tree.nodes():
        for part in tree.body(node):
            for each in ast.walk(part):
                if (
                    isinstance(each, ast.Call)
                    and isinstance(each.func, ast.Attribute)
                    and each.func.attr in CALLS
                    and "connector" in ast.unparse(each.func.value).lower()
                ):
                    yield node


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(real())


def test_every_way_to_the_outbox_begins_with_an_authenticated_person_s_action(tree: Tree) -> None:
    views, wrong = ways(tree)
    assert not wrong, "\n".join(wrong)
    assert {
        "harken.web.desk.views.approvals:approve",
        "harken.web.desk.views.composer:send",
        "harken.web.desk.views.replies:like",
        "harken.web.desk.views.replies:retract",
        "harken.web.desk.views.replies:resolve",
    } <= views


def test_a_private_text_is_shown_by_the_end_of_its_countdown_alone(tree: Tree) -> None:
    assert tree.comes_from[SHOWS] == {LETS_OUT}
    assert _shows_what_was_held(tree)
    assert {
        "harken.domain.handover.services.say:_keep",
        "harken.domain.handover.services.wait:release",
    } <= doors(tree)


def test_only_the_delivery_speaks_to_a_network(tree: Tree) -> None:
    ports = ("harken.connectors.", "harken.kit.connector_contract.")  # the calls, and their tests
    found = {node for node in calls_at_the_network(tree) if not node.startswith(ports)}
    assert found
    assert {node for node in found if not node.startswith(DELIVERY)} == set()


def test_every_door_behind_the_first_is_still_one_and_only_workers_have_them(tree: Tree) -> None:
    assert BEHIND.keys() <= doors(tree)
    assert all(node.startswith(DELIVERY) for node in BEHIND)


SEND = "from harken.domain.replies.services.send import send\n"
SAY = "from harken.domain.handover.services.say import say\n"
PLANTED = {
    "a private text that nobody wrote": (
        "harken/domain/handover/tasks_too.py",
        SAY + "def greet(talk):\n    say(talk, body='Hello')",
    ),
    "a private text held by nobody": (
        "harken/domain/triage/held.py",
        "from harken.domain.handover.models import PrivateText\n"
        "def answer():\n    PrivateText.objects.create(body='Hello')",
    ),
    "a private text past its countdown": (
        "harken/domain/triage/shown.py",
        "from harken.domain.conversations.services.private import say_in_private\n"
        "def answer(person):\n    say_in_private(1, body='Hello', by=person)",
    ),
    "a customer who speaks as us": (
        "harken/web/portal/views/echo.py",
        SAY
        + "from harken.web.access import ANYONE, page\n"
        + "@page(ANYONE, method='POST')\ndef echo(request):\n    say(1, by=request.user)",
    ),
    "a private message stored elsewhere": (
        "harken/domain/triage/private.py",
        "from harken.domain.conversations.models import Direction, Message\n"
        "def answer():\n"
        "    Message.objects.create(direction=Direction.OUTBOUND, is_private=True)",
    ),
    "a loop that sends": (
        "harken/domain/sla/alarms_too.py",
        SEND + "def tick():\n    send(1, body='x')",
    ),
    "a reaction handed over": (
        "harken/domain/automation/answers.py",
        "from harken.domain.replies.services import network_actions\n"
        "def wire(react):\n    react(object, network_actions.like)",
    ),
    "a table of actions": (
        "harken/domain/automation/actions/reply.py",
        SEND + "ACTIONS = {'reply': send}",
    ),
    "a row made elsewhere": (
        "harken/domain/bulk/answers.py",
        "from harken.domain.replies.models import Reply\n"
        "def all_at_once():\n    Reply.objects.bulk_create([])",
    ),
    "a state given elsewhere": (
        "harken/domain/triage/push.py",
        "from harken.domain.replies.models import ReplyState\n"
        "def push(reply):\n    reply.state = ReplyState.QUEUED",
    ),
    "a statement of its own": (
        "harken/domain/insights/rows.py",
        "SQL = 'UPDATE replies_reply SET state = %s'",
    ),
    "a page for anyone": (
        "harken/web/desk/views/open.py",
        SEND
        + "from harken.web.access import ANYONE, page\n"
        + "@page(ANYONE, method='POST')\ndef say(request):\n    send(1, by=request.user)",
    ),
    "a page that is only opened": (
        "harken/web/desk/views/looked.py",
        SEND
        + "from harken.web.access import WRITERS, page\n"
        + "@page(*WRITERS)\ndef say(request):\n    send(1, by=request.user)",
    ),
    "a person who sends as another": (
        "harken/web/desk/views/sent_as.py",
        SEND
        + "from harken.web.access import WRITERS, page\n"
        + "@page(*WRITERS, method='POST')\ndef say(request):\n    send(1, by=request.POST['as'])",
    ),
}


@pytest.fixture(scope="module")
def planted_ways() -> list[str]:
    """The wrong ways of the product with everything above planted in it at once."""
    files = [Source(PurePosixPath(path), text) for path, text in PLANTED.values()]
    return ways(Tree([*real(), *files]))[1]


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_way_is_found(planted: str, planted_ways: list[str]) -> None:
    path, _ = PLANTED[planted]
    module = path.removesuffix(".py").replace("/", ".")
    assert any(f"{module}:" in line for line in planted_ways), planted_ways


def test_every_planted_way_has_a_module_of_its_own() -> None:
    assert len({path for path, _ in PLANTED.values()}) == len(PLANTED)
