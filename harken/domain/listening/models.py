"""Monitors, every version of them, and what they heard."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from harken.domain.conversations.models import Message, Topic
from harken.domain.people.models import Brand, Team, User


class MonitorKind(models.TextChoices):
    """Whom or what a monitor listens for."""

    BRAND = "brand", "Our brand"
    PRODUCT = "product", "A product of ours"
    MARKET = "market", "Our market"
    COMPETITOR = "competitor", "A competitor"
    PERSON = "person", "A person"


class Alarm(models.TextChoices):
    """How easily a monitor raises a storm; what each means stands in `trends.storm`."""

    CAREFUL = "careful", "Careful: only what nobody could miss"
    NORMAL = "normal", "Normal"
    EAGER = "eager", "Eager: smaller storms too, and some that are none"


class Monitor(models.Model):
    """A standing search. What it searched for before stands in its versions.

    `number` is its version; `revision` the number of the change, over all monitors, that made it
    what it is: who matches asks only for monitors that changed since. `at_once`: what it hears
    becomes a conversation without anybody asking for it.
    """

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=MonitorKind)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True)
    query = models.TextField()
    number = models.PositiveIntegerField(default=1)
    is_on = models.BooleanField(default=True)
    alarm = models.CharField(
        max_length=7, choices=Alarm, default=Alarm.NORMAL, db_default=Alarm.NORMAL
    )
    at_once = models.BooleanField(default=False)
    revision = models.BigIntegerField(db_index=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="one_monitor_a_name", condition=models.Q(retired_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class MonitorVersion(models.Model):
    """What a monitor searched for from `made_at` on; never changed, never deleted."""

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    query = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["monitor", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["monitor", "number"], name="monitor_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.monitor_id} version {self.number}"


class MonitorHit(models.Model):
    """One post that a monitor heard, and by which version.

    `network` and `uri` name the post; `message` is set when it is one of a conversation. A post
    counts once for each monitor, however often and by whichever way it reaches us.
    """

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, db_index=False)
    number = models.PositiveIntegerField()
    network = models.CharField(max_length=40)
    uri = models.CharField(max_length=400)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="heard")
    mention = models.ForeignKey("Mention", on_delete=models.CASCADE, null=True, related_name="hits")
    sent_at = models.DateTimeField()
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["monitor", "network", "uri"], name="heard_once")
        ]
        indexes = [models.Index(fields=["monitor", "-sent_at"], name="heard_newest")]

    def __str__(self) -> str:
        return f"{self.monitor_id} heard {self.uri}"


class MonitorRevision(models.Model):
    """How often monitors were changed, all together; its one row is locked by each change."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class ListeningCursor(models.Model):
    """How far the monitors have read the journal; moves only together with what they heard."""

    name = models.CharField(max_length=20, primary_key=True)
    xid = models.BigIntegerField()
    event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.xid}-{self.event}"
