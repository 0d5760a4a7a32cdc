"""Who is to be on and when (layers, shifts, swaps, absence, cover), and who is on now.

Times of a shift are the wall clock of its layer's zone; everything else is UTC. What people planned
is never derived from what the machine noted: `OnDuty` and `TeamRoster.look_at` can be thrown away
and are found again by the next look.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import Team, User
from harken.domain.sla.models import BusinessHours


class TeamRoster(models.Model):
    """A team that has a roster. `look_at` is when a worker has to look who comes and who goes.

    Every change of a plan sets it to now; a look sets it to the next moment at which something
    happens by itself. `call_after` are the seconds after which the next person on call is told,
    `called_at` is when somebody was last.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True)
    call_after = models.PositiveIntegerField(default=120, db_default=120)
    called_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("look_at", name="roster_look")]

    def __str__(self) -> str:
        return f"Roster of {self.team_id}"


class LayerKind(models.TextChoices):
    """What a layer plans: the people at their desks, or those who can be called."""

    DUTY = "duty", "On duty"
    ON_CALL = "on_call", "On call"


class Layer(models.Model):
    """One row of plans of a team. Of its duty layers the first with somebody on decides who is on.

    The layers on call are called in their order, all who are on in one layer at once. On public
    holidays of `country` and `subdivision` (keys of the `holidays` package; empty: none) shifts
    that repeat do not take place.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="layers")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=7, choices=LayerKind, default=LayerKind.DUTY)
    position = models.PositiveIntegerField()
    zone = models.CharField(max_length=60)
    country = models.CharField(max_length=3, blank=True)
    subdivision = models.CharField(max_length=20, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["team", "kind", "position", "id"]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """When a person is on: once, on `first_day`, or on `weekdays` from `first_day` to `last_day`.

    `start` and `end` are minutes from midnight of that day; an `end` beyond 1440 lies on the next
    day. `weekdays` are numbers, Monday 0; without any the shift happens once. `not_on` are days on
    which it does not take place.
    """

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="shifts")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    not_on = ArrayField(models.DateField(), default=list, blank=True)

    class Meta:
        ordering = ["layer", "start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__lt=1440) & Q(end__gt=models.F("start")),
                name="shift_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(end__lte=models.F("start") + 1440), name="shift_lasts_a_day_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.layer_id} from {self.first_day}"


class Reason(models.TextChoices):
    """Why somebody is not there. Only the person, leads and managers see which."""

    HOLIDAY = "holiday", "Holiday"
    SICK = "sick", "Ill"
    TRAINING = "training", "Training"
    OTHER = "other", "Another reason"


class Absence(models.Model):
    """A span in which a person is not there, whatever the shifts say.

    `released_at` is when what they held went to colleagues; empty until that happened.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=8, choices=Reason, default=Reason.HOLIDAY)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="absence_ends_after_it_starts",
            )
        ]
        indexes = [
            models.Index("starts_at", name="absence_ahead", condition=Q(released_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is away from {self.starts_at}"


class SwapState(models.TextChoices):
    """How a swap stands."""

    ASKED = "asked", "Asked"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Swap(models.Model):
    """A colleague stands in for one day of a shift. `to` empty: whoever of the team accepts."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    day = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    to = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="swaps")
    state = models.CharField(max_length=9, choices=SwapState, default=SwapState.ASKED)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "day"],
                condition=Q(state="accepted"),
                name="one_stands_in_for_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(to__isnull=False),
                name="an_accepted_swap_has_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"Swap of {self.shift_id} on {self.day}: {self.state}"


class Cover(models.Model):
    """How many people of a team there have to be in these hours; without hours always."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="cover")
    people = models.PositiveSmallIntegerField()
    hours = models.ForeignKey(BusinessHours, on_delete=models.PROTECT, null=True)

    class Meta:
        ordering = ["team", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=1), name="cover_is_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.people} of {self.team_id}"


class ToldGap(models.Model):
    """A coverage gap the leads were told of, so that they are told once."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    missing = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.missing} missing in {self.team_id} from {self.starts_at}"


class OnDuty(models.Model):
    """Somebody who is on in a team now, as the last look found, and until when.

    `told_at` is when they were told that the end is near.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["team", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="on_duty_once")]

    def __str__(self) -> str:
        return f"{self.person_id} is on in {self.team_id}"


class HandoverNote(models.Model):
    """What who leaves tells who comes; `readers` have confirmed it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    written_at = models.DateTimeField(db_default=Now())
    readers = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [models.Index("team", "written_at", name="handover_newest")]

    def __str__(self) -> str:
        return f"Handover of {self.author_id}"


class StillWriting(models.Model):
    """A conversation whose holder has gone but was writing: it moves when the writing ends."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, primary_key=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    why = models.CharField(max_length=8)

    def __str__(self) -> str:
        return f"{self.person_id} still writes in {self.conversation_id}"


class Call(models.Model):
    """A customer wrote while nobody was on: who is called, how far that went, how it ended.

    `turn` is the message's id. `step` counts the layers told so far and `due_at` is when the next
    one is; both stand still once `ended_at` is set. `ended` says how: taken, answered, on (a shift
    began) or nobody.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    turn = models.BigIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "turn"], name="one_call_a_turn")
        ]
        indexes = [models.Index("due_at", name="call_due", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"Call for {self.conversation_id}, step {self.step}"


class Feed(models.Model):
    """A calendar address of a person: their own shifts, or those of a team they may see."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "team"], nulls_distinct=False, name="one_feed_a_calendar"
            )
        ]

    def __str__(self) -> str:
        return f"Feed of {self.owner_id}"
