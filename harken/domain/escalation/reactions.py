"""What escalation does when something happens to a conversation."""

from __future__ import annotations

from harken.domain.conversations.events import TeamChanged
from harken.domain.escalation.models import Escalation, Level
from harken.domain.escalation.services.paging import moment, page


def page_the_new_team(event: TeamChanged) -> None:
    """While the lead is asked, a conversation that changes its team asks the new team's lead.

    The lead of the old team may not see it any more. Levels above are of no team and go on.
    Whoever moves a conversation holds its row, as the lock order wants.
    """
    held = Escalation.objects.select_for_update(of=("self",), no_key=True)
    asking = held.filter(
        conversation=event.conversation, level=Level.LEAD, next_at__isnull=False
    ).select_related("conversation__team")
    for escalation in asking:
        page(escalation, Level.LEAD, moment())
