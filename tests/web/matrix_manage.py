"""The routes of managing: channels, promises, teams, rules, what we know, the roster."""

from __future__ import annotations

from tests.web.route import (
    ALL,
    FORM,
    MANAGER,
    MANAGERS,
    MOVED,
    NO_CONTENT,
    NOT_NOW,
    OK,
    REPORTERS,
    UNUSABLE,
    WORD,
    WRITERS,
    Route,
)

#: A rule to try out: what it would fit is listed.
TRIAL = {"do": "try", "name": "Tried", "when": "message", "a": "a0"} | {
    "a0-kind": "add_tag",
    "a0-tag": "tried",
}

#: What a colleague wrote is undone by its author, a lead or a manager.
NOT_THEIRS = {"executive": 403}
#: A plan is changed by who makes it.
PLANNED = {"lead": MOVED, "manager": MOVED}

#: Saved answers are changed by their owner, a lead or a manager.
NOT_WRITTEN = {"agent": 403, "executive": 403}

MANAGING: dict[str, Route] = {
    # --- managing ------------------------------------------------------------------------------
    "manage:approvals": Route("GET", MANAGERS),
    "manage:add_approval_rule": Route("POST", MANAGERS, gives=UNUSABLE, data={"name": ""}),
    "manage:change_approval_rule": Route(
        "POST", MANAGERS, "approval_rule", UNUSABLE, shared=True, data={"name": ""}
    ),
    "manage:move_approval_rule": Route("POST", MANAGERS, "approval_rule", MOVED, shared=True),
    "manage:retire_approval_rule": Route("POST", MANAGERS, "approval_rule", MOVED, shared=True),
    "manage:crisis": Route("POST", MANAGERS, gives=MOVED, data={"on": "1"}),
    "manage:trainee": Route("POST", MANAGERS, "executive", MOVED, True, data={"learns": "1"}),
    "manage:give_voice": Route(
        "POST", MANAGER, "executive", MOVED, True, data={"signature": "— Elif, chair"}
    ),
    "manage:retire_voice": Route("POST", MANAGER, "voice", MOVED, shared=True),
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
    "manage:sources": Route("GET", MANAGERS),
    "manage:new_source": Route("GET", MANAGERS),
    "manage:fill_in_source": Route("GET", MANAGERS, "network", shared=True),
    "manage:add_source": Route("POST", MANAGERS, "network", UNUSABLE, shared=True),
    "manage:source": Route("GET", MANAGERS, "source", shared=True),
    "manage:source_health": Route("GET", MANAGERS, "source", shared=True),
    "manage:save_source": Route("POST", MANAGERS, "source", UNUSABLE, shared=True),
    "manage:switch_source": Route("POST", MANAGERS, "source", MOVED, shared=True),
    "manage:retire_source": Route("POST", MANAGERS, "source", MOVED, shared=True),
    "manage:restore_source": Route("POST", MANAGERS, "source", MOVED, shared=True),
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
    "manage:retractions": Route("GET", REPORTERS),
    "manage:export_retractions": Route("POST", REPORTERS),
    # --- what we know --------------------------------------------------------------------------
    "manage:answers": Route("GET", data={"q": WORD}),
    "manage:gaps": Route("GET", MANAGERS),
    "manage:new_answer": Route("GET", MANAGERS),
    "manage:add_answer": Route("POST", MANAGERS, gives=UNUSABLE, data={"owner": "{person}"}),
    "manage:measure_answer": Route("POST", WRITERS, data={"short": "Hi."}),
    "manage:answer": Route("GET", on="saved_answer", shared=True),
    "manage:save_answer": Route(
        "POST",
        WRITERS,
        "saved_answer",
        UNUSABLE,
        shared=True,
        data={"owner": "{person}"},
        gives_role=NOT_WRITTEN,
    ),
    "manage:retire_answer": Route(
        "POST", WRITERS, "saved_answer", MOVED, shared=True, gives_role=NOT_WRITTEN
    ),
    "manage:restore_answer": Route(
        "POST", WRITERS, "saved_answer", MOVED, shared=True, gives_role=NOT_WRITTEN
    ),
    "manage:guidelines": Route("GET"),
    "manage:guideline": Route("GET", MANAGERS, "topic", shared=True),
    "manage:save_guideline": Route("POST", MANAGERS, "topic", UNUSABLE, shared=True),
    "manage:retire_guideline": Route("POST", MANAGERS, "topic", MOVED, shared=True),
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
}
