"""The approvals page: whose word an answer needs, who learns, the crisis, whose voice is whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.approvals import queries_rules as queries
from harken.domain.approvals.models_rules import ApprovalRule, First, Voice
from harken.domain.approvals.services import rules, voices
from harken.domain.channels.models import Channel
from harken.domain.channels.registry import connector_classes
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.people.models import Role, User
from harken.domain.people.queries import answering_people
from harken.domain.sla.written import write_duration
from harken.kit.ids import id_in
from harken.kit.refusals import Refusal
from harken.web import screen
from harken.web.access import Request, page
from harken.web.errors import by_field
from harken.web.manage.approval_form import DUTY, NEW, filled, read, typed

MANAGERS = (Role.LEAD, Role.MANAGER)


@page(*MANAGERS)
def approvals(request: Request) -> HttpResponse:
    """The rules in order, and everything they ask about."""
    return _listed(request)


@page(*MANAGERS, method="POST")
def add_rule(request: Request) -> HttpResponse:
    """A new rule at the end."""
    return _save(request, None)


@page(*MANAGERS, method="POST")
def change_rule(request: Request, pk: int) -> HttpResponse:
    """Say something else from now on."""
    return _save(request, get_object_or_404(ApprovalRule, pk=pk, retired_at=None))


@page(*MANAGERS, method="POST")
def move_rule(request: Request, pk: int) -> HttpResponse:
    """One place up (`up` is "1") or down."""
    rule = get_object_or_404(ApprovalRule, pk=pk, retired_at=None)
    rules.move_rule(rule, up=request.POST.get("up") == "1", by=request.user)
    return _done(request, f"“{rule}” has another place.")


@page(*MANAGERS, method="POST")
def retire_rule(request: Request, pk: int) -> HttpResponse:
    """The rule asks nobody any more; what waits under it still waits."""
    rule = get_object_or_404(ApprovalRule, pk=pk, retired_at=None)
    rules.retire_rule(rule, by=request.user)
    return _done(request, f"“{rule}” is out of use.")


@page(*MANAGERS, method="POST")
def trainee(request: Request, pk: int) -> HttpResponse:
    """The person learns (`learns` is "1"), or does so no more."""
    person, learns = get_object_or_404(User, pk=pk), request.POST.get("learns") == "1"
    try:
        rules.set_trainee(person, learns=learns, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal)
    return _done(request, f"{person} learns." if learns else f"{person} has learnt.")


@page(*MANAGERS, method="POST")
def crisis(request: Request) -> HttpResponse:
    """The rules for a crisis hold from now on (`on` is "1"), or no more."""
    on = request.POST.get("on") == "1"
    rules.switch_crisis(on=on, by=request.user)
    return _done(request, "The rules for a crisis hold." if on else "The crisis is over.")


@page(Role.MANAGER, method="POST")
def give_voice(request: Request, pk: int) -> HttpResponse:
    """Give an executive the voice with this `signature`, and with the channel if one is chosen."""
    person = get_object_or_404(User, pk=pk, role=Role.EXECUTIVE)
    chosen = request.POST.get("channel", "")
    signature = request.POST.get("signature", "")
    channel = Channel.objects.filter(pk=id_in(chosen)).first()
    try:
        voices.give_voice(person, signature=signature, channel=channel, by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal, voice_of=person.pk)
    return _done(request, f"Only {person} speaks so from now on.")


@page(Role.MANAGER, method="POST")
def retire_voice(request: Request, pk: int) -> HttpResponse:
    """Take a voice away."""
    voice = get_object_or_404(Voice, pk=pk, retired_at=None)
    voices.retire_voice(voice, by=request.user)
    return _done(request, f"“{voice}” is nobody's voice any more.")


# --- pieces ----------------------------------------------------------------------------------


def _save(request: Request, rule: ApprovalRule | None) -> HttpResponse:
    try:
        saved = rules.save_rule(rule, read(request.POST), by=request.user)
    except Refusal as refusal:
        return _listed(request, refusal, form=str(rule.pk) if rule else "new")
    return _done(request, f"Saved: “{saved}”. It holds from the next answer on.")


def _listed(
    request: Request, refusal: Refusal | None = None, *, form: str = "", voice_of: int = 0
) -> HttpResponse:
    """The page; after a `refusal` with what was typed into `form`, or for the voice of a person."""
    learning = {row.person_id: row for row in queries.trainees()}
    known = {voice.person_id: voice for voice in queries.voices()}
    executives = User.objects.filter(role=Role.EXECUTIVE, is_active=True)
    every = list(queries.rules_in_order())
    shown = form or request.GET.get("rule", "")
    context = screen.frame_context(request) | {
        "rules": every,
        "held": defaultdict(str, typed(request.POST) if form else _held(every, shown)),
        "voice_of": voice_of,
        "typed": request.POST.dict() | {"channel": request.POST.get("channel", "")},
        "errors": by_field(refusal),
        "crisis": queries.crisis_since(),
        "people": [(person, learning.get(person.pk)) for person in answering_people()],
        "speakers": [(person, known.get(person.pk)) for person in executives.order_by("pk")],
        "topics": [(branch.topic.pk, branch.name) for branch in topic_tree()],
        "channels": [(each.pk, f"@{each.handle}") for each in Channel.objects.order_by("pk")],
        "networks": [(name, made.label) for name, made in sorted(connector_classes().items())],
        "firsts": First.choices,
        "duty": DUTY,
        "most": rules.MOST,
        "write_duration": write_duration,
        "gives_voices": request.user.role == Role.MANAGER,
        "shown_form": shown,
        "refusal": str(refusal) if refusal else "",
        "said": [str(message) for message in messages.get_messages(request)],
    }
    response = screen.render(request, "manage/approvals.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _held(every: Sequence[ApprovalRule], shown: str) -> dict[str, str]:
    """What the form that is open holds: a rule's own values, or those of a new one."""
    return next((filled(rule) for rule in every if str(rule.pk) == shown), dict(NEW))


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:approvals"))
