"""Who reacts to what, on one page. Reactions run inside the transaction of their event."""


def wire() -> None:
    """Connect every event to its reactions."""
    from harken.domain.conversations.events import MessageDeleted
    from harken.domain.journal.services import react
    from harken.domain.presence.reactions import free_the_lock_of_the_sender
    from harken.domain.replies.events import ReplyQueued
    from harken.domain.replies.reactions import stop_reply_to_deleted_post

    react(MessageDeleted, stop_reply_to_deleted_post)
    react(ReplyQueued, free_the_lock_of_the_sender)
