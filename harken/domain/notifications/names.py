"""Who is meant by `@name` in a note."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import Team, User

# Not within an address or a handle of a network: "ann@mail.example" names nobody.
_NAMED = re.compile(r"(?<![\w@/.])@(\w[\w.-]{0,149})")
#: What means the team of the conversation, whatever its name.
ITS_TEAM = "team"


def named_in(text: str) -> list[str]:
    """The words after each @, as written, without a closing full stop; each once."""
    return list(dict.fromkeys(found[1].rstrip(".-") for found in _NAMED.finditer(text)))


def meant_by(words: Iterable[str], conversation: Conversation) -> dict[str, User | Team]:
    """Whom each word means; a word that means nobody, or more than one, is left out.

    A user name wins over a full name without spaces, that over a first name, and people over
    teams. People who left are not meant.
    """
    wanted = {word.casefold(): word for word in words}
    if not wanted:
        return {}
    found: dict[str, User | Team] = {}
    for names in _layers(conversation):
        for name, meant in names.items():
            if name in wanted and wanted[name] not in found and len(meant) == 1:
                found[wanted[name]] = meant[0]
    return found


def _layers(conversation: Conversation) -> Iterable[dict[str, list[User | Team]]]:
    people = list(User.objects.filter(is_active=True))
    teams = list(Team.objects.all())
    yield _by_name((person.username, person) for person in people)
    yield _by_name((person.display_name.replace(" ", ""), person) for person in people)
    yield _by_name((person.display_name.partition(" ")[0], person) for person in people)
    yield _by_name((team.slug, team) for team in teams)
    yield _by_name((team.name.replace(" ", ""), team) for team in teams)
    if conversation.team is not None:
        yield {ITS_TEAM: [conversation.team]}


def _by_name(pairs: Iterable[tuple[str, User | Team]]) -> dict[str, list[User | Team]]:
    names: dict[str, list[User | Team]] = defaultdict(list)
    for name, meant in pairs:
        names[name.casefold()].append(meant)
    return names


@dataclass(frozen=True, slots=True)
class Offer:
    """A colleague or team to choose from: `@word` means them, `name` is what people call them."""

    word: str
    name: str


def offers(half: str, conversation: Conversation, *, most: int = 6) -> list[Offer]:
    """Whom a half-typed name may mean, of those who may see the conversation."""
    half = half.casefold()
    found = []
    for person in User.objects.filter(is_active=True).order_by("display_name", "username"):
        names = (person.username, *person.display_name.split())
        if not any(name.casefold().startswith(half) for name in names):
            continue
        if visible_to(person).filter(pk=conversation.pk).exists():
            found.append(Offer(person.username, str(person)))
        if len(found) == most:
            return found
    teams = Team.objects.all() if half else []
    found += [
        Offer(team.slug, f"{team} (team)")
        for team in teams
        if team.slug.startswith(half) or team.name.casefold().startswith(half)
    ]
    return found[:most]
