"""Changing the topics themselves: their names, places in the tree, teams, owners and deputies."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from harken.domain.conversations.events import (
    TopicAdded,
    TopicEdited,
    TopicOwnerChanged,
    TopicRetired,
)
from harken.domain.conversations.models import Topic
from harken.domain.conversations.queries_topics import beneath, topic_tree
from harken.domain.journal.services import record
from harken.domain.people.models import Team, User
from harken.domain.people.queries import answering_people
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal
from harken.kit.text import storable

LONGEST_NAME = 60  # characters
DEEPEST = 6  # levels; a picker has to be readable


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """What a topic is to be: its name, whose it is, and who answers for it."""

    name: str
    team: Team | None = None
    parent: Topic | None = None
    owner: User | None = None
    deputy: User | None = None


def add_topic(plan: TopicPlan, *, by: User) -> Topic:
    """A new topic. Raises `NotAllowed`, and `Invalid` when something does not go together."""
    _may(by, plan.team)
    with transaction.atomic():
        _lock()
        topic = Topic(slug=_free_slug(plan.name))
        _fill(topic, plan)
        topic.save()
        record(TopicAdded(by=by.pk, topic=topic.pk))
        if plan.owner or plan.deputy:
            _tell_owner(topic, by)
        return topic


def change_topic(topic: Topic, plan: TopicPlan, *, by: User) -> Topic:
    """Make it another name, place, team, owner or deputy; conversations keep their own team.

    Raises `NotAllowed`, and `Invalid` when something does not go together.
    """
    _may(by, topic.team)
    _may(by, plan.team)
    with transaction.atomic():
        _lock()
        locked = Topic.objects.get(pk=topic.pk)
        before = (locked.owner_id, locked.deputy_id)
        _fill(locked, plan)
        locked.save()
        record(TopicEdited(by=by.pk, topic=locked.pk))
        if before != (locked.owner_id, locked.deputy_id):
            _tell_owner(locked, by)
        return locked


def retire_topic(topic: Topic, *, by: User) -> Topic:
    """Offer it no more; its conversations keep it. Raises `Refusal` while topics hang below."""
    _may(by, topic.team)
    with transaction.atomic():
        _lock()
        below = Topic.objects.filter(parent=topic, retired_at=None)
        if below.exists():
            raise Refusal(
                f"“{below[0]}” hangs below {topic}. Move it first, or take it out of use."
            )
        return _retire(topic, by, back=False)


def use_again(topic: Topic, *, by: User) -> Topic:
    """Offer a retired topic again, at the place it had."""
    _may(by, topic.team)
    with transaction.atomic():
        return _retire(topic, by, back=True)


def clear_owners(user: User, team: Team, *, by: User | None) -> None:
    """Somebody left a team: they own no topic of it any more, and stand in for nobody there."""
    if user.sees_all:
        return
    for topic in Topic.objects.filter(team=team).order_by("pk").select_for_update(of=("self",)):
        if user.pk in (topic.owner_id, topic.deputy_id):
            topic.owner = None if topic.owner_id == user.pk else topic.owner
            topic.deputy = None if topic.deputy_id == user.pk else topic.deputy
            topic.save(update_fields=["owner", "deputy"])
            _tell_owner(topic, by)


# --- pieces ----------------------------------------------------------------------------------


def _may(user: User, team: Team | None) -> None:
    if not user.can_manage:
        raise NotAllowed("Topics are changed by leads and managers.")
    if team and not user.sees_all and not user.teams.filter(pk=team.pk).exists():
        raise NotAllowed(f"Topics of {team} are changed by its own leads, and by managers.")


def _lock() -> None:
    """One change of the tree at a time: two moves together could close a ring."""
    list(Topic.objects.select_for_update().order_by("pk").values_list("pk"))


def _fill(topic: Topic, plan: TopicPlan) -> None:
    topic.name = storable(" ".join(plan.name.split()), LONGEST_NAME)
    topic.team, topic.parent = plan.team, plan.parent
    topic.owner, topic.deputy = plan.owner, plan.deputy
    _check_name(topic)
    _check_place(topic)
    _check_people(topic)


def _check_name(topic: Topic) -> None:
    if not topic.name:
        raise Invalid("The topic needs a name.")
    if Topic.objects.filter(name__iexact=topic.name).exclude(pk=topic.pk).exists():
        raise Invalid(f"There is a topic “{topic.name}” already, perhaps out of use.")


def _check_place(topic: Topic) -> None:
    tree = topic_tree()
    parent = next((each for each in tree if each.topic.pk == topic.parent_id), None)
    if topic.parent_id and parent is None:
        raise Invalid("The topic above it is out of use; choose another place.")
    inside = beneath(topic, tree) if topic.pk else set()
    if topic.parent_id in inside:
        raise Invalid(f"{topic} cannot hang below itself; choose another place.")
    own = [each.depth for each in tree if each.topic.pk in inside]
    height = max(own) - min(own) + 1 if own else 1
    if (parent.depth + 1 if parent else 0) + height > DEEPEST:
        raise Invalid(f"Topics go {DEEPEST} levels deep at most; choose a place further up.")


def _check_people(topic: Topic) -> None:
    if topic.owner_id and topic.owner_id == topic.deputy_id:
        raise Invalid("The deputy is there while the owner is away, so it has to be somebody else.")
    for user in (topic.owner, topic.deputy):
        if user and not answering_people(topic.team).filter(pk=user.pk).exists():
            where = f"is not in {topic.team}" if topic.team else "cannot answer customers"
            raise Invalid(f"{user} {where}; choose somebody else.")


def _free_slug(name: str) -> str:
    slug = wanted = slugify(name)[:36] or "topic"
    number = 2
    while Topic.objects.filter(slug=slug).exists():
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _retire(topic: Topic, by: User, *, back: bool) -> Topic:
    topic.retired_at = None if back else clock.now()
    topic.save(update_fields=["retired_at"])
    record(TopicRetired(by=by.pk, topic=topic.pk, back=back))
    return topic


def _tell_owner(topic: Topic, by: User | None) -> None:
    record(
        TopicOwnerChanged(
            by=by.pk if by else None,
            topic=topic.pk,
            owner=topic.owner_id,
            deputy=topic.deputy_id,
        )
    )
