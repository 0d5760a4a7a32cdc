"""Reading what concerns us: notifications, and searches for the words we listen for.

Each read takes one page of notifications and one page of one search, the terms taking turns, so
that ten hashtags cost no more calls than one. Every new post is read in full, together with the
posts above it, and packed into one self-contained JSON item.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from harken.connectors.bluesky.addresses import AtUri
from harken.connectors.bluesky.items import packed, packed_deletion
from harken.connectors.bluesky.parse import ancestors_of, moment
from harken.connectors.bluesky.posts import posts
from harken.connectors.bluesky.recheck import is_gone
from harken.connectors.bluesky.relevance import calls, carries_tag, objects
from harken.connectors.bluesky.session import Session
from harken.connectors.bluesky.trail import OVERLAP, Hit, Trail
from harken.connectors.bluesky.xrpc import BrokenOff, Json
from harken.kit import clock
from harken.kit.connector import ConnectorError, Page, RateLimited, SessionLost, Why

REASONS = ("mention", "reply", "quote")
log = logging.getLogger(__name__)
NOTIFICATIONS, HITS = 100, 50  # of one page; the server gives no more than 100
PROFILES_A_CALL = 25  # getProfiles takes no more
PARENTS = 40  # posts above a post that are shown as context


@dataclass(slots=True)
class State:
    """The cursor, opened: one trail for notifications, one for each term, and whose turn it is."""

    mentions: Trail = field(default_factory=Trail)
    terms: dict[str, Trail] = field(default_factory=dict)
    turn: int = 0

    @classmethod
    def opened(cls, cursor: str | None, terms: Sequence[str]) -> State:
        """From a cursor we gave out. Terms no longer listened for are dropped, new ones added."""
        try:
            values = json.loads(cursor or "{}")
            saved = values.get("terms") or {}
            trails = {term: Trail.restored(saved.get(term)) for term in terms}
            return cls(Trail.restored(values.get("mentions")), trails, int(values.get("turn", 0)))
        except (ValueError, AttributeError, TypeError):
            return cls(terms={term: Trail() for term in terms})

    def closed(self) -> str:
        """The cursor to store."""
        terms = {term: trail.saved() for term, trail in self.terms.items()}
        return json.dumps({"mentions": self.mentions.saved(), "terms": terms, "turn": self.turn})


class Listener:
    """Reads for one account."""

    def __init__(self, session: Session, terms: Sequence[str]) -> None:
        self._session = session
        self._terms = tuple(dict.fromkeys(term.strip() for term in terms if term.strip()))

    def read(self, cursor: str | None) -> Page:
        """One page of everything. Raises `ConnectorError` and its kin; then nothing is lost."""
        state = State.opened(cursor, self._terms)
        hits, state.mentions = self._mentions(state.mentions)
        term = self._whose_turn(state)
        if term:
            found, state.terms[term] = self._search(term, state.terms[term])
            called = {hit.uri for hit in hits}
            hits += [hit for hit in found if hit.uri not in called]
        views = posts(self._session, [hit.uri for hit in hits])
        self._forget_unread(state, term, [hit for hit in hits if hit.uri not in views])
        wanted = [
            (view, why)
            for hit in hits
            if (view := views.get(hit.uri)) and (why := self._why(hit, view, term))
        ]
        walking = state.mentions.walking or any(t.walking for t in state.terms.values())
        return Page(self._packed(wanted), state.closed(), more=walking)

    def one(self, uri: str) -> bytes | None:
        """One post in full, packed; its deletion; None for one that is not shown to us."""
        try:
            address = str(AtUri.read(uri))
        except ValueError:
            return None
        view = posts(self._session, [address]).get(address)
        if view is None:
            return (
                packed_deletion(address, clock.now()) if is_gone(self._session, address) else None
            )
        why = calls(view, self._session.did) or Why.SEARCH.value
        return self._packed([(view, why)])[0]

    def _mentions(self, trail: Trail) -> tuple[list[Hit], Trail]:
        query = {"reasons": REASONS}
        answer = self._page("app.bsky.notification.listNotifications", query, NOTIFICATIONS, trail)
        hits = [_hit(entry, str(entry.get("reason"))) for entry in objects(answer, "notifications")]
        after = _next_but_overlapping(answer, trail.page)
        fresh, trail = trail.advance(hits, after, clock.now())
        # A server that does not know the `reasons` filter sends likes and follows as well.
        return [hit for hit in fresh if hit.why in REASONS], trail

    def _whose_turn(self, state: State) -> str:
        """The term to search now; one whose walk is unfinished goes first."""
        if not self._terms:
            return ""
        for term in self._terms:
            if state.terms[term].walking:
                return term
        state.turn = (state.turn + 1) % len(self._terms)
        return self._terms[state.turn]

    def _search(self, term: str, trail: Trail) -> tuple[list[Hit], Trail]:
        query = {"q": term, "sort": "latest"}
        try:
            answer = self._page("app.bsky.feed.searchPosts", query, HITS, trail)
        except SessionLost:
            raise
        except ConnectorError as error:
            # A search that fails, for one odd word perhaps, must not hold up those who call us.
            log.warning("searching Bluesky for a term failed, tried again next turn: %s", error)
            return [], trail
        hits = [_hit(view, Why.SEARCH.value) for view in objects(answer, "posts")]
        return trail.advance(hits, _next(answer), clock.now())

    def _page(self, nsid: str, query: Mapping[str, Any], most: int, trail: Trail) -> Json:
        """One page of a list; a shorter one when somebody blew up the posts on it."""
        for limit in (most, max(1, most // 10)):
            try:
                return self._session.get(nsid, _from(trail, {**query, "limit": limit}))
            except BrokenOff:
                continue
        return self._session.get(nsid, _from(trail, {**query, "limit": 1}))

    def _why(self, hit: Hit, view: Json, term: str) -> str:
        """Why a post concerns us; empty for search hits that do not.

        Those are our own posts, and texts that only look like the hashtag. A search may also be
        quicker than the notification of the same post, so what it found may still call us.
        """
        if hit.why != Why.SEARCH.value:
            return hit.why
        if _author(view) == self._session.did:
            return ""
        if term.startswith("#") and not carries_tag(view, term):
            return ""
        return calls(view, self._session.did) or hit.why

    def _forget_unread(self, state: State, term: str, unread: Sequence[Hit]) -> None:
        """A post that is listed but not shown yet gets another chance while it is fresh."""
        since = clock.now() - OVERLAP
        uris = [hit.uri for hit in unread if hit.at is not None and hit.at >= since]
        if uris:
            state.mentions = state.mentions.without(uris)
            if term:
                state.terms[term] = state.terms[term].without(uris)

    def _packed(self, wanted: Sequence[tuple[Json, str]]) -> tuple[bytes, ...]:
        followers = self._followers(sorted({_author(view) for view, _ in wanted}))
        items = []
        for view, why in wanted:
            above = self._above(view)
            items.append(packed(view, why, above, followers.get(_author(view))))
        return tuple(items)

    def _followers(self, dids: Sequence[str]) -> dict[str, int]:
        """How many follow each author. Nice to know, so a failure here costs nothing."""
        found: dict[str, int] = {}
        for start in range(0, len(dids), PROFILES_A_CALL):
            query = {"actors": dids[start : start + PROFILES_A_CALL]}
            try:
                answer = self._session.get("app.bsky.actor.getProfiles", query)
            except (RateLimited, SessionLost):
                raise
            except ConnectorError:
                return found
            for profile in objects(answer, "profiles"):
                count = profile.get("followersCount")
                if isinstance(count, int):
                    found[str(profile.get("did"))] = count
        return found

    def _above(self, view: Json) -> list[Json]:
        """The posts above a reply, oldest first; none when they cannot be read."""
        record = view.get("record")
        if not isinstance(record, dict) or not record.get("reply"):
            return []
        query = {"uri": str(view.get("uri")), "depth": 0, "parentHeight": PARENTS}
        try:
            answer = self._session.get("app.bsky.feed.getPostThread", query)
        except (RateLimited, SessionLost):
            raise
        except ConnectorError:
            return []
        return ancestors_of(answer.get("thread"))


def _from(trail: Trail, query: dict[str, Any]) -> dict[str, Any]:
    return {**query, "cursor": trail.page} if trail.page else query


def _hit(entry: Json, why: str) -> Hit:
    return Hit(str(entry.get("uri")), moment(entry.get("indexedAt")), why)


def _next(answer: Json) -> str:
    page = answer.get("cursor")
    return page if isinstance(page, str) else ""


def _next_but_overlapping(answer: Json, page: str) -> str:
    """The next page of notifications, begun a millisecond early.

    Their cursor is the time of the last entry, and the next page begins below it: entries of the
    same millisecond that fell behind the edge of the page would never be listed.
    """
    after = _next(answer)
    time = moment(after)
    if time is None:
        return after
    early = (time + timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    early = early.replace("+00:00", "Z")
    return after if early == page else early


def _author(view: Json) -> str:
    author = view.get("author")
    return str(author.get("did")) if isinstance(author, dict) else ""
