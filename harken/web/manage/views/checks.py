"""The checks page: how much each weighs, the brand's lists, a field to try them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from harken.domain.people.models import Brand, Role
from harken.domain.replies import queries_checks as queries
from harken.domain.replies.checks.registry import checks as every_check
from harken.domain.replies.models_checks import SetSeverity, WordList
from harken.domain.replies.services.check_settings import (
    UnusableList,
    set_severity,
    set_words,
    usable_lines,
)
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.manage.brands import chosen_brand

MANAGERS = (Role.LEAD, Role.MANAGER)
LONGEST = 2_000  # characters that are tried
ABOUT = {
    WordList.FORBIDDEN: "Never leaves: a competitor's name, an insult, a phrase the house gave up.",
    WordList.RISKY: "Needs a second look: a discount, a word that lawyers read.",
    WordList.OURS: "Anybody may read it: our own domains, numbers, addresses.",
}


@dataclass
class Typed:
    """What a person typed and is shown again: lists, the text to try, what was wrong."""

    lines: dict[str, str] = field(default_factory=dict)
    text: str = ""
    refusal: Refusal | None = None
    wrong: str = ""  # the list that cannot be read
    weights: dict[str, str] = field(default_factory=dict)  # by check
    tried: list[tuple[str, str, list[tuple[str, bool]]]] | None = None


@page(*MANAGERS)
def checks(request: Request) -> HttpResponse:
    """Everything on one page."""
    return _shown(request, Typed())


@page(*MANAGERS, method="POST")
def weigh(request: Request) -> HttpResponse:
    """Save how much the checks weigh, for everybody or for a role."""
    brand, role = chosen_brand(request), request.POST.get("role", "")
    given = {check.key: request.POST.get(f"severity-{check.key}") for check in every_check()}
    asked = {key: weight for key, weight in given.items() if weight is not None}
    try:
        with transaction.atomic():
            for key, weight in asked.items():
                set_severity(brand, key, weight, role=role, by=request.user)
    except Refusal as refusal:
        return _shown(request, Typed(weights=asked, refusal=refusal))
    return _done(request, "Saved. The next answer that is read again is weighed so.")


@page(*MANAGERS, method="POST")
def words(request: Request) -> HttpResponse:
    """Try the lists as they are typed on a text, or save them."""
    typed = Typed(
        {name: request.POST.get(name, "") for name in WordList.values},
        request.POST.get("text", "")[:LONGEST],
    )
    try:
        with transaction.atomic():
            for name in WordList.values:
                typed.wrong, lines = name, typed.lines[name].splitlines()
                if request.POST.get("do") == "try":
                    usable_lines(lines)
                else:
                    set_words(chosen_brand(request), name, lines, by=request.user)
    except Refusal as refusal:
        typed.refusal = refusal
        return _shown(request, typed)
    typed.wrong = ""
    if request.POST.get("do") == "try":
        typed.tried = _tried(typed)
        return _shown(request, typed)
    return _done(request, "Saved. The lists hold from the next answer on.")


# --- pieces ----------------------------------------------------------------------------------


def _shown(request: Request, typed: Typed) -> HttpResponse:
    brand = chosen_brand(request)
    role = _role(request)
    held = {name: "\n".join(lines) for name, lines in queries.lines_of(brand).items()}
    context = screen.frame_context(request) | {
        "brand": brand,
        "brands": list(Brand.objects.order_by("pk")),
        "role": role,
        "whom": [("", "Everybody"), *_writing_roles()],
        "rows": _rows(brand, role, typed.weights),
        "lists": [
            (name, label, ABOUT[WordList(name)], typed.lines.get(name, held.get(name, "")))
            for name, label in WordList.choices
        ],
        "typed": typed,
        "where": _where(typed),
        "refusal": str(typed.refusal) if typed.refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    response = screen.render(request, "manage/checks.html", context)
    response.status_code = typed.refusal.status if typed.refusal else 200
    return response


def _rows(brand: Brand, role: str, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    chosen, usual = queries.set_for(brand, role), queries.set_for(brand, "") if role else {}
    done = queries.decisions(brand)
    return [
        {
            "check": check,
            "severity": typed.get(check.key, chosen.get(check.key, "")),
            "options": _options(usual.get(check.key, str(check.severity))),
            "done": done.get(check.key, Counter()),
        }
        for check in every_check()
    ]


def _options(usual: str) -> list[tuple[str, str]]:
    return [("", f"As usual ({SetSeverity(usual).label.lower()})"), *SetSeverity.choices]


def _writing_roles() -> list[tuple[str, str]]:
    return [(value, f"{label}s") for value, label in Role.choices if value != Role.VIEWER]


def _where(typed: Typed) -> tuple[str, str] | None:
    """The line that cannot be read, up to the column of the trouble and from there on."""
    refusal = typed.refusal
    if not isinstance(refusal, UnusableList) or refusal.column is None:
        return None
    line = " ".join(typed.lines[typed.wrong].splitlines()[refusal.line].split())
    return line[: refusal.column], line[refusal.column :]


def _tried(typed: Typed) -> list[tuple[str, str, list[tuple[str, bool]]]]:
    """Each line that is in the text, with the text cut where it is: (piece, is it found)."""
    found = []
    for name, label in WordList.choices:
        for line, there in queries.matches(
            usable_lines(typed.lines[name].splitlines()), typed.text
        ):
            found.append((label, line, _cut(typed.text, there)))
    return found


def _cut(text: str, there: queries.Places) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for start, end in there:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def _role(request: Request) -> str:
    asked = request.POST.get("role", request.GET.get("role", ""))
    return asked if asked in Role.values else ""


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    asked = {"brand": chosen_brand(request).slug, "role": _role(request)}
    query = urlencode({name: value for name, value in asked.items() if value})
    return HttpResponseRedirect(f"{reverse('manage:checks')}?{query}")
