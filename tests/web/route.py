"""What a route of Harken promises: its method, whom it serves, what each role gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("anonymous", "agent", "lead", "manager", "executive", "viewer")
SIGNED_IN = frozenset(ROLES[1:])
WRITERS = SIGNED_IN - {"viewer"}
MANAGERS = frozenset({"lead", "manager"})
MANAGER = frozenset({"manager"})
REPORTERS = MANAGERS | {"executive"}
#: Who sees every team's conversations; for the others another team's objects do not exist.
SEES_ALL = frozenset({"manager", "executive"})
ALL = frozenset(ROLES)

OK, NO_CONTENT, MOVED, NOT_NOW, UNUSABLE = 200, 204, 302, 409, 422


@dataclass(frozen=True)
class Route:
    """One route.

    `on`: the kind of object in its address ("" for none). `to`: who is served; others get 403 and
    visitors are sent to sign in. `gives`: the status for a served role and an object it may see.
    `shared`: the object belongs to no team. `data`: what is sent, `{name}` is filled in.
    `gives_role`: roles that get another status; `fragment`: the status when a piece is asked for.
    """

    method: str
    to: frozenset[str] = SIGNED_IN
    on: str = ""
    gives: int = OK
    shared: bool = False
    data: Mapping[str, str] = field(default_factory=dict)
    gives_role: Mapping[str, int] = field(default_factory=dict)
    fragment: int = 0

    def expected(self, role: str, whose: str, *, fragment: bool = False) -> int:
        """The status for `role` and an object that is "own", "other" (team's) or "missing"."""
        if role not in self.to:
            return (401 if fragment else MOVED) if role == "anonymous" else 403
        if whose == "missing":
            return 404
        if whose == "other" and not self.shared and role not in SEES_ALL:
            return 404
        gives = self.gives_role.get(role, self.gives)
        as_piece = fragment and self.fragment and role not in self.gives_role
        return self.fragment if as_piece else gives


#: The word that finds the other team's things; what stands beside it must never be seen.
WORD = "lighthouse"
KEY = "2f0c7f8e-1b7e-4b0a-9a55-0c53a1f3a001"
FORM = {
    "service": "http://127.0.0.1:9",
    "handle": "x.example",
    "password": "wrong",
    "app_password": "wrong",
}
