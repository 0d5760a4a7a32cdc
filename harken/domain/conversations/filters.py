"""What a list can be narrowed by: a filter as plain words, as part of an address, as a condition.

A view is written as in an address: its name, then what narrows it:
`hot`, `team:claims&topic=refunds&tag=urgent-case`, `saved:12&assignee=me`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, quote

from django.db.models import Q

from harken.domain.contacts.models import Mark
from harken.domain.conversations.models import ConversationTag, Priority, Topic
from harken.domain.people.models import User
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid

LONGEST = 1000  # characters of a written view
SORTS = ("hot", "newest")
NOBODY, ME = "none", "me"


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a view; empty holds always. Several values of one field: any of them.

    Of tags all must be there. `topic` is a slug and stands for what lies below it too; `assignee`
    is "me", "none" or an id; `channel` an id; `waits` "yes" or "no"; `text` stands in the
    newest message or the name. `sort` is no condition: "hot" or "newest", empty as the view has it.
    """

    team: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    assignee: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Iterable[str]]) -> Filter:
        """The filter that these values make. Raises `ValueError` for values that make no sense."""
        kept = {
            field.name: tuple(
                dict.fromkeys(text.strip() for text in values.get(field.name, ()) if text.strip())
            )
            for field in fields(cls)
        }
        made = cls(**kept)
        made.check()
        return made

    def check(self) -> None:
        """Raises `ValueError` for a word that is none of its list, or not a number."""
        known: dict[str, Iterable[str]] = {
            "priority": Priority.values,
            "mark": [*(value for value in Mark.values if value), "any"],
            "waits": ("yes", "no"),
            "sort": SORTS,
        }
        for name, allowed in known.items():
            if set(getattr(self, name)) - set(allowed):
                raise ValueError(f"{name} cannot be {getattr(self, name)!r}")
        numbers = [*self.channel, *(who for who in self.assignee if who not in {ME, NOBODY})]
        if not all(map(id_in, numbers)):
            raise ValueError(f"not a number: {numbers!r}")

    def __bool__(self) -> bool:
        return bool(self.pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """Field and value of everything that is set, in the order of the fields."""
        return [(field.name, each) for field in fields(self) for each in getattr(self, field.name)]

    def stored(self) -> dict[str, list[str]]:
        """What is set, as it is kept in a column."""
        return {f.name: list(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)}

    def without(self, name: str, value: str) -> Filter:
        """The same without this value."""
        return replace(self, **{name: tuple(v for v in getattr(self, name) if v != value)})

    def condition(self, user: User) -> Q:
        """What a conversation must be, for this reader."""
        found = Q()
        if self.team:
            found &= Q(team__slug__in=self.team)
        if self.topic:
            found &= Q(topic__in=_with_those_below(self.topic))
        for name in self.tag:
            tagged = ConversationTag.objects.filter(tag__name=name).values("conversation")
            found &= Q(pk__in=tagged)
        if self.priority:
            found &= Q(priority__in=self.priority)
        if self.mark:
            marked = ~Q(contact__mark="") if "any" in self.mark else Q(contact__mark__in=self.mark)
            found &= marked
        if self.language:
            found &= Q(language__in=self.language)
        if self.channel:
            found &= Q(channel__in=self.channel)
        return found & self._who(user) & self._what()

    def _who(self, user: User) -> Q:
        found = Q()
        if ME in self.assignee:
            found |= Q(assignee=user)
        if NOBODY in self.assignee:
            found |= Q(assignee__isnull=True)
        ids = [each for each in self.assignee if each not in {ME, NOBODY}]
        return found | Q(assignee__in=ids) if ids else found

    def _what(self) -> Q:
        found = Q()
        if len(self.waits) == 1:
            found &= Q(waits_since__isnull=self.waits == ("no",))
        for text in self.text:
            named = Q(handle__display_name__icontains=text) | Q(handle__handle__icontains=text)
            found &= named | Q(snippet__icontains=text)
        return found


def _with_those_below(slugs: Iterable[str]) -> list[int]:
    """The topics of these slugs and all below them (ids)."""
    topics = list(Topic.objects.values_list("pk", "parent_id", "slug"))
    wanted = {pk for pk, _, slug in topics if slug in set(slugs)}
    while more := {pk for pk, parent, _ in topics if parent in wanted} - wanted:
        wanted |= more
    return sorted(wanted)


def written(base: str, narrowed: Filter) -> str:
    """The view as it stands in an address, after `view=`."""
    pairs = [f"{name}={quote(value, safe='')}" for name, value in narrowed.pairs()]
    return "&".join([quote(base, safe=":"), *pairs])


def read(view: str) -> tuple[str, Filter]:
    """A written view as its name and its filter. Raises `ValueError`."""
    if len(view) > LONGEST:
        raise ValueError("the view is too long")
    pairs = parse_qsl(f"view={view}", max_num_fields=60)
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return (values.get("view") or [""])[0], Filter.of(values)


def asked(values: Mapping[str, Iterable[str]]) -> Filter:
    """The filter a form was filled in with. Raises `Invalid`."""
    try:
        return Filter.of(values)
    except ValueError as error:
        raise Invalid(f"The list cannot be narrowed like this: {error}.") from error
