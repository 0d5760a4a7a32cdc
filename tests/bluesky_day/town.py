"""A town of customers at the reference network, and how a day of theirs goes.

They write past the relay, straight at their server: what is wrong with our line is not theirs.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from atproto_client.exceptions import RequestErrorBase

from harken.connectors.bluesky.tests.world import png
from tests.servers.atproto.network import AtprotoNetwork, unique
from tests.servers.atproto.people import Person, Ref, wait_for

SAID = (
    "where is my suitcase? It was on flight 214",
    "mein Gepäck ist seit zwei Tagen weg, was nun?",
    "ma réservation a disparu 😱 que faire ?",
    "he pagado dos veces la misma factura",
    "荷物がまだ届きません",
    "the app logs me out every time I pay 🧳✈️",
    "thank you, the crew on the night flight was lovely",
)
MORE = ("and nobody picks up the phone", "it has a red ribbon", "still nothing, one day later")
# What a day is made of, in shares; see the methods of the same names.
SHARES = {
    "mention": 34,
    "picture": 6,
    "reply": 14,
    "quote": 9,
    "tagged": 12,
    "follow_up": 14,
    "bystander": 5,
    "second_part": 6,
}
SEEN_BEFORE_REPLY = 2.0  # seconds: nobody answers what was written this moment
DELETED = 0.1  # of all posts


@dataclass
class Written:
    """A post as its author's server confirmed it. `at`: when it did, Unix time in seconds."""

    ref: Ref
    who: Person
    kind: str
    mark: str
    at: float
    deleted: bool = False
    answered: bool = False


