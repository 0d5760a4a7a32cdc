"""Every route of Harken: its method, whom it serves, and what each role gets for each object.

The test beside it walks the URL resolver; a route that is missing here fails the build, so that
nobody adds a page without saying who may see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = ("anonymous", "agent", "lead", "manager", "executive", "viewer")
SIGNED_IN = frozenset(ROLES[1:])
WRITERS = SIGNED_IN - {"viewer"}
MANAGERS = frozenset({"lead", "manager"})
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

#: A rule to try out: what it would fit is listed.
TRIAL = {"do": "try", "name": "Tried", "when": "message", "a": "a0"} | {
    "a0-kind": "add_tag",
    "a0-tag": "tried",
}

#: What a colleague wrote is undone by its author, a lead or a manager.
NOT_THEIRS = {"executive": 403}
#: A plan is changed by who makes it.
PLANNED = {"lead": MOVED, "manager": MOVED}

#: What a colleague shares with a team is changed by them, a lead or a manager.
ONE_S_OWN = {"agent": 403, "executive": 403, "viewer": 403}

#: A change of many exists for who made it alone.
NOT_MADE = {"lead": 404, "manager": 404, "executive": 404}

ROUTES: dict[str, Route] = {
    # --- the desk ------------------------------------------------------------------------------
    "home": Route("GET", gives=MOVED),
    "desk:inbox": Route("GET", data={"view": "all"}),
    "desk:rows": Route("GET", data={"view": "all", "ids": "{conversation}"}),
    "desk:counts": Route("GET", data={"view": "all"}),
    "desk:bulk": Route("POST", WRITERS, data={"action": "priority", "value-priority": "high"}),
    "desk:bulk_start": Route(
        "POST",
        WRITERS,
        gives=MOVED,
        fragment=OK,
        data={"action": "priority", "value-priority": "high", "whom": "all"},
    ),
    "desk:changes": Route("GET", WRITERS),
    "desk:bulk_progress": Route("GET", WRITERS, "change", gives_role=NOT_MADE),
    "desk:bulk_stop": Route("POST", WRITERS, "change", MOVED, gives_role=NOT_MADE, fragment=OK),
    "desk:undo_change": Route("POST", WRITERS, "change", MOVED, gives_role=NOT_MADE, fragment=OK),
    "desk:narrow": Route("GET", data={"view": "all"}),
    "desk:views": Route("GET"),
    "desk:new_view": Route("GET", data={"view": "all"}),
    "desk:add_view": Route("POST", gives=MOVED, data={"name": "Mine", "view": "all"}),
    "desk:save_view": Route(
        "POST", on="view", gives=MOVED, data={"name": "Ours"}, gives_role=ONE_S_OWN
    ),
    "desk:move_view": Route("POST", on="view", gives=MOVED, gives_role=ONE_S_OWN),
    "desk:remove_view": Route("POST", on="view", gives=MOVED, gives_role=ONE_S_OWN),
    "desk:palette": Route("GET", data={"q": WORD}),
    "desk:search": Route("GET", data={"q": WORD}),
    "desk:export": Route("POST", data={"view": "all"}),
    "desk:export_search": Route("POST", data={"q": WORD}),
    "desk:contacts": Route("GET", data={"q": WORD}),
    "desk:contact": Route("GET", on="contact"),
    "desk:mark": Route("POST", WRITERS, "contact", gives=MOVED, data={"mark": "vip"}, fragment=204),
    "desk:me": Route("GET"),
    "desk:save_me": Route("POST", gives=MOVED, data={"theme": "dark"}, fragment=NO_CONTENT),
    "desk:ways": Route("GET"),
    "desk:save_ways": Route("POST", gives=MOVED, data={"on": "mention:desk"}),
    "desk:save_quiet": Route("POST", gives=UNUSABLE, data={"starts": "x"}),
    "desk:save_browser": Route("POST", gives=UNUSABLE, data={"endpoint": "http://127.1/"}),
    "desk:new_pager": Route("POST", gives=UNUSABLE, data={"address": "file:///etc/passwd"}),
    "desk:test_ways": Route("POST", gives=MOVED),
    "desk:notifications": Route("GET"),
    "desk:read_notifications": Route("POST", gives=MOVED),
    # These objects are somebody else's: whoever asks, they do not exist.
    "desk:open_notification": Route("GET", on="notification", gives=404),
    "desk:tested": Route("GET", on="notification", gives=404),
    "desk:drop_pager": Route("POST", on="pager", gives=404),
    "desk:role": Route("POST", gives=404, data={"role": "manager"}),
    "desk:offline": Route("GET", to=ALL),
    "desk:conversation": Route("GET", on="conversation"),
    "desk:messages": Route("GET", on="conversation"),
    "desk:next": Route("POST", WRITERS),
    "desk:presence": Route("POST", on="conversation", data={"tab": KEY}),
    "desk:take_over": Route("POST", WRITERS, "conversation", data={"tab": KEY}),
    "desk:picture": Route("GET", on="picture", gives=404),
    "desk:draft": Route("POST", WRITERS, "conversation", NO_CONTENT, data={"text": "Hello"}),
    "desk:preview": Route("POST", WRITERS, "conversation", data={"text": "Hello"}),
    "desk:reread": Route(
        "POST", WRITERS, "conversation", data={"text": "Hello", "client_key": KEY}
    ),
    "desk:send": Route(
        "POST",
        WRITERS,
        "conversation",
        data={
            "text": "Amara or Zora, we found the bag in Lisbon, it flies tomorrow.",
            "client_key": KEY,
            "again": "1",
        },
    ),
    "desk:take": Route("POST", WRITERS, "conversation"),
    "desk:assign": Route("POST", WRITERS, "conversation", data={"to": ""}),
    "desk:topic": Route("POST", WRITERS, "conversation", data={"to": "{topic}"}),
    "desk:team": Route("POST", WRITERS, "conversation", data={"to": "{team}"}),
    "desk:tag": Route("POST", WRITERS, "conversation", data={"name": "late refund"}),
    "desk:untag": Route("POST", WRITERS, "conversation", data={"to": "{tag}"}),
    "desk:priority": Route("POST", WRITERS, "conversation", data={"to": "high"}),
    "desk:close": Route("POST", WRITERS, "conversation", data={"to": "spam"}),
    "desk:snooze": Route(
        "POST", WRITERS, "conversation", gives=UNUSABLE, data={"until": "tomorrow"}
    ),
    "desk:snooze_preview": Route("GET", WRITERS, "conversation", data={"until": "tomorrow"}),
    "desk:snooze_offers": Route("GET", WRITERS, "conversation"),
    "desk:wake": Route("POST", WRITERS, "conversation"),
    "desk:mergeable": Route("GET", WRITERS, "conversation"),
    "desk:merge": Route("POST", WRITERS, "conversation", gives=UNUSABLE),
    "desk:unmerge": Route("POST", WRITERS, "conversation"),
    "desk:merge_contact": Route("POST", WRITERS, "contact", gives=UNUSABLE),
    "desk:unmerge_contact": Route("POST", WRITERS, "contact", gives=MOVED),
    "desk:reopen": Route("POST", WRITERS, "conversation"),
    "desk:sort": Route(
        "POST", WRITERS, "conversation", data={"question": "urgency", "label": "urgent"}
    ),
    "desk:escalations": Route("GET"),
    "desk:escalation_rows": Route("GET", data={"ids": "{conversation}"}),
    "desk:escalation": Route("GET", on="escalation"),
    "desk:escalate": Route(
        "POST", WRITERS, "conversation", data={"kind": "threat", "reason": "They call a lawyer."}
    ),
    "desk:acknowledge": Route("POST", WRITERS, "escalation", gives_role={"agent": 403}),
    "desk:decide": Route(
        "POST",
        WRITERS,
        "conversation",
        data={"escalation": "{escalation}", "decision": "We pay."},
        gives_role={"agent": 403},
    ),
    "desk:withdraw": Route("POST", WRITERS, "escalation"),
    "desk:undo": Route("POST", WRITERS, "reply", gives=NOT_NOW, gives_role=NOT_THEIRS),
    "desk:edit_again": Route("POST", WRITERS, "reply", gives=NOT_NOW),
    "desk:resolve": Route("POST", WRITERS, "reply", gives=NOT_NOW, data={"was_sent": "yes"}),
    "desk:retract": Route("POST", WRITERS, "ours", gives_role=NOT_THEIRS),
    "desk:like": Route("POST", WRITERS, "message"),
    # --- managing ------------------------------------------------------------------------------
    "manage:channels": Route("GET"),
    "manage:health": Route("GET", on="channel", shared=True),
    "manage:new_channel": Route("GET", MANAGERS),
    "manage:fill_in": Route("GET", MANAGERS, "network", shared=True),
    "manage:connect": Route("POST", MANAGERS, "network", UNUSABLE, shared=True, data=FORM),
    "manage:pause": Route("POST", MANAGERS, "channel", MOVED, shared=True),
    "manage:resume": Route("POST", MANAGERS, "channel", MOVED, shared=True),
    "manage:tune": Route("POST", MANAGERS, "channel", UNUSABLE, shared=True),
    "manage:reconnect": Route("POST", MANAGERS, "channel", UNUSABLE, shared=True),
    "manage:test_post": Route("POST", MANAGERS, "channel", NOT_NOW, shared=True),
    "manage:quarantine": Route("GET", MANAGERS, "channel", shared=True),
    "manage:replay": Route("POST", MANAGERS, "quarantined", NOT_NOW, shared=True),
    "manage:discard": Route("POST", MANAGERS, "quarantined", MOVED, shared=True),
    "manage:topics": Route("GET", MANAGERS),
    "manage:new_topic": Route("GET", MANAGERS),
    "manage:add_topic": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}),
    "manage:topic": Route("GET", MANAGERS, "topic", shared=True),
    "manage:save_topic": Route("POST", MANAGERS, "topic", UNUSABLE, shared=True),
    "manage:retire_topic": Route("POST", MANAGERS, "topic", MOVED, shared=True),
    "manage:use_topic": Route("POST", MANAGERS, "topic", MOVED, shared=True),
    "manage:teams": Route("GET", MANAGERS),
    "manage:add_team": Route("POST", MANAGERS, gives=UNUSABLE, gives_role={"lead": 403}),
    "manage:rename_team": Route("POST", MANAGERS, "team", UNUSABLE, shared=True),
    "manage:join_team": Route(
        "POST", MANAGERS, "team", MOVED, shared=True, data={"user": "{person}"}
    ),
    "manage:leave_team": Route(
        "POST", MANAGERS, "team", MOVED, shared=True, data={"user": "{person}"}
    ),
    "manage:checks": Route("GET", MANAGERS),
    "manage:weigh_checks": Route("POST", MANAGERS, gives=MOVED, data={"severity-name": "note"}),
    "manage:check_words": Route("POST", MANAGERS, gives=MOVED, data={"do": "save"}),
    "manage:triage": Route("GET", MANAGERS),
    "manage:topic_words": Route("POST", MANAGERS, "topic", MOVED, shared=True),
    "manage:triage_back": Route("POST", MANAGERS, gives=UNUSABLE, data={"to": "7"}),
    "manage:rules": Route("GET", MANAGERS),
    "manage:new_rule": Route("GET", MANAGERS),
    "manage:shape_rule": Route("POST", MANAGERS, data=TRIAL),
    "manage:save_rule": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}, fragment=OK),
    "manage:rule": Route("GET", MANAGERS, "rule", shared=True),
    "manage:switch_rule": Route("POST", MANAGERS, "rule", MOVED, shared=True, fragment=NO_CONTENT),
    "manage:move_rule": Route("POST", MANAGERS, "rule", MOVED, shared=True),
    "manage:retire_rule": Route("POST", MANAGERS, "rule", MOVED, shared=True, fragment=NO_CONTENT),
    "manage:rule_log": Route("GET", MANAGERS, "rule", shared=True, data={"what": "all"}),
    "manage:monitors": Route("GET", MANAGERS),
    "manage:new_monitor": Route("GET", MANAGERS),
    "manage:try_monitor": Route("POST", MANAGERS, data={"query": WORD}),
    "manage:save_monitor": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}, fragment=OK),
    "manage:monitor": Route("GET", MANAGERS, "monitor", shared=True),
    "manage:switch_monitor": Route(
        "POST", MANAGERS, "monitor", MOVED, shared=True, fragment=NO_CONTENT
    ),
    "manage:retire_monitor": Route(
        "POST", MANAGERS, "monitor", MOVED, shared=True, fragment=NO_CONTENT
    ),
    "manage:trends": Route("GET", REPORTERS),
    "manage:trend": Route("GET", REPORTERS, "monitor", shared=True),
    "manage:storm": Route("GET", REPORTERS, "storm"),
    "manage:escalation": Route("GET", MANAGERS),
    "manage:save_path": Route("POST", MANAGERS, gives=UNUSABLE, data={"lead": "soon"}),
    "manage:drop_path": Route("POST", MANAGERS, "team", MOVED, shared=True),
    "manage:page_me": Route("POST", MANAGERS, gives=MOVED),
    "manage:promises": Route("GET", MANAGERS),
    "manage:new_promise": Route("GET", MANAGERS),
    "manage:add_promise": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}),
    "manage:promise": Route("GET", MANAGERS, "policy", shared=True),
    "manage:save_promise": Route("POST", MANAGERS, "policy", UNUSABLE, shared=True),
    "manage:move_promise": Route("POST", MANAGERS, "policy", MOVED, shared=True),
    "manage:retire_promise": Route("POST", MANAGERS, "policy", MOVED, shared=True),
    "manage:new_hours": Route("GET", MANAGERS),
    "manage:add_hours": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}),
    "manage:hours": Route("GET", MANAGERS, "hours", shared=True),
    "manage:save_hours": Route("POST", MANAGERS, "hours", UNUSABLE, shared=True),
    "manage:retire_hours": Route("POST", MANAGERS, "hours", MOVED, shared=True),
    "manage:day": Route("GET", REPORTERS),
    "manage:day_turns": Route("GET", REPORTERS),
    "manage:day_csv": Route("GET", REPORTERS),
    # --- the roster ----------------------------------------------------------------------------
    "manage:roster": Route("GET"),
    "manage:handover": Route("GET", data={"team": "service"}),
    "manage:write_handover": Route("POST", WRITERS, "roster", MOVED, data={"body": "Late."}),
    "manage:read_handover": Route("POST", WRITERS, "handover", MOVED),
    "manage:add_shift": Route("POST", MANAGERS, "roster", UNUSABLE, data={"layer": "{layer}"}),
    "manage:save_shift": Route("POST", MANAGERS, "shift", UNUSABLE),
    "manage:remove_shift": Route("POST", MANAGERS, "shift", MOVED),
    "manage:ask_swap": Route("POST", WRITERS, "shift", 403, gives_role={"agent": MOVED}),
    "manage:accept_swap": Route("POST", WRITERS, "swap", MOVED),
    "manage:decline_swap": Route("POST", WRITERS, "swap", 403, gives_role=PLANNED),
    "manage:add_absence": Route("POST", WRITERS, "roster", UNUSABLE),
    "manage:end_absence": Route("POST", WRITERS, "absence", MOVED, gives_role=NOT_THEIRS),
    "manage:add_layer": Route("POST", MANAGERS, "roster", UNUSABLE),
    "manage:raise_layer": Route("POST", MANAGERS, "layer", MOVED),
    "manage:retire_layer": Route("POST", MANAGERS, "layer", MOVED),
    "manage:add_cover": Route("POST", MANAGERS, "roster", UNUSABLE),
    "manage:remove_cover": Route("POST", MANAGERS, "cover", MOVED),
    "manage:set_call_after": Route("POST", MANAGERS, "roster", UNUSABLE),
    "manage:renew_calendar": Route("POST", on="roster", gives=MOVED),
    # The address is the secret: a number is nobody's.
    "calendar": Route("GET", ALL, "roster", gives=404),
    # --- the machine ---------------------------------------------------------------------------
    "live": Route("GET", to=ALL),
    "ready": Route("GET", to=ALL),
}

# django-allauth keeps its own doors; what they answer is written out for visitors and people.
# name: (method, data, status for a visitor, status for a signed-in person)
ACCOUNT: dict[str, tuple[str, dict[str, str], int, int]] = {
    "account_login": ("GET", {}, OK, MOVED),
    "account_logout": ("GET", {}, MOVED, OK),
    "account_inactive": ("GET", {}, OK, OK),
    "account_signup": ("GET", {}, OK, MOVED),
    "account_reauthenticate": ("GET", {}, MOVED, OK),
    "account_email": ("GET", {}, MOVED, OK),
    "account_email_verification_sent": ("GET", {}, OK, OK),
    "account_change_password": ("GET", {}, MOVED, OK),
    "account_set_password": ("GET", {}, MOVED, MOVED),
    "account_reset_password": ("GET", {}, OK, OK),
    "account_confirm_login_code": ("GET", {}, MOVED, MOVED),
    "account_confirm_email": ("GET", {"key": "made-up"}, OK, OK),
    "account_reset_password_from_key": ("GET", {"uidb36": "1", "key": "made-up"}, OK, OK),
    "account_reset_password_from_key_done": ("GET", {}, OK, OK),
    "account_reset_password_done": ("GET", {}, OK, OK),
}

# Files: address, status. Nothing outside the folder is ever served.
FILES: dict[str, int] = {
    "/static/css/base.css": OK,
    "/static/js/app.js": OK,
    "/static/js/pages/waker.js": OK,
    "/static/app.webmanifest": OK,
    "/static/": 404,
    "/static/../config/settings.py": 404,
    "/static/%2e%2e/%2e%2e/config/settings.py": 404,
    "/static/css/../../../../config/settings.py": 404,
    "/static/README.md": 404,
    "/admin/": 404,
    "/.env": 404,
}
