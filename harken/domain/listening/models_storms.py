"""What is usual for each monitor, how far that is read, and the storms that were raised."""

from __future__ import annotations

from django.db import models

from harken.domain.listening.models import Monitor


class MonitorWatch(models.Model):
    """What was learnt of one monitor's volume, and up to which minute.

    `state` is a storm watch as `trends.kept` writes it, null before the first minute; `number` the
    version of the monitor it was learnt of. `next_at` is when the next minute can be read.
    """

    monitor = models.OneToOneField(
        Monitor, on_delete=models.CASCADE, primary_key=True, related_name="watch"
    )
    number = models.PositiveIntegerField()
    state = models.JSONField(null=True)
    read_to = models.DateTimeField()
    next_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"watch of {self.monitor_id}"


class MonitorStorm(models.Model):
    """One storm of a monitor, from when it was raised until it was over.

    `told_at` is the minute after which it was last told, raised or grown; `loud_at` that from
    which on the volume is a storm's, null while a text spreads and that is all. `posts` and `usual`
    are of its strongest hour so far. `cause` is of the hour of `cause_posts`; it names messages and
    people by id alone, so that what is erased is gone from here too, and its words were said by
    three people at least.
    """

    monitor = models.ForeignKey(
        Monitor, on_delete=models.CASCADE, related_name="storms", db_index=False
    )
    raised_at = models.DateTimeField()
    told_at = models.DateTimeField()
    loud_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    posts = models.PositiveIntegerField()
    usual = models.FloatField()
    cause = models.JSONField(default=dict)
    cause_posts = models.PositiveIntegerField()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["monitor", "raised_at"], name="raised_once"),
            models.UniqueConstraint(
                fields=["monitor"],
                name="one_storm_at_a_time",
                condition=models.Q(ended_at=None),
            ),
        ]

    @property
    def spread(self) -> str:
        """How a text spread in it, "" if none did: `14 times in 6 minutes by 12 people`.

        Of the hour in which most people said it.
        """
        found = self.cause.get("spread")
        if not found:
            return ""
        minutes = "a minute" if found["minutes"] == 1 else f"{found['minutes']} minutes"
        return f"{found['posts']} times in {minutes} by {found['people']} people"

    def __str__(self) -> str:
        return f"storm of {self.monitor_id} at {self.raised_at:%Y-%m-%d %H:%M}"
