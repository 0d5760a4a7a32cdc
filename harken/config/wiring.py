"""Who reacts to what, on one page. Reactions run inside the transaction of their event."""


def wire() -> None:
    """Connect every event to its reactions."""
    from harken.domain.contacts.events import ContactMarked, ContactUnmerged
    from harken.domain.conversations import events as conversation
    from harken.domain.conversations.reactions import refuse_to_split_a_case, show_the_mark
    from harken.domain.escalation.reactions import page_the_new_team
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.presence.reactions import free_the_lock_of_the_sender
    from harken.domain.replies.events import ReplyDelivered, ReplyQueued
    from harken.domain.sla.reactions import keep_clocks, reconsider_promises

    react(ReplyQueued, free_the_lock_of_the_sender)
    react(conversation.TeamChanged, page_the_new_team)
    react_to_many(conversation.MessageReceived, keep_clocks)
    react_to_many(conversation.AnsweredOutside, keep_clocks)
    react_to_many(conversation.MessageDeleted, keep_clocks)
    react_to_many(conversation.ConversationClosed, keep_clocks)
    react_to_many(conversation.ConversationReopened, keep_clocks)
    react_to_many(ReplyDelivered, keep_clocks)
    react_to_many(conversation.TopicChanged, reconsider_promises)
    react_to_many(conversation.TeamChanged, reconsider_promises)
    react_to_many(conversation.PriorityChanged, reconsider_promises)
    react(ContactMarked, show_the_mark)
    react(ContactUnmerged, refuse_to_split_a_case)
    react_to_many(conversation.MarkShown, reconsider_promises)
    _notifications()
    _departments()
    _roster()
    _waking()
    _checks()
    _hand_overs()
    _followups()
    _approvals()
    _taken_back()


def _notifications() -> None:
    """People hear of what concerns them, by the ways they chose."""
    from harken.domain.channels.events import ChannelFailing, ChannelLost
    from harken.domain.conversations import events as conversation
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.listening.events import SourceStopped
    from harken.domain.listening.reactions import tell_that_a_source_stopped
    from harken.domain.notifications import reactions as telling
    from harken.domain.sla.events import SLABreached, SLADueSoon

    react(conversation.NoteWritten, telling.tell_who_is_mentioned)
    react(conversation.ConversationAssigned, telling.tell_the_new_assignee)
    react(conversation.SnoozeEnded, telling.tell_the_snoozer)
    react(ChannelFailing, telling.tell_who_looks_after_the_channel)
    react(ChannelLost, telling.tell_who_looks_after_the_channel)
    react(SourceStopped, tell_that_a_source_stopped)
    react_to_many(conversation.MessageReceived, telling.tell_who_has_it_of_a_message)
    react_to_many(SLADueSoon, telling.tell_who_has_it_of_the_time)
    react_to_many(SLABreached, telling.tell_who_has_it_of_the_breach)


def _roster() -> None:
    """Out of hours who is on call hears of customers, until somebody sees to them."""
    from harken.domain.conversations import events as conversation
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.replies.events import ReplyQueued
    from harken.domain.roster import reactions as calling

    react_to_many(conversation.MessageReceived, calling.call_out_of_hours)
    react_to_many(conversation.TeamChanged, calling.call_out_of_hours)
    react(conversation.ConversationAssigned, calling.stop_calling_for_the_taken)
    react(ReplyQueued, calling.stop_calling_for_the_answered)
    react(conversation.ConversationClosed, calling.stop_calling_for_the_answered)


def _departments() -> None:
    """Who answers by name follows the conversation, its topic and who is in which team."""
    from harken.domain.conversations import events as conversation
    from harken.domain.conversations import reactions as freeing
    from harken.domain.departments.reactions import name_the_new_owner, name_who_answers
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.people.events import MembershipChanged
    from harken.domain.replies.events import ReplyDelivered

    for event in (
        conversation.MessageReceived,
        conversation.MessageDeleted,
        conversation.AnsweredOutside,
        conversation.ConversationAssigned,
        conversation.ConversationClosed,
        conversation.ConversationReopened,
        conversation.TeamChanged,
        conversation.TopicChanged,
        conversation.ConversationSnoozed,
        conversation.SnoozeEnded,
        conversation.ConversationMerged,
        conversation.ConversationUnmerged,
        ReplyDelivered,
    ):
        react_to_many(event, name_who_answers)
    react(conversation.TopicOwnerChanged, name_the_new_owner)
    react(MembershipChanged, freeing.free_what_they_had)


