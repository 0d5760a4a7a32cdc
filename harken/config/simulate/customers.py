"""The day's customers: they write, ask again, lose patience, thank, correct and take back.

What each of them says is a scene of the demo's phrasebook. One thread drives all of them, in
simulated time, straight at the network: what is wrong with our line is not theirs.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harken.config.demo.company import BRAND
from harken.config.demo.scene import Cast, Scene, draw
from harken.config.simulate.plan import STORM_TOPIC, Arrival, Time
from harken.connectors.loopback.network import Gone, LoopbackNetwork
from harken.connectors.loopback.wire import Face, NewPost, Person, Post

LOOK = 0.2  # seconds of the wall between two looks for our answers
# Chances of what a customer does.
CORRECTS, TAKES_BACK, LOSES_PATIENCE = 0.06, 0.02, 0.3
ASKS_AGAIN, IS_ANGRY, THANKS = 0.22, 0.03, 0.42
THANKED = ""  # what to answer to a thank-you: nothing


@dataclass(slots=True)
class Story:
    """One customer's matter. `answers` has for each of their posts what a colleague would write."""

    scene: Scene
    author: Face
    opening: Post
    storm: bool
    last: str
    replied: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    over: bool = False


@dataclass(order=True, slots=True)
class _Planned:
    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


class Customers:
    """Everybody who writes on the day, from `start` until the day is over (`closing`)."""

    def __init__(self, network: LoopbackNetwork, time: Time, seed: int, closing: float) -> None:
        self.stories: dict[str, Story] = {}  # by the id of each post of theirs
        self.written = 0
        self._network, self._time, self._closing = network, time, closing
        self._dice = random.Random(seed)  # noqa: S311 - invented people, not a secret
        self._cast = Cast(self._dice)
        self._us = network.person(Person(BRAND.handle, BRAND.name))
        self._read = 0
        self._plan: list[_Planned] = []
        self._planned = 0
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)

    def start(self, arriving: Sequence[Arrival]) -> None:
        """Let them come."""
        for arrival in arriving:
            self._at(arrival.at, lambda arrival=arrival: self._begin(arrival))  # type: ignore[misc]
        self._at(0.0, self._look)
        self._thread.start()

    def join(self) -> None:
        """Wait for the thread, which ends when the day is stopped."""
        self._thread.join(10)

    def known(self, post: str) -> Story | None:
        """Whose post this is; what a person understands who reads it."""
        return self.stories.get(post)

    def _run(self) -> None:
        while self._time.pass_by(self._plan[0].at - self._time.now if self._plan else 1.0):
            if self._plan and self._plan[0].at <= self._time.now:
                heapq.heappop(self._plan).act()

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        self._planned += 1
        heapq.heappush(self._plan, _Planned(moment, self._planned, act))

    def _after(self, least: float, most: float, act: Callable[[], None]) -> None:
        moment = self._time.now + self._dice.uniform(least, most)
        if moment < self._closing:
            self._at(moment, act)

    # --- beginning ----------------------------------------------------------------------------

    def _begin(self, arrival: Arrival) -> None:
        dice = self._dice
        scene = draw(dice, self._cast, topic=STORM_TOPIC if arrival.storm else None)
        who = scene.customer
        author = self._network.person(Person(who.handle, who.name, who.followers))
        wrong = dice.random() < CORRECTS
        text = f"… {scene.opening}" if wrong else scene.opening
        post = self._network.write(author, NewPost(text, lang=scene.lang))
        story = Story(scene, author, post, arrival.storm, post.id)
        self._tell(story, post, scene.answer)
        if wrong:
            self._after(6, 20, lambda: self._correct(story))
        elif dice.random() < TAKES_BACK:
            self._after(15, 90, lambda: self._take_back(story))
        if scene.is_case and not scene.tagged:
            self._after(90, 240, lambda: self._lose_patience(story))

    def _tell(self, story: Story, post: Post, answer: str) -> None:
        self.written += 1
        story.last = post.id
        story.answers[post.id] = answer
        self.stories[post.id] = story

    def _correct(self, story: Story) -> None:
        if not story.over:
            self._network.edit(story.author, story.opening.id, story.scene.opening)

    def _take_back(self, story: Story) -> None:
        if not story.replied:
            story.over = True
            self._network.delete(story.author, story.opening.id)

    def _lose_patience(self, story: Story) -> None:
        if not (story.over or story.replied) and self._dice.random() < LOSES_PATIENCE:
            self._say(story, story.scene.impatient(self._dice), story.last, story.scene.answer)

    # --- going on -----------------------------------------------------------------------------

    def _look(self) -> None:
        page = self._network.events(self._us, self._read, 500)
        self._read = page.cursor
        for event in page.events:
            if event.why == "own" and event.kind == "post" and event.post.parent:
                story = self.stories.get(event.post.parent)
                if story is not None and not story.over:
                    story.replied += 1
                    answered = event.post.id
                    self._after(12, 80, lambda s=story, a=answered: self._react(s, a))  # type: ignore[misc]
        self._at(self._time.now + LOOK * self._time.speed, self._look)

    def _react(self, story: Story, under: str) -> None:
        mood, again = self._dice.random(), story.scene.follow_up(self._dice)
        first = story.replied == 1
        if first and mood < ASKS_AGAIN and again is not None:
            self._say(story, again.ask, under, again.answer)
        elif first and mood < ASKS_AGAIN + IS_ANGRY and story.scene.is_case:
            angry = story.scene.angry(self._dice)
            self._say(story, angry.ask, under, angry.answer)
        elif mood < ASKS_AGAIN + IS_ANGRY + THANKS:
            self._say(story, story.scene.thanks(self._dice), under, THANKED)
            story.over = True

    def _say(self, story: Story, text: str, under: str, answer: str) -> None:
        try:
            post = self._network.write(
                story.author, NewPost(text, reply_to=under, lang=story.scene.lang)
            )
        except Gone:
            return  # the post above was taken back meanwhile
        self._tell(story, post, answer)
