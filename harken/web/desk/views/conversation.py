"""One conversation: what was said, who the person is, and where one answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from harken.domain.approvals.queries import agreed, agreed_in_private
from harken.domain.approvals.queries_rules import voices
from harken.domain.channels.models import ChannelState
from harken.domain.channels.registry import connector_classes
from harken.domain.contacts.models import Mark
from harken.domain.contacts.queries import handles_of, person_of
from harken.domain.conversations.models import CloseReason, Conversation, Place, Priority
from harken.domain.conversations.queries import history, visible_to
from harken.domain.conversations.queries_case import asked_first, case_of, leading
from harken.domain.conversations.queries_contacts import namesakes
from harken.domain.conversations.queries_tags import TagName, tags_in_use, tags_on, to_choose
from harken.domain.conversations.queries_topics import topic_tree
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, latest_for
from harken.domain.departments.queries import owner_of
from harken.domain.followups.queries import open_in
from harken.domain.lookups import Lookup, look_up
from harken.domain.notifications.queries import names_in_notes
from harken.domain.people.models import Team
from harken.domain.people.queries import answering_people, whole_teams
from harken.domain.replies.queries import draft_of
from harken.domain.replies.queries_moved import place_lookup
from harken.domain.sla.queries import promise_of
from harken.domain.triage.queries import marks
from harken.kit import clock
from harken.web import screen
from harken.web.access import EVERYBODY, Request, page
from harken.web.desk import thread
from harken.web.desk.approving import returned_to
from harken.web.desk.assisting import offered
from harken.web.desk.beside import beside
from harken.web.desk.escalating import cards, how_many
from harken.web.desk.private_side import (
    PrivateSide,
    held_back,
    private_sides,
    taken_back,
    told_in_private,
)
from harken.web.desk.rows import badge
from harken.web.desk.snoozing import asleep
from harken.web.desk.sorting import mark_words, sorted_as, topic_names
from harken.web.desk.views.inbox import inbox_context, page_view
from harken.web.errors import is_fragment
from harken.web.languages import language_name

_AROUND = ("channel", "contact", "handle", "team", "topic__parent", "assignee", "turn")
EARLIER = 8  # conversations shown beside the thread
CHANNEL_NEEDS = {
    ChannelState.NEEDS_LOGIN: "This channel needs a new login.",
    ChannelState.PAUSED: "This channel is paused.",
    ChannelState.FAILING: "The network does not answer at the moment.",
}


@page(*EVERYBODY)
def conversation(request: Request, pk: int) -> HttpResponse:
    """The whole desk with this conversation open; only its pane for the list's own request."""
    found = visible(request, pk)
    if is_fragment(request):
        return screen.render(request, "desk/pane.html", pane_context(request, found))
    context = inbox_context(request, current=leading(found).pk) | pane_context(request, found)
    return screen.render(request, "desk/desk.html", context)


@page(*EVERYBODY)
def messages(request: Request, pk: int) -> HttpResponse:
    """The inside of the thread and the head above it, after something happened."""
    return screen.render(
        request, "desk/messages.html", thread_context(request, visible(request, pk))
    )


def visible(request: Request, pk: int) -> Conversation:
    """The conversation, if this person may know about it. Raises `Http404`."""
    found = visible_to(request.user).select_related(*_AROUND).defer("turn__raw", "turn__words")
    return get_object_or_404(found, pk=pk)


def pane_context(request: Request, found: Conversation) -> dict[str, Any]:
    """All of the pane: the thread, the composer, the pickers and the side column.

    Of a merged conversation the pane of its case, which answers there.
    """
    context = thread_context(request, found)
    lead = context["pane"]
    return (
        context
        | _composer(request, context["answering"], context["private_sides"])
        | _pickers(request, lead, context["tags"])
        | _person(request, lead)
    )


def _answering(request: Request, found: Conversation, case: list[Conversation]) -> Conversation:
    """The thread of the case that the composer answers: the one asked for, else the hottest."""
    if found.merged_into_id is not None:
        return found
    asked = request.GET.get("answer", "")
    chosen = (each for each in case if str(each.pk) == asked)
    return next(chosen, None) or asked_first(case)


def thread_context(request: Request, found: Conversation) -> dict[str, Any]:
    """What the thread and its head are made of."""
    lead = leading(found)
    case = case_of(lead) if lead.case_last_at is not None else [lead]
    answering = _answering(request, found, case)
    # The place before the thread: what comes between was not seen.
    known = look_up(**_lookups(lead, answering, case))
    found, threads = lead, thread.threads(case)
    around = _cards(request, case, has_escalations=known["escalations"] > 0)
    entries = thread.case_entries(threads, known["names"]) + held_back(around["private_sides"])
    asked = [each for each in entries if each.kind == "inbound"]
    mark = known["marks"].get(found.pk)
    return {
        "pane": found,
        "threads": threads,
        "answering": answering,
        "read_up_to": known["place"] or 0,
        **_to_come(found, case),
        "sorting": sorted_as(found, known["topics"]),
        "tags": known["tags"],
        "mark": found.contact.get_mark_display() if found.contact.mark else "",
        **around,
        "marks": (["threat"] if mark and mark.threat else []) + mark_words(mark),
        "name": found.contact.name or f"@{found.handle.handle}",
        "network": badge(found.channel.network),
        "entries": entries,
        **_ours(entries, around["private_sides"], request.user.pk),
        "newest": max((entry.of.pk for entry in asked), default=0),
        "link": _link(asked, answering),
        "can": next((each.can for each in threads if each.conversation == answering), None),
        "can_write": request.user.can_answer,
        "channel_needs": CHANNEL_NEEDS.get(ChannelState(found.channel.state), ""),
        "reader": request.user,
        "owner": owner_of(found),
        "waits": found.waits_since is not None,
        "waits_until": found.hot_at,
        "promise_seconds": found.hot_seconds or 0,
        "promise": promise_of(asked_first(case)),
        "is_open": found.place != Place.CLOSED,
    } | beside(request.user, answering, entries)


