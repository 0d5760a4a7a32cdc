"""Who answers for which topic in the demo company, and the topics above them."""

from __future__ import annotations

from itertools import cycle

from harken.config.demo.company import TOPICS, agents_of
from harken.domain.conversations.models import Topic
from harken.domain.conversations.services.topic_tree import TopicPlan, add_topic, change_topic
from harken.domain.people.models import Role, Team, User

#: A topic above others: its name, its team, and the slugs of those below it.
ABOVE = (
    ("Orders", "service", ("delivery", "damage", "returns")),
    ("Payments", "billing", ("invoice", "refund", "plan")),
    ("On the road", "technical", ("battery", "app", "ride")),
)


def give_owners() -> None:
    """Hang the topics below each other; each gets an owner and a deputy, in turn of the team."""
    manager = User.objects.filter(role=Role.MANAGER).order_by("pk")[0]
    parents = {slug: name for name, _, below in ABOVE for slug in below}
    topics = {topic.slug: topic for topic in Topic.objects.select_related("team")}
    for name, team, _ in ABOVE:
        plan = TopicPlan(name, Team.objects.get(slug=team))
        topics[name] = add_topic(plan, by=manager)
    turns = {slug: cycle(_people_of(slug)) for slug in {topic.team for topic in TOPICS}}
    for each in TOPICS:
        topic, turn = topics[each.slug], turns[each.team]
        above = topics.get(parents.get(each.slug, ""))
        owner, deputy = next(turn), next(turn)
        plan = TopicPlan(topic.name, topic.team, above, owner, deputy)
        change_topic(topic, plan, by=manager)


def _people_of(team: str) -> list[User]:
    """The agents of a team, its lead behind them, so that nobody stands in for themselves."""
    names = [agent.username for agent in agents_of(team)]
    agents = sorted(
        User.objects.filter(username__in=names), key=lambda one: names.index(one.username)
    )
    return [*agents, *User.objects.filter(teams__slug=team, role=Role.LEAD).order_by("pk")]
