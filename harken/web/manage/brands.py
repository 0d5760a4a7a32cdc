"""Which brand a page of managing is about."""

from __future__ import annotations

from harken.domain.people.models import Brand
from harken.web.access import Request


def chosen_brand(request: Request) -> Brand:
    """The brand that was chosen; else the one of the reader's team, or the first."""
    asked = request.POST.get("brand", request.GET.get("brand", ""))
    own = request.user.teams.values_list("brand", flat=True).first()
    brands = {brand.slug: brand for brand in Brand.objects.order_by("-pk")}
    ours = next((brand for brand in brands.values() if brand.pk == own), None)
    return brands.get(asked) or ours or list(brands.values())[-1]
