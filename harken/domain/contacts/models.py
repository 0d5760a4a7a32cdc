"""The people who write to us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper

from harken.domain.people.models import User


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
    """A person outside the company, over all networks.

    One merged into another keeps its handles and conversations; the two are read as one person.
    """

    name = models.CharField(max_length=200, blank=True)
    name_to_use = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=12, blank=True)
    mark = models.CharField(max_length=12, choices=Mark, blank=True, default="", db_default="")
    first_seen_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="members", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="not_of_itself")
        ]
        indexes = [
            models.Index(Upper("name"), name="contact_name"),
            models.Index("merged_into", name="same_person", condition=Q(merged_into__isnull=False)),
        ]

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


class ContactMerge(models.Model):
    """One contact taken for the same person as another. `undone_at` empty: it still is."""

    leading = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merged_in")
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="one_person_at_a_time", condition=Q(undone_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} is {self.leading_id}"
