"""Laws about who may do what on which floor; imports themselves are import-linter's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Finding, Rule, Source, calls, dotted, imported, product_code

ROOMS = (
    "journal",
    "people",
    "channels",
    "contacts",
    "conversations",
    "sla",
    "presence",
    "notifications",
    "roster",
    "bulk",
    "knowledge",
    "replies",
    "assist",
    "followups",
    "handover",
    "approvals",
    "triage",
    "listening",
    "departments",
    "escalation",
    "automation",
    "insights",
)
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
ALWAYS_WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "abulk_create"}
WRITES = {"create", "update", "delete", "acreate", "aupdate", "adelete"}
QUERYSETS = (".objects", ".filter()", ".exclude()", ".all()", ".using()", "_set")
CHANGES = ("insert ", "update ", "delete ", "truncate ", "merge ")
#: What stands on the way to a customer. A rule may know of none of it.
DOORS = (
    "harken.domain.replies",
    "harken.connectors",
    "harken.domain.conversations.services.receive",
)
SIGNALS = (
    "django.db.models.signals",
    "django.dispatch",
    "django.core.signals",
    "django.contrib.auth.signals",
    "allauth.account.signals",
)
CLIENTS = ("requests", "aiohttp", "urllib3", "niquests", "urllib.request", "http.client")
# httpx gives kit.http its errors and types, so it may be imported; nobody else opens anything.
OPENS = {"Client", "AsyncClient", "get", "post", "put", "patch", "delete", "request", "stream"}


def writes(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if not isinstance(call.func, ast.Attribute):
            continue
        name, owner = call.func.attr, dotted(call.func.value)
        # `drafts.save(conversation, by=user)` is a service; a model's `save()` takes no subject.
        bare = not call.args and all(keyword.arg != "by" for keyword in call.keywords)
        saves = name in {"save", "asave"} and bare
        rows = name in WRITES and any(part in f".{owner}" for part in QUERYSETS)
        text = call.args[0] if call.args else None
        sql = text.value if isinstance(text, ast.Constant) else ""
        raw = name == "execute" and str(sql).lstrip().lower().startswith(CHANGES)
        if name in ALWAYS_WRITES or saves or rows or raw:
            yield call.lineno, f"`{owner}.{name}` writes; call a service"


def signals(source: Source) -> Iterator[Finding]:
    for line, name in imported(source.tree):
        if name.startswith(SIGNALS):
            yield line, f"`{name}`: reactions are wired in config/wiring.py, not by signals"


def late_models(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if dotted(call.func).rpartition(".")[2] == "get_model":
            yield call.lineno, "get_model hides an import; import the model"


def room_of(source: Source) -> int:
    return ROOMS.index(source.path.parts[2])


def pointed_at(call: ast.Call) -> str:
    """The room a relation names by text or setting; empty when it is imported."""
    target = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg == "to":
            target = keyword.value
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        return target.value.rpartition(".")[0]
    if target is not None and dotted(target).endswith("AUTH_USER_MODEL"):
        return "people"
    return ""


def upward_keys(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if dotted(call.func).rpartition(".")[2] not in RELATIONS:
            continue
        room = pointed_at(call)
        if room and (room not in ROOMS or ROOMS.index(room) > room_of(source)):
            yield call.lineno, f"a key from {source.path.parts[2]} up to {room}"


def sends(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        name = dotted(call.func)
        owner, _, verb = name.rpartition(".")
        if verb in {"send", "like", "delete"} and "connector" in owner.lower():
            yield call.lineno, f"`{name}`: only replies delivery speaks to a network"


def speaks(source: Source) -> Iterator[Finding]:
    for line, name in imported(source.tree):
        if name.startswith(DOORS):
            yield line, f"`{name}`: a rule never speaks to a customer"


def http_clients(source: Source) -> Iterator[Finding]:
    for line, name in imported(source.tree):
        client = any(name == client or name.startswith(f"{client}.") for client in CLIENTS)
        opener = name.startswith("httpx.") and name.removeprefix("httpx.") in OPENS
        if client or opener:
            yield line, f"`{name}`: the one way out is kit.http"
    for call in calls(source.tree):
        owner, _, verb = dotted(call.func).rpartition(".")
        if owner == "httpx" and verb in OPENS:
            yield call.lineno, f"`httpx.{verb}`: the one way out is kit.http"


def endless(source: Source) -> Iterator[Finding]:
    for call in calls(source.tree):
        if dotted(call.func) not in {
            "httpx.Client",
            "httpx.AsyncClient",
            "socket.create_connection",
        }:
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        limit = given.get("timeout")
        if limit is None or (isinstance(limit, ast.Constant) and limit.value is None):
            yield call.lineno, f"`{dotted(call.func)}` without a deadline"


def in_room(source: Source) -> bool:
    return (
        product_code(source)
        and source.under("harken/domain")
        and len(source.path.parts) > 3
        and source.path.parts[2] in ROOMS
    )


RULES = (
    Rule(
        "The web floor reads models and never writes them",
        lambda source: product_code(source) and source.under("harken/web"),
        writes,
        bad=(
            ("harken/web/desk/views/a.py", "note.save()"),
            ("harken/web/desk/views/a.py", "Note.objects.create(body='x')"),
            ("harken/web/desk/views/a.py", "Note.objects.filter(id=1).delete()"),
            ("harken/web/desk/views/a.py", "conversation.note_set.update(body='')"),
            ("harken/web/desk/views/a.py", "Note.objects.get_or_create(id=1)"),
            ("harken/web/desk/views/a.py", "cursor.execute('DELETE FROM x')"),
        ),
        good=(
            ("harken/web/desk/views/a.py", "drafts.save(conversation, by=user)"),
            ("harken/web/desk/views/a.py", "context.update(page=1); cursor.execute('SELECT 1')"),
            ("harken/domain/people/services.py", "user.save()"),
        ),
    ),
    Rule(
        "No Django signals",
        product_code,
        signals,
        bad=(
            ("harken/domain/people/reactions.py", "from django.db.models.signals import post_save"),
            ("harken/config/apps.py", "from django.dispatch import receiver"),
        ),
        good=(("harken/config/apps.py", "import signal\nfrom django.apps import AppConfig"),),
    ),
    Rule(
        "Models are imported, not looked up by name",
        product_code,
        late_models,
        bad=(("harken/domain/people/queries.py", "apps.get_model('people', 'User')"),),
        good=(("harken/domain/people/queries.py", "get_user_model()"),),
    ),
    Rule(
        "Foreign keys point down",
        in_room,
        upward_keys,
        bad=(
            ("harken/domain/people/models.py", "models.ForeignKey('replies.Reply', on_delete=1)"),
            ("harken/domain/journal/models.py", "models.ForeignKey(settings.AUTH_USER_MODEL)"),
            ("harken/domain/people/models.py", "models.ManyToManyField(to='attic.Box')"),
        ),
        good=(
            ("harken/domain/replies/models.py", "models.ForeignKey('people.User')"),
            ("harken/domain/people/models.py", "models.ForeignKey('self')"),
            ("harken/domain/people/models.py", "models.ForeignKey('Team')"),
        ),
    ),
    Rule(
        "Only replies delivery writes to a network",
        lambda source: (
            product_code(source)
            and source.under("harken/domain", "harken/web", "harken/config")
            and not source.under("harken/domain/replies")
        ),
        sends,
        bad=(
            ("harken/web/desk/views/a.py", "connector.send(reply)"),
            ("harken/domain/channels/services.py", "connector_of(channel).like(a, b, c)"),
        ),
        good=(
            ("harken/domain/replies/delivery.py", "connector.send(reply)"),
            ("harken/domain/channels/services.py", "connector.read(cursor)"),
        ),
    ),
    Rule(
        "No rule speaks to a customer",
        lambda source: product_code(source) and source.under("harken/domain/automation"),
        speaks,
        bad=(
            (
                "harken/domain/automation/actions/answer.py",
                "from harken.domain.replies.services.send import send",
            ),
            (
                "harken/domain/automation/actions/answer.py",
                "import harken.domain.replies.models",
            ),
            (
                "harken/domain/automation/tasks.py",
                "from harken.connectors.loopback.connector import LoopbackConnector",
            ),
        ),
        good=(
            (
                "harken/domain/automation/actions/write_note.py",
                "from harken.domain.conversations.services.notes import write_note",
            ),
        ),
    ),
    Rule(
        "HTTP leaves through kit.http",
        lambda source: product_code(source) and not source.under("harken/kit/http.py"),
        http_clients,
        bad=(
            ("harken/connectors/x/client.py", "httpx.Client(timeout=5)"),
            ("harken/connectors/x/client.py", "from httpx import get"),
            ("harken/connectors/x/client.py", "import requests"),
            ("harken/web/desk/views/a.py", "from urllib.request import urlopen"),
        ),
        good=(
            ("harken/kit/http.py", "httpx.Client(timeout=5)"),
            ("harken/connectors/x/client.py", "import httpx\nerror = httpx.ConnectError"),
            ("harken/connectors/x/client.py", "from urllib.parse import urlsplit"),
        ),
    ),
    Rule(
        "Every outgoing connection has a deadline",
        product_code,
        endless,
        bad=(
            ("harken/kit/http.py", "httpx.Client()"),
            ("harken/kit/http.py", "httpx.Client(timeout=None)"),
        ),
        good=(("harken/kit/http.py", "httpx.Client(timeout=20)"),),
    ),
)
