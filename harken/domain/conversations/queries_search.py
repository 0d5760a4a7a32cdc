"""Finding words in everything said, notes and people; only where the reader may look.

A plain `words @@ query ORDER BY id DESC LIMIT 50` lets the planner walk millions of rows for a
rare word. So the index is asked first, fenced (MATERIALIZED) and capped; only when a word is so
common that the cap is reached are the newest messages walked backwards, where it is soon found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

from harken.domain.contacts.models import Handle
from harken.domain.conversations.models import Conversation, Message, Note, State
from harken.domain.conversations.queries import visible_to
from harken.domain.conversations.queries_contacts import people
from harken.domain.people.models import User
from harken.kit.refusals import Refusal

PAGE = 50  # hits
CAP = 30_000  # index hits sorted; a word with more is walked for
WALK = 200_000  # newest messages looked at in one walk
NOTES = 20_000  # newest notes looked at; they have no index of their own
LONGEST = 200  # characters of a query
PEOPLE, NOTE_HITS = 6, 10
# Marks around a hit, from Unicode's private area; foreign text is cleaned of them first.
OPEN, CLOSE = "\ue000", "\ue001"
MARKS = f"StartSel={OPEN}, StopSel={CLOSE}"
WHOLE = f"{MARKS}, HighlightAll=true"
CUT = f"{MARKS}, MaxFragments=2, MaxWords=24, MinWords=8, ShortWord=0"
SHORT = 320  # characters; such a text is shown whole


class TooWide(Refusal):
    """The search would take too long."""

    status = 422


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search; empty means all. `since` is a UTC date."""

    state: str = ""
    team: str = ""  # slug
    network: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One found message or note. `pieces` are stretches of its text and whether they matched."""

    kind: str  # inbound | outbound | note
    id: int
    conversation: Conversation
    by: str
    at: datetime
    pieces: tuple[tuple[str, bool], ...]
    deleted: bool = False
    private: bool = False


@dataclass(slots=True)
class Found:
    """A page of results; people and notes only on the first page. `next` goes on below."""

    messages: list[Hit] = field(default_factory=list)
    notes: list[Hit] = field(default_factory=list)
    people: list[Handle] = field(default_factory=list)
    next: str | None = None

    def __bool__(self) -> bool:
        return bool(self.messages or self.notes or self.people)


def search(user: User, text: str, filters: Filters, *, before: str | None = None) -> Found:
    """Newest first. Words are ANDed, "a phrase" in quotes, -word excludes, or chooses.

    Raises `ValueError` for a `before` that no `next` ever was, and `TooWide`.
    """
    text = text.strip()[:LONGEST].replace("\x00", "")
    found = Found()
    if not text:
        return found
    seen = narrowed(user, filters)
    below = int(before) if before else None
    if below is not None and not 0 < below < 2**63:
        raise ValueError(f"no such place: {before!r}")
    if _has_words(text):
        ids, found.next = _message_ids(text, seen, filters, below)
        found.messages = _message_hits(ids, text)
    if below is None:
        found.people = list(people(user, text)[:PEOPLE])
        found.notes = _note_hits(text, seen, filters)
    return found


def narrowed(user: User, filters: Filters) -> QuerySet[Conversation]:
    """The conversations to search in: those the person may see, and then the filters."""
    seen = visible_to(user)
    if filters.state in State.values:
        seen = seen.filter(state=filters.state)
    if filters.team:
        seen = seen.filter(team__slug=filters.team)
    if filters.network:
        seen = seen.filter(channel__network=filters.network)
    return seen


def _has_words(text: str) -> bool:
    """Whether there is anything to look up: emoji and stop signs alone are no words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery('simple', %s))", [text])
        row = cursor.fetchone()
    return bool(row and row[0])


_FENCED = """
WITH hit AS MATERIALIZED (
    SELECT id, conversation_id, sent_at FROM conversations_message
    WHERE words @@ websearch_to_tsquery('simple', %s) LIMIT {cap}
)
SELECT id, (SELECT count(*) FROM hit) FROM hit
WHERE conversation_id IN ({seen}) {since} {below} ORDER BY id DESC LIMIT {page}
"""
_WALK = """
SELECT id, matches FROM (
    SELECT id, conversation_id, sent_at,
           words @@ websearch_to_tsquery('simple', %s) AS matches
    FROM conversations_message m WHERE true {below} ORDER BY id DESC LIMIT {walk}
) newest
WHERE matches AND conversation_id IN ({seen}) {since} ORDER BY id DESC LIMIT {page}
"""


