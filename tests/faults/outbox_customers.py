"""The customers of the model: they write, change what they wrote, and take it back."""

from __future__ import annotations

from harken.domain.conversations.models import Message
from harken.domain.conversations.services.changes import apply_deletion, apply_edit
from harken.domain.conversations.services.receive import receive_posts
from harken.kit import clock
from harken.kit.connector import PostDeleted, PostEdited
from tests.cast import post
from tests.faults.outbox_games import Game, Posted, move, pick


def _some_stand(game: Game) -> bool:
    return any(each.is_there for each in game.posts)


class Customers(Game):
    """What customers do, whatever the house is doing with what they wrote."""

    @move("receive", 6, number=pick)
    def receive(self, number: int) -> None:
        under = self.posts[number % len(self.posts)] if self.posts else None
        if under is None or number % 3 == 0:
            by, more = f"guest{number}", {}
        else:
            by, more = under.by, {"root_id": under.thread, "parent_id": under.external_id}
        written = post("Where is it?", by=by, **more)
        receive_posts(self.company.channel, [written])
        place = Message.objects.values_list("conversation_id", flat=True)
        there = place.get(external_id=written.external_id)
        self.posts.append(Posted(written.external_id, there, written.root_id, by))
        self.news[there] += 1

    @move("edit", 2, when=_some_stand, number=pick)
    def edit(self, number: int) -> None:
        written = self.standing(number)
        written.version += 1
        changed = PostEdited(
            written.external_id, "Where is it now?", clock.now(), f"{written.version}"
        )
        self.news[written.conversation] += apply_edit(self.company.channel, changed)

    @move("delete", 2, when=_some_stand, number=pick)
    def delete(self, number: int) -> None:
        written = self.standing(number)
        apply_deletion(self.company.channel, PostDeleted(written.external_id, clock.now()))
        written.is_there = False
        self.news[written.conversation] += 1

    def standing(self, number: int) -> Posted:
        there = [each for each in self.posts if each.is_there]
        return there[number % len(there)]
