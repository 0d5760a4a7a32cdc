"""A virtual agent: watches the screen, takes the next customer, reads, types, sends, goes on."""

from __future__ import annotations

import random
import threading

from harken.config.simulate.company import Login
from harken.config.simulate.customers import Customers
from harken.config.simulate.desk import Desk, Pane
from harken.config.simulate.floor import Floor, Sent
from harken.config.simulate.habits import Habits, Shift
from harken.config.simulate.plan import Time
from harken.config.simulate.screen import Screen
from harken.kit import clock

HELP_AFTER = 25.0  # simulated seconds a customer of a busy colleague waits before others step in
CLOSE_AFTER = 240.0  # after an answer nothing more came: solved
REFRESH = 3.0  # seconds of the wall between two looks at the list
PAGE = 50  # rows of the list
LOOK = 0.25  # seconds of the wall between two glances at the screen
PRESSES_TWICE, MEDDLES, SORTS = 0.01, 0.004, 0.08


class Agent:
    """One person with a browser. Runs in a thread of its own, its stream in another."""

    def __init__(self, url: str, login: Login, shift: Shift, floor: Floor, seed: int) -> None:
        self.desk = Desk(url)
        self.login = login
        self.shift = shift
        self._floor = floor
        self._dice = random.Random(seed)  # noqa: S311 - an invented person, not a secret
        self._habits = Habits(self._dice)
        self._mine: set[int] = set()
        self._solved: dict[int, float] = {}
        self._refreshed = 0.0
        floor.shifts[login.username] = shift

    def come_in(self, customers: Customers, time: Time) -> list[threading.Thread]:
        """Sit down: start listening and working. The threads end when the day is stopped."""
        self._customers, self._time = customers, time
        self._screen = Screen(time, self.desk.user)
        jobs = [
            (lambda: self.desk.listen(self._screen.hear, time.stop), "stream"),
            (self._work, "work"),
        ]
        threads = [
            threading.Thread(target=job, name=f"{self.login.username} {what}", daemon=True)
            for job, what in jobs
        ]
        for thread in threads:
            thread.start()
        return threads

    def _work(self) -> None:
        if not self._time.pass_by(self.shift.start - self._time.now):
            return
        while not self._time.stop.is_set() and self._time.now < self.shift.end:
            back = self.shift.away_until(self._time.now)
            if back is not None:
                self._hand_back()
                self._time.pass_by(back - self._time.now)
            elif not self._serve_anybody():
                self._rest()
        self._hand_back()

    def _serve_anybody(self) -> bool:
        """One's own first, then whoever waits for somebody away, then the next, then others'."""
        return (
            self._serve_own()
            or self._help_out(only_absent=True)
            or self._serve_next()
            or self._help_out(only_absent=False)
        )

    # --- whom ---------------------------------------------------------------------------------

    def _serve_own(self) -> bool:
        conversation = self._screen.of_mine(self._mine)
        if conversation is None:
            return False
        self._time.pass_by(self._habits.glance())
        return self._open(conversation)

    def _serve_next(self) -> bool:
        if not self._screen.anybody_free():
            return False
        # Where many have nothing to do, one of them is quicker and the others see it.
        self._time.pass_by(self._habits.glance() + self._dice.uniform(0, 1.2) * self._floor.idle)
        if not self._screen.anybody_free():
            return False
        at = self._time.now
        pane = self.desk.next()
        if pane is None:
            self._floor.count("next in vain")
            self._refresh()
            return False
        self._have(pane.conversation)
        self._floor.count("taken by next")
        return self._serve(pane, at)

    def _help_out(self, *, only_absent: bool) -> bool:
        """Take over what waits for a colleague who is away, or (with nothing to do) busy."""
        for conversation, waited in self._screen.held():
            holder = self._floor.holder(conversation)
            # Who has just got it has not said so across the room yet.
            there = not holder or self._floor.is_there(holder, self._time.now)
            if there and only_absent:
                continue
            if there and self._dice.random() < MEDDLES:
                self._floor.count("meddled")
                return self._open(conversation)
            if holder != self.login.username and (waited > HELP_AFTER or not there):
                return self._take_over(conversation)
        return False

    def _take_over(self, conversation: int) -> bool:
        if self.desk.act(conversation, "take").status == 409:
            self._floor.count("takes refused")
            self.desk.act(conversation, "assign", to=str(self.desk.user))
        self._floor.count("taken over")
        self._have(conversation)
        return self._open(conversation)

    def _have(self, conversation: int) -> None:
        self._mine.add(conversation)
        self._floor.has(conversation, self.login.username)

    def _open(self, conversation: int) -> bool:
        at = self._time.now
        pane = self.desk.open(conversation)
        if pane is None:
            self._screen.forget(conversation)
            self._mine.discard(conversation)
            return False
        return self._serve(pane, at)

    # --- how ----------------------------------------------------------------------------------

    def _serve(self, pane: Pane, at: float) -> bool:
        """Read it, then answer or close it; `at`: when it was opened."""
        self._screen.looked_at(pane.conversation, int(pane.seen), at)
        story = self._customers.known(pane.post)
        if story is None:
            self._floor.count("not understood")
            return True
        self.desk.present(pane.conversation)
        said = story.answers.get(pane.post, "")
        self._time.pass_by(self._habits.reading(len(story.opening.text)))
        if not said:
            return self._dismiss(pane.conversation)
        self._type(pane, said)
        self._send(pane, said)
        if self._dice.random() < SORTS:
            self._sort(pane.conversation, story.scene.topic)
        return True

    def _sort(self, conversation: int, topic: str) -> None:
        self.desk.act(conversation, "topic", to=str(self._floor.topics[topic]))
        self._floor.count("topics set")

    def _dismiss(self, conversation: int) -> bool:
        self._time.pass_by(self._habits.deciding())
        answer = self.desk.act(conversation, "close", to="thanks")
        self._screen.answered(conversation)
        self._floor.count("dismissed" if answer.status == 200 else "not closed")
        self._solved.pop(conversation, None)
        return True

    def _type(self, pane: Pane, text: str) -> None:
        self.desk.present(pane.conversation, "writing")
        takes = self._habits.typing(len(text))
        self._time.pass_by(takes * 0.6)
        self.desk.draft(pane, text[: len(text) * 6 // 10])
        self._time.pass_by(takes * 0.4 + self._habits.checking())

    def _send(self, pane: Pane, text: str) -> None:
        answer = self.desk.send(pane, text)
        if answer.status == 409:  # something happened meanwhile: look at it, and decide again
            self._floor.count("answers read once more")
            self._time.pass_by(self._habits.deciding())
            answer = self.desk.send(pane, text)
        self._screen.answered(pane.conversation)
        if answer.status == 200:
            self._floor.remember(Sent(pane.conversation, pane.post, text))
            self._solved[pane.conversation] = self._time.now + CLOSE_AFTER
            if self._dice.random() < PRESSES_TWICE:
                self.desk.send(pane, text)
                self._floor.count("pressed twice")
        else:
            self._floor.count("answers refused" if answer.status == 409 else "answers failed")

    # --- nothing to do ------------------------------------------------------------------------

    def _rest(self) -> None:
        ripe = next((c for c, at in self._solved.items() if at <= self._time.now), None)
        if ripe is not None:
            del self._solved[ripe]
            closed = self.desk.act(ripe, "close", to="").status == 200
            self._floor.count("closed" if closed else "not closed")
            return
        self._floor.rests(1)
        self._screen.changed.wait(LOOK)
        self._screen.changed.clear()
        self._floor.rests(-1)
        if clock.monotonic() - self._refreshed > REFRESH:
            self._refresh()

    def _refresh(self) -> None:
        self._refreshed = clock.monotonic()
        at = self._time.now
        hottest = self.desk.refresh()
        if hottest is not None:
            self._screen.show(hottest, at, is_all=len(hottest) < PAGE)

    def _hand_back(self) -> None:
        """Before a break, and at the end: nobody waits for somebody who is not there."""
        while (conversation := self._screen.of_mine(self._mine)) is not None:
            self._mine.discard(conversation)
            self._floor.has(conversation, "")
            self.desk.act(conversation, "assign", to="")
            self._floor.count("handed back")
        # Colleagues leave alone what somebody has open: an empty chair must not look taken.
        self.desk.leave()
