"""The saved answers: the list, the form with its lengths, the versions, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Topic
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.queries_answers import SOON, WHICH, Narrowed, languages_of, listed
from harken.domain.knowledge.queries_gaps import gaps as open_gaps
from harken.domain.knowledge.services import answers as writing
from harken.domain.knowledge.services.permission import may_change
from harken.domain.knowledge.wording import SHORTEST, filled, holes
from harken.domain.people.models import Brand, Role, User
from harken.domain.people.queries import answering_people
from harken.kit import clock
from harken.kit.connector import Length
from harken.kit.ids import id_in, number_in
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.web import screen
from harken.web.access import EVERYBODY, WRITERS, Request, page
from harken.web.errors import by_field
from harken.web.languages import language_name
from harken.web.manage.brands import chosen_brand

T = TypeVar("T")
MANAGERS = (Role.LEAD, Role.MANAGER)
SHOWN = 100  # answers on a page; who looks for one of more narrows the list
LONGEST = 100  # characters searched for
LANGUAGES = ("en", "nl", "de", "fr", "es")
SAMPLE = "Amara"  # a name of usual length, for measuring


@page(*EVERYBODY)
def answers(request: Request) -> HttpResponse:
    """The list, searched and narrowed."""
    brand, narrowed = chosen_brand(request), _narrowed(request)
    found = listed(brand, narrowed)
    every = SavedAnswer.objects.filter(brand=brand)
    context = _frame(request, brand) | {
        "narrowed": narrowed,
        "answers": found[:SHOWN],
        "count": found.count(),
        "shown": SHOWN,
        "which": WHICH,
        "topics": [branch.topic for branch in topic_tree()],
        "languages": [(code, language_name(code)) for code in languages_of(every)],
        "today": clock.now().date(),
        "soon": clock.now().date() + SOON,
    }
    return screen.render(request, "manage/answers.html", context)


@page(*MANAGERS)
def gaps(request: Request) -> HttpResponse:
    """What customers ask often and no answer takes up."""
    brand = chosen_brand(request)
    found = [(gap, language_name(gap.language)) for gap in open_gaps(request.user, brand)]
    return screen.render(request, "manage/gaps.html", _frame(request, brand) | {"gaps": found})


@page(*MANAGERS)
def new_answer(request: Request) -> HttpResponse:
    """An empty form; the address may fill in topic, language and title."""
    given = {name: request.GET.get(name, "")[:LONGEST] for name in ("topic", "language", "title")}
    return _form(request, None, {"short": "Hi {name}, {personal} "} | given)


@page(*MANAGERS, method="POST")
def add_answer(request: Request) -> HttpResponse:
    """Write a new answer; what is wrong is said above the form."""
    try:
        answer = writing.write_answer(chosen_brand(request), _plan(request), by=request.user)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _form(request, None, _typed(request), refusal)
    return _done(request, f"“{answer}” is saved and found from now on.")


@page(*EVERYBODY)
def answer(request: Request, pk: int) -> HttpResponse:
    """One answer: its form for who may change it, its versions and how often it was used."""
    found = _answer(pk)
    fields = ("title", "short", "long", "evidence", "language")
    said = {name: getattr(found, name) for name in fields}
    said |= {"topic": found.topic_id or "", "owner": found.owner_id}
    said |= {"valid_until": found.valid_until.isoformat() if found.valid_until else ""}
    return _form(request, found, said)


@page(*WRITERS, method="POST")
def save_answer(request: Request, pk: int) -> HttpResponse:
    """Change an answer; what is wrong is said above the form."""
    found = _answer(pk)
    try:
        found = writing.change_answer(found, _plan(request), by=request.user)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _form(request, found, _typed(request), refusal)
    return _done(request, f"“{found}” is saved; this is version {found.version}.")


@page(*WRITERS, method="POST")
def retire_answer(request: Request, pk: int) -> HttpResponse:
    """Offer it no more."""
    found = writing.retire_answer(_answer(pk), by=request.user)
    return _done(request, f"“{found}” is out of use. Its versions stay.")


@page(*WRITERS, method="POST")
def restore_answer(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    found = writing.restore_answer(_answer(pk), by=request.user)
    return _done(request, f"“{found}” is in use again.")


@page(*WRITERS, method="POST")
def measure_answer(request: Request) -> HttpResponse:
    """How long both wordings are for every network that is connected."""
    return screen.render(request, "manage/_measured.html", {"measured": _measured(request.POST)})


# --- pieces ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """One wording at one network; `open` are its holes beside the name."""

    wording: str
    network: str
    length: Length
    open: int


def _measured(said: Any) -> list[Measured]:
    """Each written wording at each network, a name of usual length in it."""
    channels = {each.network: each for each in Channel.objects.order_by("-pk")}
    found = []
    for wording in ("short", "long"):
        text = filled(str(said.get(wording, ""))[: writing.LONGEST].strip(), SAMPLE)
        for channel in channels.values() if text else ():
            connector = pure_connector(channel)
            found.append(
                Measured(wording, connector.label, connector.length(text), len(holes(text)))
            )
    return found


def _frame(request: Request, brand: Brand) -> dict[str, Any]:
    return screen.frame_context(request) | {
        "brand": brand,
        "brands": list(Brand.objects.order_by("pk")),
        "manages": request.user.can_manage,
        "said": [str(message) for message in messages.get_messages(request)],
    }


def _narrowed(request: Request) -> Narrowed:
    asked = request.GET.get("which", "")
    return Narrowed(
        text=request.GET.get("q", "").strip()[:LONGEST],
        which=asked if asked in dict(WHICH) else "",
        topic=number_in(request.GET.get("topic")),
        language=request.GET.get("language", "")[:12],
        owner=request.user.pk if request.GET.get("mine") == "1" else None,
    )


def _form(
    request: Request,
    found: SavedAnswer | None,
    typed: dict[str, Any],
    refusal: Refusal | None = None,
) -> HttpResponse:
    brand = found.brand if found else chosen_brand(request)
    context = _frame(request, brand) | {
        "answer": found,
        "typed": defaultdict(str, typed),
        "may_change": found is None or _may_change(found, request.user),
        "versions": found.versions.select_related("written_by") if found else [],
        "used": found.uses.filter(sent_at__isnull=False).count() if found else 0,
        "ended": found is not None
        and found.valid_until is not None
        and found.valid_until < clock.now().date(),
        "topics": [("", "no topic"), *((b.topic.pk, b.name) for b in topic_tree())],
        "owners": [(person.pk, str(person)) for person in answering_people()],
        "languages": [("", "any"), *((code, language_name(code)) for code in LANGUAGES)],
        "shortest": SHORTEST,
        "measured": _measured(typed),
        "refusal": str(refusal) if refusal else "",
        "errors": by_field(refusal),
    }
    response = screen.render(request, "manage/answer.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _may_change(answer: SavedAnswer, user: User) -> bool:
    try:
        may_change(answer, user)
    except NotAllowed:
        return False
    return True


def _typed(request: Request) -> dict[str, Any]:
    return {name: str(value) for name, value in request.POST.items()}


def _plan(request: Request) -> writing.AnswerPlan:
    posted = request.POST
    topic = posted.get("topic", "")
    owner = User.objects.filter(pk=id_in(posted.get("owner"))).first()
    return writing.AnswerPlan(
        title=posted.get("title", ""),
        short=posted.get("short", ""),
        long=posted.get("long", ""),
        evidence=posted.get("evidence", ""),
        language=posted.get("language", "") if posted.get("language") in LANGUAGES else "",
        topic=_there(Topic.objects.filter(pk=id_in(topic)).first(), "topic") if topic else None,
        owner=_there(owner, "owner"),
        valid_until=_day(posted.get("valid_until", "")),
    )


def _there(found: T | None, field: str) -> T:
    if found is None:
        gone = "Choose from the list; what was chosen is not there any more."
        raise Invalid(gone, field=field)
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        said = "True until: choose a day, such as 2027-03-31."
        raise Invalid(said, field="valid_until") from None


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    brand = chosen_brand(request)
    query = urlencode({"brand": brand.slug}) if Brand.objects.count() > 1 else ""
    return HttpResponseRedirect(reverse("manage:answers") + (f"?{query}" if query else ""))


def _answer(pk: int) -> SavedAnswer:
    return get_object_or_404(SavedAnswer.objects.select_related("brand", "owner", "topic"), pk=pk)
