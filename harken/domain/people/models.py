"""People of the company, the teams they work in and the brands they speak for."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    """What a person may do; always a person, software is never an agent."""

    AGENT = "agent", "Agent"
    LEAD = "lead", "Lead"
    MANAGER = "manager", "Manager"
    EXECUTIVE = "executive", "Executive"
    VIEWER = "viewer", "Viewer"


class Theme(models.TextChoices):
    """Which colours a person wants."""

    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Brand(models.Model):
    """A name customers know the company by."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A department that owns topics and answers for them."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=40, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """One person with a login. `display_name` is what colleagues see, `signature` ends replies.

    `zone` is the IANA name of the time zone they live by; empty: their browser's.
    """

    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    display_name = models.CharField(max_length=80, blank=True)
    initials = models.CharField(max_length=3, blank=True)
    signature = models.CharField(max_length=20, blank=True)
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    keys_on = models.BooleanField(default=True)
    zone = models.CharField(max_length=60, blank=True, default="", db_default="")
    teams = models.ManyToManyField(Team, through="Membership", related_name="members")

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def sees_all(self) -> bool:
        """Managers and executives see every team's conversations."""
        return self.role in {Role.MANAGER, Role.EXECUTIVE}

    @property
    def can_answer(self) -> bool:
        """Everyone but viewers may write to customers and change conversations."""
        return self.role != Role.VIEWER

    @property
    def can_manage(self) -> bool:
        """Leads and managers connect channels and look after quarantine."""
        return self.role in {Role.LEAD, Role.MANAGER}


class Membership(models.Model):
    """A person works in a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