def _to_come(found: Conversation, case: list[Conversation]) -> dict[str, Any]:
    """Until when it is set aside, and what was promised in it."""
    promised = [each for one in case for each in open_in(one)]
    return {
        "asleep": asleep(found),
        "until_they_write": UNTIL_THEY_WRITE,
        "promised": promised,
    }


def _cards(request: Request, case: list[Conversation], *, has_escalations: bool) -> dict[str, Any]:
    """What stands above the thread: escalations, and the private sides of the case."""
    # Nearly every conversation has none, and asking so much of them takes its time.
    escalations = cards(request.user, leading(case[0])) if has_escalations else []
    return {"escalations": escalations, "private_sides": private_sides(case)}


def _lookups(
    lead: Conversation, answering: Conversation, case: list[Conversation]
) -> dict[str, Lookup[Any]]:
    """The small things around a thread, asked in one statement."""
    return {
        "place": place_lookup(answering),
        "names": names_in_notes(case),
        "marks": marks([lead.pk]),
        "tags": tags_on(lead),
        "topics": topic_names(),
        "escalations": how_many(lead),
    }


def _link(asked: list[thread.Entry], answering: Conversation) -> str:
    """Where the newest post of this conversation stands at the network."""
    return next((each.url for each in reversed(asked) if each.url and _is_of(each, answering)), "")


def _is_of(entry: thread.Entry, conversation: Conversation) -> bool:
    return entry.place is None or entry.place.conversation.pk == conversation.pk


def _ours(entries: list[thread.Entry], sides: list[PrivateSide], reader: int) -> dict[str, Any]:
    """Who agreed to which entry of ours (by its id), and which one can be undone by a key."""
    public = agreed(entry.reply.pk for entry in entries if entry.reply)
    told = {
        each.id: public[each.reply.pk] for each in entries if each.reply and each.reply.pk in public
    }
    if sides:  # most cases have none
        talks = {side.of.conversation_id for side in sides}
        told |= told_in_private(entries, agreed_in_private(talks))
    return {"agreed": told, "last_held": _last_held(entries, reader)}


def _last_held(entries: list[thread.Entry], reader: int) -> str:
    """The entry that the undo key means: the reader's newest that has not left; "" for none."""
    held = [each for each in entries if each.look == "held" and each.of.author_id == reader]
    return max(held, key=lambda each: each.at).id if held else ""


def _composer(request: Request, found: Conversation, sides: list[PrivateSide]) -> dict[str, Any]:
    if not request.user.can_answer:
        return {"returned": None}
    made = connector_classes().get(found.channel.network)
    draft = draft_of(found, request.user)
    back = taken_back(found, request.user, sides, draft)
    return {
        "draft": draft if back is None else back.as_draft,
        "taken_back": back,
        "assist": offered(),
        "limit": made.capabilities.length_limit if made else 0,
        # What comes back comes back as a draft: without one there is nothing to look for.
        "returned": returned_to(request.user, found, privately=back is not None)
        if draft.pk or back
        else None,
        "voices": list(voices()),
    }


def _pickers(request: Request, found: Conversation, tags: Sequence[TagName]) -> dict[str, Any]:
    if not request.user.can_answer:
        return {}
    latest = latest_for(found) if found.waits_since else None
    same_name = namesakes(request.user, person_of(found.contact)).values_list("pk")
    known = look_up(
        in_use=tags_in_use(request.user),
        teams=whole_teams(Team.objects.all()),
        namesakes=Lookup(same_name, len),
    )
    return {
        "namesakes": known["namesakes"],
        "too_late": latest is not None and latest <= clock.now(),
        "colleagues": answering_people(found.team),
        "topics": topic_tree(),
        "known_tags": to_choose(tags, known["in_use"]),
        "priorities": Priority.choices,
        "next_view": page_view(request),
        "teams": known["teams"],
        "reasons": CloseReason.choices,
    }


def _person(request: Request, found: Conversation) -> dict[str, Any]:
    earlier = history(request.user, found.contact, without=found.pk)[:EARLIER]
    return {
        "contact": found.contact,
        "all_marks": Mark.choices,
        "language": language_name(found.contact.language),
        "handles": [(handle, badge(handle.network)) for handle in handles_of(found.contact)],
        "earlier": [(other, badge(other.channel.network)) for other in earlier],
    }


def changed_context(request: Request, pk: int) -> dict[str, Any]:
    """What the pieces of the pane that an action may change are made of."""
    found = visible(request, pk)
    lead = leading(found)
    done = {"said": "", "undo_url": "", "sent": None, "held_text": None, "with_composer": False}
    context = thread_context(request, found)
    return (
        context
        | _composer(request, context["answering"], context["private_sides"])
        | _pickers(request, lead, context["tags"])
        | done
    )
