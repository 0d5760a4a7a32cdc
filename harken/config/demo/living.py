"""The living network: invented customers who write to the demo company as long as it runs.

They mention it or only use its hashtag, comment on its announcements, ask again, lose patience,
thank, correct themselves and take posts back; others talk about it and call nobody. What happens
is decided by the seed; when, by the pace and by how fast the company answers.

    python -m harken.config.demo.living --url http://127.0.0.1:7000 --pace 6
"""

from __future__ import annotations

import argparse
import heapq
import logging
import random
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from harken.config.demo.company import BRAND
from harken.config.demo.phrasebook import LANGUAGES, Announcement, fill, phrases, values_for
from harken.config.demo.scene import Cast, Scene, draw, scene_of
from harken.config.demo.talk import overheard
from harken.connectors.loopback.client import Customers
from harken.connectors.loopback.wire import NewPost, Person, Post
from harken.kit import clock, http

log = logging.getLogger(__name__)

POSTS_PER_STORY = 1.6  # an opening and what follows it, on average
LOOK_SECONDS = 1.0  # between looks at the running stories
STORIES_FOLLOWED = 50  # what one request may ask for
ANNOUNCEMENT_EVERY = 30  # stories
STORIES_A_TALK = 1.5  # while so many begin, somebody talks about us and calls nobody
WELCOMES = 6  # stories that come quickly: whoever opens the demo should see the desk live at once
RETRY_SECONDS = 1.0
US = Person(BRAND.handle, BRAND.name)


@dataclass(slots=True)
class Story:
    """One customer's running conversation; `last_id` is their newest post."""

    scene: Scene
    root_id: str
    opening_id: str
    last_id: str
    answers_seen: int = 0
    impatient: int = 0
    mine: set[str] = field(default_factory=set)
    over: bool = False


@dataclass(order=True, slots=True)
class _Planned:
    due: float
    number: int
    act: Callable[[], None] = field(compare=False)


