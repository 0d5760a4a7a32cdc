"""Tells colleagues."""

from __future__ import annotations

from harken.domain.automation.courtesy import LeftAlone
from harken.domain.automation.parts import Action, Because, Choices, Field, chosen_from, text_of
from harken.domain.automation.subject import Subject
from harken.domain.conversations.queries import visible_to
from harken.domain.notifications.services import notify
from harken.domain.people.models import Team, User
from harken.domain.people.queries import answering_people
from harken.domain.roster.queries import on_duty

LONGEST = 200  # characters of the text
DUTY, HAS_IT = "duty", "assignee"


class Notify(Action):
    """Tells colleagues, each by the ways they chose for rules."""

    key = "notify"
    label = "tell colleagues"

    @staticmethod
    def choices() -> Choices:
        """Who is on duty, who has it, every team, every person."""
        teams = [(f"team:{each.pk}", f"everybody in {each}") for each in Team.objects.all()]
        people = [(f"user:{each.pk}", str(each)) for each in answering_people()]
        first = [(DUTY, "who is on duty in its team"), (HAS_IT, "who has it")]
        return [*first, *teams, *people]

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Whom, and what."""
        return (Field("to", "who", choices=cls.choices), Field("text", "what", "text"))

    def check(self) -> None:
        """Raises `Invalid` when the person or team is gone, and without a text."""
        self.to = self.values.get("to", "")
        self.name = chosen_from(self.choices(), self.to, "Tell colleagues")
        self.text = text_of(self.values, "text", "Tell colleagues", LONGEST)

    def sentence(self) -> str:
        """What it does."""
        return f"tell {self.name}: “{self.text}”"

    def would(self, subject: Subject) -> str:
        """Who would be told. Raises `LeftAlone` when there is nobody."""
        names = [str(each) for each in self._people(subject)]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"told: {', '.join(names[:3])}{more}"

    def do(self, subject: Subject, because: Because) -> None:
        """Tell them."""
        text = f"{self.text} (rule “{because.name}”)"
        notify("rule", to=self._people(subject), text=text, conversation=subject.conversation)

    def _people(self, subject: Subject) -> list[User]:
        conversation = subject.conversation
        kind, _, pk = self.to.partition(":")
        people: list[User] = []
        if kind == DUTY and conversation.team:
            people = on_duty(conversation.team)
        elif kind == HAS_IT and conversation.assignee:
            people = [conversation.assignee]
        elif kind == "team":
            people = list(answering_people().filter(teams=int(pk)))
        elif kind == "user":
            people = list(answering_people().filter(pk=int(pk)))
        told = [each for each in people if visible_to(each).filter(pk=conversation.pk).exists()]
        if not told:
            raise LeftAlone("There is nobody to tell who may see it.")
        return told