def _waking() -> None:
    """What was set aside comes back when the customer writes, or when its answer is nearly due."""
    from harken.domain.conversations import events as conversation
    from harken.domain.conversations import waking
    from harken.domain.journal.services import react_to_many
    from harken.domain.replies.events import ReplyQueued
    from harken.domain.sla.events import SLABreached, SLADueSoon

    react_to_many(conversation.MessageReceived, waking.wake_for_the_customer)
    react_to_many(SLADueSoon, waking.wake_for_the_clock)
    react_to_many(SLABreached, waking.wake_for_the_clock)
    for taken_up in (ReplyQueued, conversation.ConversationAssigned, conversation.NoteWritten):
        react_to_many(taken_up, waking.leave_the_top)
    react_to_many(conversation.ConversationClosed, waking.leave_the_top)


def _checks() -> None:
    """Before an answer leaves it is read against how the customer feels."""
    from harken.domain.replies.queries_reading import ask_feelings_of
    from harken.domain.triage.queries import feeling_of

    ask_feelings_of(feeling_of)


def _hand_overs() -> None:
    """A private talk is part of its case: its answers end turns, and it keeps the case open."""
    from harken.domain.conversations import events as conversation
    from harken.domain.conversations import waking
    from harken.domain.departments.reactions import name_who_answers
    from harken.domain.handover import reactions as handing_over
    from harken.domain.handover.events import PrivateTextHeld
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.presence.reactions import free_the_lock_of_the_sender
    from harken.domain.replies.events import ReplyHeldBack, ReplyQueued, ReplyScheduled
    from harken.domain.roster.reactions import stop_calling_for_the_answered
    from harken.domain.sla.reactions import keep_clocks

    react(ReplyQueued, handing_over.offer_the_link)
    react(ReplyHeldBack, handing_over.offer_the_link)
    react(ReplyScheduled, handing_over.offer_the_link)
    react(conversation.ConversationClosed, handing_over.refuse_to_close_halfway)
    react_to_many(conversation.MessageReceived, handing_over.look_for_the_word)
    for now in (keep_clocks, name_who_answers, waking.leave_the_top):
        react_to_many(conversation.AnsweredInPrivate, now)
    react(PrivateTextHeld, free_the_lock_of_the_sender)
    react(PrivateTextHeld, stop_calling_for_the_answered)


def _followups() -> None:
    """What we promised is done when we write again, and was never said when its answer stays."""
    from harken.domain.conversations.events import AnsweredOutside
    from harken.domain.followups import reactions as promised
    from harken.domain.journal.services import react, react_to_many
    from harken.domain.replies.events import ReplyDelivered, ReplyRefused, ReplyUndone

    react_to_many(ReplyDelivered, promised.keep_what_was_promised)
    react_to_many(AnsweredOutside, promised.keep_what_was_promised)
    react(ReplyUndone, promised.drop_what_was_not_said)
    react(ReplyRefused, promised.drop_what_was_not_said)


def _approvals() -> None:
    """Who writes asks whether that needs somebody's word; what is taken back needs none."""
    from harken.domain.approvals.reactions import close_the_approval
    from harken.domain.approvals.services.asking import gate_of
    from harken.domain.handover.events import PrivateTextUndone
    from harken.domain.journal.services import react
    from harken.domain.replies.events import ReplyUndone
    from harken.domain.replies.gates import ask_before_leaving

    ask_before_leaving(gate_of)
    react(ReplyUndone, close_the_approval)
    react(PrivateTextUndone, close_the_approval)


def _taken_back() -> None:
    """An answer to what was taken back stays, and whoever asked hears of what did not go."""
    from harken.domain.conversations.events import MessageDeleted
    from harken.domain.journal.services import react
    from harken.domain.replies import reactions as answering
    from harken.domain.replies.events import ActionRefused, ReplyUndone

    react(MessageDeleted, answering.stop_reply_to_deleted_post)
    react(ActionRefused, answering.tell_of_what_stays)
    react(ReplyUndone, answering.tell_that_it_stayed)
