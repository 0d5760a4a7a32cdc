"""What the demo company lets its checks look for: its lists, and two weights of its own."""

from __future__ import annotations

from harken.config.demo.company import BRAND, DOMAIN
from harken.domain.people.models import Brand, Role, User
from harken.domain.replies.models_checks import WordList
from harken.domain.replies.services.check_settings import set_severity, set_words

LISTS = {
    WordList.FORBIDDEN: ("company policy", "calm down", "not our problem", "/ticket \\d{5,}/"),
    WordList.RISKY: ("voucher*", "for free", "brake failure", "recall"),
    WordList.OURS: (DOMAIN, "Meridian Workshop, Harbour Street 1"),
}


def set_checks() -> None:
    """Let the manager write the lists and weigh two checks; call it once."""
    brand, maren = Brand.objects.get(slug=BRAND.slug), User.objects.get(username="maren")
    for word_list, lines in LISTS.items():
        set_words(brand, word_list, lines, by=maren)
    set_severity(brand, "shouting", "warn", by=maren)
    set_severity(brand, "name", "note", role=Role.LEAD, by=maren)