class LivingNetwork:
    """Drives the customers from one thread.

    `url`: the loopback network. `pace`: customers' posts a minute, may be changed at any time;
    0 starts no new stories. The same `seed` brings the same people and openings again.
    """

    def __init__(self, url: str, *, pace: float = 6.0, seed: int | None = None) -> None:
        self.pace = pace
        self._customers = Customers(url, deadline=2.0)
        self._dice = random.Random(seed)  # noqa: S311 - invented people, not a secret
        self._cast = Cast(self._dice)
        # A die of their own: who talks aside changes nothing in the stories of a seed.
        self._aside = random.Random(seed)  # noqa: S311 - invented people, not a secret
        self._talkers = Cast(self._aside)
        self._plan: list[_Planned] = []
        self._planned = 0
        self._stories: list[Story] = []
        self._begun = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread; the first post comes within a second."""
        self._thread = threading.Thread(target=self.run, name="living network", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop at once: no post is written after this returns."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Live until `stop` is called."""
        self._after(0.2, self._begin)
        self._after(4.0, self._talk)
        self._after(LOOK_SECONDS, self._look)
        while not self._stop.wait(self._seconds_to_next()):
            if self._plan and self._plan[0].due <= clock.monotonic():
                self._act(heapq.heappop(self._plan))
        self._customers.close()

    def _seconds_to_next(self) -> float:
        return max(0.0, self._plan[0].due - clock.monotonic()) if self._plan else LOOK_SECONDS

    def _act(self, planned: _Planned) -> None:
        try:
            planned.act()
        except httpx.HTTPError as error:
            if isinstance(error, httpx.HTTPStatusError) and error.response.is_client_error:
                # Somebody took the post back meanwhile: the story simply ends there.
                log.info("a customer's post was refused: %s", error)
                return
            planned.due = clock.monotonic() + RETRY_SECONDS
            heapq.heappush(self._plan, planned)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._planned += 1
        heapq.heappush(self._plan, _Planned(clock.monotonic() + seconds, self._planned, act))

    # --- beginning --------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.pace <= 0:
            self._after(1.0, self._begin)
            return
        self._tell(draw(self._dice, self._cast))
        self._begun += 1
        if self._begun % ANNOUNCEMENT_EVERY == 5:
            self._announce()
        gap = 60.0 / self.pace * POSTS_PER_STORY
        wait = min(self._dice.expovariate(1 / gap), 3 * gap)
        if self._begun <= WELCOMES:
            wait = min(wait, self._dice.uniform(3, 7))
        self._after(wait, self._begin)

    def _talk(self) -> None:
        if self.pace > 0:
            who, text, lang = overheard(self._aside, self._talkers)
            author = Person(who.handle, who.name, who.followers)
            self._customers.write(author, NewPost(text, lang=lang))
        gap = 60.0 / max(self.pace, 0.1) * POSTS_PER_STORY * STORIES_A_TALK
        self._after(self._aside.uniform(0.5, 1.5) * min(gap, 600.0), self._talk)

    def _tell(self, scene: Scene, under: Post | None = None) -> None:
        typo = self._dice.random() < 0.06 and not under
        text = _mistyped(scene.opening, self._dice) if typo else scene.opening
        post = self._write(scene, text, under.id if under else None)
        story = Story(scene, post.root, post.id, post.id, mine={post.id})
        if typo:
            self._after(self._dice.uniform(6, 20), lambda: self._correct(story))
        elif self._dice.random() < 0.04:
            self._after(self._dice.uniform(15, 60), lambda: self._take_back(story))
        if scene.is_case:
            self._after(self._dice.uniform(70, 150), lambda: self._grow_impatient(story))
        self._stories = [each for each in self._stories if not each.over][1 - STORIES_FOLLOWED :]
        self._stories.append(story)

    def _announce(self) -> None:
        lang = self._dice.choice(LANGUAGES)
        announcement = self._dice.choice(phrases(lang).announcements)
        values = values_for(self._dice, lang)
        post = self._customers.write(US, NewPost(fill(announcement.text, values), lang=lang))
        self._invite_comments(announcement, values, post)

    def _invite_comments(
        self, announcement: Announcement, values: dict[str, str], post: Post
    ) -> None:
        shared = {slot: values[slot] for slot in ("product", "place", "colour")}
        for place, comment in enumerate(announcement.comments):
            scene = scene_of(self._dice, self._cast, post.lang, comment, shared)
            wait = self._dice.uniform(8, 30) + 40 * place
            self._after(wait, lambda scene=scene: self._tell(scene, post))  # type: ignore[misc]

    # --- going on ---------------------------------------------------------------------------

    def _look(self) -> None:
        running = [story for story in self._stories if not story.over]
        if running:
            trees = self._customers.trees([story.root_id for story in running])
            for story, posts in zip(running, trees, strict=True):
                self._notice(story, posts)
        self._after(LOOK_SECONDS, self._look)

    def _notice(self, story: Story, posts: tuple[Post, ...]) -> None:
        answers = [
            post
            for post in posts
            if post.author.handle == US.handle and post.parent in story.mine and not post.deleted
        ]
        if len(answers) > story.answers_seen:
            story.answers_seen = len(answers)
            newest = answers[-1]
            self._after(self._dice.uniform(4, 15), lambda: self._react(story, newest))

    def _react(self, story: Story, answer: Post) -> None:
        if story.over:
            return
        mood = self._dice.random()
        first = story.answers_seen == 1
        follow_up = story.scene.follow_up(self._dice)
        if first and mood < 0.35 and follow_up is not None:
            self._say(story, follow_up.ask, answer.id)
        elif first and mood < 0.39 and story.scene.is_case:
            self._say(story, story.scene.angry(self._dice).ask, answer.id)
        elif mood < 0.8:
            self._say(story, story.scene.thanks(self._dice), answer.id)
            story.over = True
        else:
            story.over = True

    def _grow_impatient(self, story: Story) -> None:
        if story.over or story.answers_seen or story.impatient == 2:
            return
        if self._dice.random() < 0.45:
            story.impatient += 1
            self._say(story, story.scene.impatient(self._dice), story.last_id)
        self._after(self._dice.uniform(120, 240), lambda: self._grow_impatient(story))

    def _correct(self, story: Story) -> None:
        if not story.over:
            handle = story.scene.customer.handle
            self._customers.edit(handle, story.opening_id, story.scene.opening)

    def _take_back(self, story: Story) -> None:
        story.over = True
        self._customers.delete(story.scene.customer.handle, story.opening_id)

    def _say(self, story: Story, text: str, under: str) -> None:
        story.last_id = self._write(story.scene, text, under).id
        story.mine.add(story.last_id)

    def _write(self, scene: Scene, text: str, under: str | None) -> Post:
        customer = scene.customer
        author = Person(customer.handle, customer.name, customer.followers)
        return self._customers.write(author, NewPost(text, reply_to=under, lang=scene.lang))


def _mistyped(text: str, dice: random.Random) -> str:
    """The text with two letters swapped somewhere in a longer word after the greeting."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if long:
        place = dice.choice(long)
        word = words[place]
        words[place] = word[:2] + word[3] + word[2] + word[4:]
    return " ".join(words)


def main() -> None:
    """Live until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Invented customers for a loopback network.")
    parser.add_argument("--url", required=True, help="address of the loopback network")
    parser.add_argument("--pace", type=float, default=6.0, help="posts a minute")
    parser.add_argument("--seed", type=int, help="bring the same customers again")
    options = parser.parse_args()
    http.allow_private_hosts(["127.0.0.1"])
    living = LivingNetwork(options.url, pace=options.pace, seed=options.seed)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    living.start()
    stopping.wait()
    living.stop()


if __name__ == "__main__":
    main()