@dataclass
class Town:
    """Everybody who writes, our own account, and everything they ever wrote."""

    network: AtprotoNetwork
    us: Person
    tag: str
    announcements: list[Ref]
    people: list[Person] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(11))

    @classmethod
    def founded(cls, network: AtprotoNetwork) -> Town:
        """Our account with two announcements, and nobody else yet."""
        us = network.person(unique("bluebird"))
        us.call_oneself("Bluebird Air")
        announcements = [
            us.post("Our winter timetable is out: 14 new cities."),
            us.post("Fog in the north today. Please look at the departures before you leave."),
        ]
        town = cls(network, us, "#" + unique("bluebird").replace("-", ""), announcements)
        for ref in announcements:
            town.shown(ref)
        return town

    def settle(self, count: int) -> None:
        """More customers move in, until there are `count`."""
        while len(self.people) < count:
            self.people.append(self.network.person(unique("guest")))

    def shown(self, ref: Ref) -> None:
        """Wait until the network shows a post to everybody: then it can be answered."""
        posts = self.us.client.app.bsky.feed.get_posts
        wait_for(lambda: posts({"uris": [ref.uri]}).posts, f"{ref.uri} is shown", 180)

    def known_again(self) -> None:
        """Wait until everybody at the network can see our account."""
        look = self.people[0].client.app.bsky.actor.get_profile

        def seen() -> bool:
            try:
                return bool(look({"actor": self.us.did}).did == self.us.did)
            except RequestErrorBase:
                return False

        wait_for(seen, "our account is back", 180)

    # --- a day --------------------------------------------------------------------------------

    def day(self, posts: int, seconds: float) -> None:
        """`posts` posts that concern us spread over `seconds`, chatter between, some deleted."""
        plan = self._plan(posts)
        doomed = set(self._chance.sample(range(len(plan)), round(posts * DELETED)))
        begin = time.monotonic()
        due: list[Written] = []
        for number, kind in enumerate(plan):
            time.sleep(max(0.0, begin + seconds * number / len(plan) - time.monotonic()))
            made = getattr(self, kind)(self._chance.choice(self.people))
            if number in doomed:
                due.append(made)
            if due and self._chance.random() < 0.3:
                self.delete(due.pop(0))
        for made in due:
            self.delete(made)

    def _plan(self, posts: int) -> list[str]:
        shares = sum(SHARES.values())
        plan = [kind for kind, share in SHARES.items() for _ in range(posts * share // shares)]
        plan += ["mention"] * (posts - len(plan))
        plan += ["chatter"] * (posts // 10)
        self._chance.shuffle(plan)
        return plan

    def delete(self, made: Written) -> None:
        """Its author takes a post back, unless somebody has written under it."""
        if not made.answered:
            made.who.delete(made.ref)
            made.deleted = True

    # --- kinds of posts -----------------------------------------------------------------------

    def mention(self, who: Person) -> Written:
        """Calls us by name."""
        return self._write(who, "mention", lambda mark: who.post(self._call(mark)))

    def picture(self, who: Person) -> Written:
        """Calls us, with a picture and its description."""
        alt = "A suitcase with a broken wheel, half in the rain"
        return self._write(
            who, "picture", lambda mark: who.post_image(self._call(mark), png(), alt)
        )

    def reply(self, who: Person) -> Written:
        """Replies to an announcement of ours, without naming us."""
        under = self._chance.choice(self.announcements)
        return self._write(who, "reply", lambda mark: who.reply(under, self._said(mark)))

    def quote(self, who: Person) -> Written:
        """Quotes an announcement of ours."""
        what = self._chance.choice(self.announcements)
        return self._write(who, "quote", lambda mark: who.quote(what, self._said(mark)))

    def tagged(self, who: Person) -> Written:
        """Uses the hashtag we listen for; nobody calls us."""
        return self._write(who, "tagged", lambda mark: who.post(self._said(mark, self.tag)))

    def follow_up(self, _who: Person) -> Written:
        """Somebody adds to a post of their own that concerned us, without naming us again."""
        earlier = self._earlier()
        if earlier is None:
            return self.mention(_who)
        return self._below(earlier, earlier.who, "follow_up")

    def bystander(self, who: Person) -> Written:
        """Somebody else joins in below a post that concerned us, without naming us."""
        earlier = self._earlier()
        if earlier is None:
            return self.mention(who)
        return self._below(earlier, who, "bystander")

    def second_part(self, who: Person) -> Written:
        """A thread whose first part does not concern us and whose second part calls us."""
        first = self.chatter(who)
        first.answered = True
        self.shown(first.ref)
        return self._write(who, "second_part", lambda mark: who.reply(first.ref, self._call(mark)))

    def chatter(self, who: Person) -> Written:
        """Does not concern us: a longer hashtag that begins like ours, or another's name."""
        other = self._chance.choice(self.people)
        text = self._chance.choice([f"{self.tag}fans meet today", f"hello @{other.handle}!"])
        return self._write(who, "chatter", lambda mark: who.post(f"{text} {mark}"))

    def thanks(self, who: Person, answer: Ref) -> Written:
        """A customer replies to an answer of ours."""
        return self._write(who, "thanks", lambda mark: who.reply(answer, f"Thank you! {mark}"))

    # --- pieces -------------------------------------------------------------------------------

    def _earlier(self) -> Written | None:
        """A post that concerned us and that people have had time to see."""
        before = time.time() - SEEN_BEFORE_REPLY
        told = [
            made
            for made in self.written
            if made.kind != "chatter" and not made.deleted and made.at < before
        ]
        return self._chance.choice(told) if told else None

    def _below(self, earlier: Written, who: Person, kind: str) -> Written:
        earlier.answered = True
        self.shown(earlier.ref)
        text = self._chance.choice(MORE)
        return self._write(who, kind, lambda mark: who.reply(earlier.ref, f"{text} {mark}"))

    def _write(self, who: Person, kind: str, how: Callable[[str], Ref]) -> Written:
        mark = f"[{len(self.written):04d}]"
        ref = how(mark)
        self.written.append(Written(ref, who, kind, mark, time.time()))
        return self.written[-1]

    def _call(self, mark: str) -> str:
        return self._said(mark, f"@{self.us.handle}")

    def _said(self, mark: str, call: str = "") -> str:
        return f"{call} {self._chance.choice(SAID)} {mark}".strip()


class Told:
    """When the network itself tells our account of each post, asked ten times a second."""

    def __init__(self, us: Person) -> None:
        self._us = us
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.first: dict[str, float] = {}

    def __enter__(self) -> Told:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _ask(self) -> None:
        notes = self._us.client.app.bsky.notification.list_notifications
        while not self._end.wait(0.1):
            for note in notes({"limit": 30}).notifications:
                self.first.setdefault(note.uri, time.time())


def still_there(written: Sequence[Written]) -> list[Written]:
    """Those that nobody deleted."""
    return [made for made in written if not made.deleted]
