"""The people who write to us."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Mark(models.TextChoices):
    """What colleagues should know about a contact before they answer; one word, or none."""

    NONE = "", "No mark"
    VIP = "vip", "VIP"
    PRESS = "press", "Press"
    INFLUENCER = "influencer", "Influencer"
    PARTNER = "partner", "Partner"
    VULNERABLE = "vulnerable", "Vulnerable"
    DIFFICULT = "difficult", "Difficult"


class Contact(models.Model):
    """A person outside the company, over all networks."""

    name = models.CharField(max_length=200, blank=True)
    name_to_use = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=12, blank=True)
    mark = models.CharField(max_length=12, choices=Mark, blank=True, default="", db_default="")
    first_seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name or f"Contact {self.pk}"


class Handle(models.Model):
    """A contact's name on one network. `external_id` is the network's own, it never changes."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="handles")
    network = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    handle = models.CharField(max_length=200)
    display_name = models.CharField(max_length=200, blank=True)
    avatar_url = models.TextField(blank=True)
    profile_url = models.TextField(blank=True)
    followers = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "external_id"], name="one_handle_a_person")
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"