def _message_ids(
    text: str, seen: QuerySet[Conversation], filters: Filters, below: int | None
) -> tuple[list[int], str | None]:
    rows = _run(_FENCED, text, seen, filters, below)
    ids = [row[0] for row in rows]
    common = bool(rows) and rows[0][1] > CAP
    if common or (not rows and _is_common(text)):
        ids = [row[0] for row in _run(_WALK, text, seen, filters, below)]
        if len(ids) <= PAGE:
            return ids, _where_the_walk_ended(below)
    return ids[:PAGE], str(ids[PAGE - 1]) if len(ids) > PAGE else None


def _run(
    template: str, text: str, seen: QuerySet[Conversation], filters: Filters, below: int | None
) -> list[tuple[Any, ...]]:
    inner, inner_params = seen.order_by().values("pk").query.sql_with_params()
    # Only constants and the ORM's own placeholders are put into the text; values stay parameters.
    sql = template.format(
        cap=CAP + 1,
        walk=WALK,
        page=PAGE + 1,
        seen=inner,
        since="AND sent_at >= %s" if filters.since else "",
        below="AND id < %s" if below else "",
    )
    since = [filters.since] if filters.since else []
    under = [below] if below else []
    walks = template is _WALK
    params = (
        [text, *under, *inner_params, *since] if walks else [text, *inner_params, *since, *under]
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")
            cursor.execute(sql, params)
            return list(cursor.fetchall())
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooWide("That finds too much to sort. Add a word or a date.") from error
        raise


def _is_common(text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM conversations_message "
            "WHERE words @@ websearch_to_tsquery('simple', %s) LIMIT %s) hit",
            [text, CAP + 1],
        )
        row = cursor.fetchone()
    return bool(row and row[0] > CAP)


def _where_the_walk_ended(below: int | None) -> str | None:
    walked = Message.objects.filter(pk__lt=below) if below else Message.objects.all()
    last = walked.order_by("-pk").values_list("pk", flat=True)[WALK - 1 : WALK].first()
    return str(last) if last else None


def _message_hits(ids: Sequence[int], text: str) -> list[Hit]:
    rows = (
        Message.objects.filter(pk__in=ids)
        .select_related("handle", "author", *_AROUND)
        .defer("raw", "words")
        .order_by("-pk")
    )
    marked = _marked("conversations_message", ids, text)
    return [
        Hit(
            message.direction,
            message.pk,
            message.conversation,
            _writer(message),
            message.sent_at,
            marked[message.pk],
            deleted=message.deleted_at is not None,
            private=message.is_private,
        )
        for message in rows
    ]


_AROUND = (
    "conversation__handle",
    "conversation__channel",
    "conversation__team",
    "conversation__topic",
)


def _writer(message: Message) -> str:
    if message.author is not None:
        return str(message.author)
    if message.handle is not None:
        return message.handle.display_name or f"@{message.handle.handle}"
    return "Our account"


def _note_hits(text: str, seen: QuerySet[Conversation], filters: Filters) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, body FROM conversations_note ORDER BY id DESC LIMIT %s) n "
            "WHERE to_tsvector('simple', left(body, 20000)) "
            "@@ websearch_to_tsquery('simple', %s) LIMIT 500",
            [NOTES, text],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = Note.objects.filter(pk__in=ids, conversation__in=seen)
    if filters.since:
        rows = rows.filter(written_at__date__gte=filters.since)
    notes = list(rows.select_related("author", *_AROUND).order_by("-pk")[:NOTE_HITS])
    marked = _marked("conversations_note", [note.pk for note in notes], text)
    return [
        Hit(
            "note",
            note.pk,
            note.conversation,
            str(note.author or "Harken"),
            note.written_at,
            marked[note.pk],
        )
        for note in notes
    ]


def _marked(table: str, ids: Sequence[int], text: str) -> dict[int, tuple[tuple[str, bool], ...]]:
    """The telling stretches of each row's text, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ts_headline('simple', translate(left(body, 20000), %s, ''), "  # noqa: S608 - two constants
            "websearch_to_tsquery('simple', %s), CASE WHEN length(body) <= %s THEN %s ELSE %s END) "
            f"FROM {table} WHERE id = ANY(%s)",
            [OPEN + CLOSE, text, SHORT, WHOLE, CUT, list(ids)],
        )
        return {row[0]: pieces(row[1]) for row in cursor.fetchall()}


def pieces(marked: str) -> tuple[tuple[str, bool], ...]:
    """Text with marks as stretches, each with whether it was marked; joined it is the text."""
    split: list[tuple[str, bool]] = []
    for number, part in enumerate(marked.split(OPEN)):
        hit, closed, rest = part.partition(CLOSE)
        if number and closed:
            split += [(hit, True), (rest, False)]
        else:
            split.append((part, False))
    return tuple((text, hit) for text, hit in split if text)
