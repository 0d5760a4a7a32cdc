"""The rules pages: the list in order, the form with its trial, and the log of one rule."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.automation import queries, wording
from harken.domain.automation.models import Outcome, Rule, RuleRun
from harken.domain.automation.services import rules as ruling
from harken.domain.automation.services.trial import LAST, Trial, try_out
from harken.domain.automation.spec import Spec, read
from harken.domain.automation.triggers import TRIGGERS, WAITS
from harken.domain.people.models import Role
from harken.kit.ids import id_in, number_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.manage import rule_form
from harken.web.manage.rule_form import Typed

MANAGERS = (Role.LEAD, Role.MANAGER)
SHOWN = 50  # conversations of a trial, and runs on a page of the log
FILTERS = {"did": "What it did", "errors": "Loops and failures", "all": "Every look"}


@page(*MANAGERS)
def rules(request: Request) -> HttpResponse:
    """Every rule in the order in which they are tried."""
    listed = list(queries.rules_in_order())
    versions = queries.current_versions(listed)
    tallies = queries.tallies(request.user)
    context = screen.frame_context(request) | {
        "rules": [
            {
                "rule": rule,
                "version": versions[rule.pk],
                "words": _words(read(versions[rule.pk].spec)),
                "tally": tallies.get(rule.pk, queries.Tally()),
            }
            for rule in listed
        ],
        "said": [str(message) for message in messages.get_messages(request)],
    }
    return screen.render(request, "manage/rules.html", context)


@page(*MANAGERS)
def new_rule(request: Request) -> HttpResponse:
    """An empty form."""
    return _form(request, None, rule_form.said(Spec(when=("message",))))


@page(*MANAGERS)
def rule(request: Request, pk: int) -> HttpResponse:
    """The form of one rule, and its versions."""
    found = _rule(pk)
    version = queries.current_versions([found])[found.pk]
    return _form(request, found, rule_form.said(read(version.spec)))


@page(*MANAGERS, method="POST")
def shape_rule(request: Request) -> HttpResponse:
    """The form with a row more or less, or with what the rule would have done."""
    found, typed = _asked(request), rule_form.typed(request.POST)
    if request.POST.get("do") != "try":
        return _form(request, found, rule_form.shaped(typed, request.POST))
    try:
        trial = try_out(typed.complete(), by=request.user)
    except Refusal as refusal:
        return _form(request, found, typed, refusal=refusal)
    return _form(request, found, typed, trial=trial)


@page(*MANAGERS, method="POST")
def save_rule(request: Request) -> HttpResponse:
    """Save exactly what was tried out; anything else is refused above the form."""
    found, typed = _asked(request), rule_form.typed(request.POST)
    try:
        proof = request.POST.get("proof", "")
        saved = ruling.save_rule(found, typed.complete(), proof, by=request.user)
    except Refusal as refusal:
        return _form(request, found, typed, refusal=refusal)
    place = "after all others" if found is None else f"as version {saved.number}"
    return _done(request, f"“{saved.name}” is saved, {place}.", saved)


@page(*MANAGERS, method="POST")
def switch_rule(request: Request, pk: int) -> HttpResponse:
    """Switch it on (`to` is "on") or off."""
    on = request.POST.get("to") == "on"
    try:
        saved = ruling.switch_rule(_rule(pk), on=on, by=request.user)
    except Refusal as refusal:
        return _done(request, str(refusal), _rule(pk))
    word = "on from now on" if on else "off; it changes nothing any more"
    return _done(request, f"“{saved.name}” is {word}.", saved)


@page(*MANAGERS, method="POST")
def move_rule(request: Request, pk: int) -> HttpResponse:
    """Try it earlier (`to` is "up") or later."""
    moved = ruling.move_rule(_rule(pk), up=request.POST.get("to") == "up", by=request.user)
    return HttpResponseRedirect(f"{reverse('manage:rules')}#rule-{moved.pk}")


@page(*MANAGERS, method="POST")
def retire_rule(request: Request, pk: int) -> HttpResponse:
    """Take it out of the list."""
    retired = ruling.retire_rule(_rule(pk), by=request.user)
    return _done(request, f"“{retired.name}” is taken out. What it did stays as it is.")


@page(*MANAGERS)
def rule_log(request: Request, pk: int) -> HttpResponse:
    """What a rule did, `what` of `FILTERS`, in conversations the reader may see."""
    found, what = _rule(pk), request.GET.get("what", "did")
    what = what if what in FILTERS else "did"
    before = number_in(request.GET.get("before"))
    runs = queries.runs(found, request.user, what=what, before=before, limit=SHOWN + 1)
    context = screen.frame_context(request) | {
        "rule": found,
        "what": what,
        "filters": FILTERS,
        "runs": _told(runs[:SHOWN]),
        "older": runs[SHOWN - 1].pk if len(runs) > SHOWN else None,
    }
    return screen.render(request, "manage/rule_log.html", context)


# --- pieces ----------------------------------------------------------------------------------


def _words(spec: Spec) -> dict[str, Any]:
    return {
        "when": wording.moments(spec),
        "if": wording.conditions(spec),
        "any": spec.match == "any",
        "then": wording.actions(spec),
        "stop_here": spec.stop_here,
    }


def _told(runs: list[RuleRun]) -> list[dict[str, Any]]:
    specs = {run.version_id: _words(read(run.version.spec)) for run in runs}
    chain = queries.names_of(rule for run in runs for rule in run.chain)
    return [
        {
            "run": run,
            "outcome": Outcome(run.outcome).label,
            "moment": TRIGGERS[run.trigger].label if run.trigger in TRIGGERS else run.trigger,
            "asked": list(zip(specs[run.version_id]["if"], run.answers, strict=False)),
            "results": run.results,
            "chain": [chain.get(rule, "a rule") for rule in run.chain],
        }
        for run in runs
    ]


def _form(
    request: Request,
    found: Rule | None,
    typed: Typed,
    *,
    refusal: Refusal | None = None,
    trial: Trial | None = None,
) -> HttpResponse:
    context = {
        "rule": found,
        "typed": typed,
        "triggers": list(TRIGGERS.values()),
        "waits": WAITS,
        "conditions": rule_form.condition_rows(typed.spec),
        "actions": rule_form.action_rows(typed.spec),
        "to_add": rule_form.to_add(),
        "added": request.POST.get("do", ""),
        "refusal": str(refusal) if refusal else "",
        "trial": trial,
        "shown": SHOWN,
        "last": LAST,
        "versions": list(found.versions.select_related("by")) if found else [],
    }
    if request.htmx:  # a piece of the page: what was refused stands in it, so it must be swapped
        return screen.render(request, "manage/_rule_form.html", context)
    response = screen.render(request, "manage/rule.html", screen.frame_context(request) | context)
    response.status_code = refusal.status if refusal else 200
    return response


def _done(request: Request, sentence: str, saved: Rule | None = None) -> HttpResponse:
    messages.success(request, sentence)
    address = reverse("manage:rules") + (f"#rule-{saved.pk}" if saved else "")
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def _asked(request: Request) -> Rule | None:
    number = id_in(request.POST.get("rule"))
    return _rule(number) if number else None


def _rule(pk: int) -> Rule:
    return get_object_or_404(queries.rules_in_order(), pk=pk)
