"""The channels page: how each is doing, and what a lead can do about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from harken.domain.channels.models import Channel
from harken.domain.channels.queries import channels_health, health_of, somebody_listens
from harken.domain.channels.registry import connector_classes
from harken.domain.channels.services import connect as connecting
from harken.domain.channels.services import tune as tuning
from harken.domain.channels.services.practise import can_practise, send_test_post
from harken.domain.people.models import Brand, Role, Team
from harken.kit.connector import Connector
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid, Refusal
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page

MANAGERS = (Role.LEAD, Role.MANAGER)


@page(*EVERYBODY)
def channels(request: Request) -> HttpResponse:
    """Every channel as a card; people who do not manage see health only."""
    return _cards(request)


@page(*EVERYBODY)
def health(request: Request, pk: int) -> HttpResponse:
    """The figures of one card, asked for again and again while the page is open."""
    return screen.render(
        request, "manage/_health.html", {"health": health_of(_channel(pk)), "reader": request.user}
    )


@page(*MANAGERS)
def new(request: Request) -> HttpResponse:
    """Which network to connect."""
    classes = sorted(connector_classes().values(), key=lambda made: made.label)
    return screen.render(
        request, "manage/new.html", screen.frame_context(request) | {"classes": classes}
    )


@page(*MANAGERS)
def fill_in(request: Request, network: str) -> HttpResponse:
    """The form a network's connector asks for."""
    return _form(request, _class(network))


@page(*MANAGERS, method="POST")
def connect(request: Request, network: str) -> HttpResponse:
    """Log in and store the channel; what is wrong is said above the form."""
    made = _class(network)
    try:
        channel = connecting.connect(
            network,
            _values(request),
            brand=_brand(request),
            team=_team(request),
            by=request.user,
        )
    except Refusal as refusal:
        return _form(request, made, refusal)
    return _done(request, f"{channel.handle} is connected. Posts appear in the inbox from now on.")


@page(*MANAGERS, method="POST")
def pause(request: Request, pk: int) -> HttpResponse:
    """Stop reading and sending."""
    channel = tuning.pause(_channel(pk), by=request.user)
    return _done(request, f"{channel.handle} is paused. Nothing is read or sent.")


@page(*MANAGERS, method="POST")
def resume(request: Request, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    channel = tuning.resume(_channel(pk), by=request.user)
    return _done(request, f"{channel.handle} goes on where it stopped.")


@page(*MANAGERS, method="POST")
def tune(request: Request, pk: int) -> HttpResponse:
    """Save the listen-for words (one a line) and the time to take an answer back."""
    channel = _channel(pk)
    seconds = request.POST.get(f"undo_seconds-{pk}", "")
    try:
        if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 5):
            raise Invalid("The time to take an answer back is a whole number of seconds.")
        tuning.set_undo_seconds(channel, int(seconds), by=request.user)
        words = request.POST.get(f"listen_for-{pk}", "").splitlines()
        tuning.set_listen_for(channel, words, by=request.user)
    except Refusal as refusal:
        return _cards(request, pk, refusal)
    return _done(request, f"Saved for {channel.handle}.")


@page(*MANAGERS, method="POST")
def reconnect(request: Request, pk: int) -> HttpResponse:
    """Give the channel a new login."""
    channel = _channel(pk)
    try:
        connecting.reconnect(channel, _values(request, f"-{pk}"), by=request.user)
    except Refusal as refusal:
        return _cards(request, pk, refusal)
    return _done(request, f"{channel.handle} is connected again. What was missed is read now.")


@page(*MANAGERS, method="POST")
def test_post(request: Request, pk: int) -> HttpResponse:
    """Let an invented customer write to the channel, where that is possible."""
    channel = _channel(pk)
    try:
        send_test_post(channel, by=request.user)
    except Refusal as refusal:
        return _cards(request, pk, refusal)
    return _done(request, "A test post is on its way. It appears in the inbox in a moment.")


# --- pieces ----------------------------------------------------------------------------------


def _cards(
    request: Request, refused_for: int | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    shown = [
        {
            "health": each,
            "made": connector_classes().get(each.channel.network),
            "can_practise": can_practise(each.channel),
            "refusal": str(refusal) if each.channel.pk == refused_for else "",
        }
        for each in channels_health()
    ]
    context = screen.frame_context(request) | {
        "cards": shown,
        "said": [str(message) for message in messages.get_messages(request)],
        "alive": somebody_listens(),
    }
    response = screen.render(request, "manage/channels.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _form(request: Request, made: type[Connector], refusal: Refusal | None = None) -> HttpResponse:
    # A secret somebody typed is never sent back, not even to them.
    typed = {f.name: request.POST.get(f.name, f.default) for f in made.fields if not f.secret}
    context = screen.frame_context(request) | {
        "made": made,
        "typed": typed,
        "brands": [(brand.pk, brand.name) for brand in Brand.objects.order_by("name")],
        "teams_to_choose": [("", "None: everybody sees what comes in")]
        + [(str(team.pk), team.name) for team in Team.objects.all()],
        "chosen": {"brand": request.POST.get("brand", ""), "team": request.POST.get("team", "")},
        "refusal": str(refusal) if refusal else "",
    }
    response = screen.render(request, "manage/connect.html", context)
    response.status_code = refusal.status if refusal else 200
    return response


def _done(request: Request, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("manage:channels"))


def _channel(pk: int) -> Channel:
    return get_object_or_404(Channel.objects.select_related("brand", "team"), pk=pk)


def _class(network: str) -> type[Connector]:
    made = connector_classes().get(network)
    if made is None:
        raise Http404(network)
    return made


def _values(request: Request, suffix: str = "") -> dict[str, str]:
    # Every card of a page has the same fields: the channel's number keeps their names apart.
    return {name.removesuffix(suffix): str(value) for name, value in request.POST.items()}


def _brand(request: Request) -> Brand:
    brand = Brand.objects.filter(pk=id_in(request.POST.get("brand"))).first()
    if brand is None:
        raise Invalid("Choose the brand this account speaks for.")
    return brand


def _team(request: Request) -> Team | None:
    chosen = request.POST.get("team")
    if not chosen:
        return None
    team = Team.objects.filter(pk=id_in(chosen)).first()
    if team is None:
        raise Invalid("Choose one of the teams in the list.")
    return team
