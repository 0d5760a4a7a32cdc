"""Every route of Harken: its method, whom it serves, and what each role gets for each object.

The test beside it walks the URL resolver; a route that is missing here fails the build, so that
nobody adds a page without saying who may see it.
"""

from __future__ import annotations

from tests.web.matrix_manage import MANAGING
from tests.web.route import (
    ALL,
    KEY,
    MOVED,
    NO_CONTENT,
    NOT_NOW,
    OK,
    UNUSABLE,
    WORD,
    WRITERS,
    Route,
)

#: What a colleague wrote is undone by its author, a lead or a manager.
NOT_THEIRS = {"executive": 403}
#: A plan is changed by who makes it.
PLANNED = {"lead": MOVED, "manager": MOVED}

#: Only those who were asked, leads and managers approve, and nobody their own words.
NOT_ASKED = {"agent": 403, "executive": 403}
WORDED = {"text": "Amara or Zora, we found the bag in Lisbon, it flies tomorrow."}

#: What a colleague shares with a team is changed by them, a lead or a manager.
ONE_S_OWN = {"agent": 403, "executive": 403, "viewer": 403}

#: A strong example is dropped by who chose it, a lead or a manager.
NOT_CHOSEN = {"agent": 403, "executive": 403}

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
    "desk:find_answers": Route("GET", WRITERS, "conversation", data={"q": WORD}),
    "desk:confirm_guideline": Route(
        "POST", WRITERS, "conversation", gives=UNUSABLE, data={"version": "1"}
    ),
    "desk:strong": Route("GET", WRITERS, "ours"),
    "desk:promote": Route("POST", WRITERS, "ours", data={"why": "It names the hour."}),
    "desk:drop_example": Route("POST", WRITERS, "ours", gives_role=NOT_CHOSEN),
    "desk:begin": Route(
        "POST", WRITERS, "conversation", NO_CONTENT, data={"answer": "{saved_answer}"}
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
    "desk:send_at": Route("GET", WRITERS, "conversation", data={"send_at": "tomorrow"}),
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
    "desk:followups": Route("GET", data={"of": "all"}),
    "desk:followup_add": Route(
        "POST", WRITERS, "conversation", data={"what": "Call them", "by": "in 2 days"}
    ),
    "desk:followup_done": Route("POST", WRITERS, "followup", MOVED, fragment=OK),
    "desk:followup_drop": Route(
        "POST", WRITERS, "followup", MOVED, gives_role=NOT_THEIRS, fragment=OK
    ),
    "desk:escalations": Route("GET"),
    "desk:escalation_rows": Route("GET", data={"ids": "{conversation}"}),
    "desk:escalation": Route("GET", on="escalation"),
    "desk:escalate": Route(
        "POST", WRITERS, "conversation", data={"kind": "threat", "reason": "They call a lawyer."}
    ),
    "desk:hand_over": Route("POST", WRITERS, "conversation"),
    "desk:undo_private": Route("POST", WRITERS, "private_text", gives_role=NOT_THEIRS),
    "desk:end_talk": Route("POST", WRITERS, "conversation", gives=404),
    "desk:call_backs": Route("GET"),
    "desk:call_done": Route(
        "POST", WRITERS, "call", gives=MOVED, data={"outcome": "reached"}, fragment=OK
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
    "desk:mentions": Route("GET"),
    "desk:mention": Route("GET", on="mention"),
    "desk:take_mention": Route("POST", WRITERS, "mention", gives=MOVED, fragment=OK),
    "desk:learn_mention": Route("POST", WRITERS, "mention", gives=MOVED, fragment=OK),
    "desk:dismiss_mention": Route(
        "POST", WRITERS, "mention", gives=MOVED, data={"reason": "spam"}, fragment=OK
    ),
    "desk:restore_mention": Route("POST", WRITERS, "mention", gives=MOVED, fragment=OK),
    "desk:voice": Route("GET", WRITERS),
    "desk:approvals": Route("GET", WRITERS),
    "desk:approval_rows": Route("GET", WRITERS),
    "desk:approval": Route("GET", WRITERS, "approval"),
    "desk:try_wording": Route("POST", WRITERS, "approval", data={"text": "Hello"}),
    "desk:keep_wording": Route("POST", WRITERS, "approval", data=WORDED, gives_role=NOT_ASKED),
    # Nobody decides about their own words, and the executive was not asked.
    "desk:approve": Route(
        "POST", WRITERS, "approval", MOVED, data=WORDED, gives_role=NOT_ASKED, fragment=OK
    ),
    "desk:give_back": Route(
        "POST", WRITERS, "approval", MOVED, data={"note": "No."}, gives_role=NOT_ASKED, fragment=OK
    ),
    "desk:undo": Route("POST", WRITERS, "reply", gives=NOT_NOW, gives_role=NOT_THEIRS),
    "desk:move_reply": Route(
        "POST", WRITERS, "reply", NOT_NOW, data={"send_at": "tomorrow"}, gives_role=NOT_THEIRS
    ),
    "desk:edit_again": Route("POST", WRITERS, "reply", gives=NOT_NOW),
    "desk:resolve": Route("POST", WRITERS, "reply", gives=NOT_NOW, data={"was_sent": "yes"}),
    # There is no assistant here, so its page does not exist; with one see desk/test_assist.
    "desk:assist": Route("POST", WRITERS, "conversation", gives=404, data={"task": "miss"}),
    "desk:retracting": Route("GET", WRITERS, "ours"),
    "desk:retract": Route("POST", WRITERS, "ours", data={"reason": "wrong"}, gives_role=NOT_THEIRS),
    "desk:like": Route("POST", WRITERS, "message"),
    # --- the portal: without the link and the cookie of its browser there is nothing for anyone ---
    "portal:talk": Route("GET", ALL, "link", gives=404, shared=True),
    "portal:open": Route("POST", ALL, "link", gives=404, shared=True),
    "portal:said": Route("GET", ALL, "link", gives=404, shared=True),
    "portal:say": Route("POST", ALL, "link", gives=404, shared=True, data={"text": "Hello"}),
    "portal:reach": Route("POST", ALL, "link", gives=404, shared=True, data={"name": "Amara"}),
    "portal:call": Route("POST", ALL, "link", gives=404, shared=True, data={"number": "1234567"}),
    "portal:end": Route("POST", ALL, "link", gives=404, shared=True),
    **MANAGING,
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
