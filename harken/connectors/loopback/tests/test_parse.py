from datetime import timedelta

import pytest

from harken.connectors.loopback.tests.cast import EVA, TOM, US, staged
from harken.connectors.loopback.wire import NewPost, Picture
from harken.kit.connector import InboundPost, PostDeleted, PostEdited, SpanKind, Unreadable


@pytest.fixture
def stage():
    with staged("#meridian", "drift bike") as stage:
        yield stage


def test_a_mention_arrives_with_its_author_time_and_pictures(stage):
    picture = Picture("http://127.0.0.1/box.jpg", "a dented box")
    written = stage.says(EVA, f"@{US} look at this", images=(picture,), lang="en")
    (post,) = stage.listen()
    assert isinstance(post, InboundPost)
    assert (post.external_id, post.root_id, post.why) == (written.id, written.id, "mention")
    assert post.sent_at == written.at and post.sent_at.utcoffset() == timedelta(0)
    assert (post.author.handle, post.author.followers) == (EVA.handle, 120)
    assert [image.alt for image in post.images] == ["a dented box"]
    assert post.url.startswith(stage.network.url) and not post.by_us


def test_each_reason_to_be_told_is_named(stage):
    announcement = stage.network.write(stage.us, NewPost("New colours from Monday."))
    stage.says(EVA, "lovely!", reply_to=announcement.id)
    stage.says(EVA, "look at that", quote=announcement.id)
    stage.says(TOM, "anyone tried #Meridian yet")
    stage.says(TOM, "my Drift Bike squeaks")
    called = stage.says(TOM, f"hey @{US.upper()}, is it open today?")
    stage.says(TOM, "and tomorrow?", reply_to=called.id)
    stage.says(TOM, "talking about #meridianair and drift bikes elsewhere")
    assert stage.hears() == [
        ("New colours from Monday.", "own"),
        ("lovely!", "reply"),
        ("look at that", "quote"),
        ("anyone tried #Meridian yet", "search"),
        ("my Drift Bike squeaks", "search"),
        (f"hey @{US.upper()}, is it open today?", "mention"),
        ("and tomorrow?", "thread"),
    ]


def test_a_follow_up_brings_the_posts_above_it(stage):
    announcement = stage.network.write(stage.us, NewPost("New colours from Monday."))
    first = stage.says(EVA, "which ones?", reply_to=announcement.id)
    stage.says(EVA, "green too?", reply_to=first.id)
    last = stage.listen()[-1]
    assert [above.text for above in last.ancestors] == [announcement.text, "which ones?"]
    assert [above.by_us for above in last.ancestors] == [True, False]
    assert (last.parent_id, last.root_id) == (first.id, announcement.id)


def test_a_quote_carries_the_quoted_post(stage):
    announcement = stage.network.write(stage.us, NewPost("New colours from Monday."))
    stage.says(EVA, "really?", quote=announcement.id)
    quoting = stage.listen()[-1]
    assert quoting.quoted.external_id == announcement.id
    assert quoting.quoted.text == announcement.text


def test_later_edits_have_larger_versions(stage):
    post = stage.says(EVA, f"@{US} where is my bike")
    stage.network.edit(post.author, post.id, "where is my green bike")
    stage.network.edit(post.author, post.id, "found it")
    created, first, second = stage.listen()
    assert isinstance(first, PostEdited) and isinstance(second, PostEdited)
    assert created.version < first.version < second.version
    assert (first.text, second.text) == ("where is my green bike", "found it")


def test_a_deletion_is_told_without_the_text(stage):
    post = stage.says(EVA, f"@{US} never mind")
    stage.listen()
    stage.network.delete(post.author, post.id)
    page = stage.connector.read(stage.cursor)
    assert b"never mind" not in page.items[0]
    assert stage.connector.parse(page.items[0]) == [
        PostDeleted(post.id, stage.network.post(post.id).changed)
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b'{"seq":1,"kind":"poke","post":{}}',
        b'{"seq":1,"kind":"post","post":{"id":"a","author":{"id":"b","handle":"c"},'
        b'"text":"d","at":"2026-13-41T00:00:00Z","root":"a"}}',
        b'{"seq":1,"kind":"post","post":{"id":"a","author":{"id":"b","handle":"c"},'
        b'"text":"d","at":"2026-01-01T00:00:00","root":"a"}}',
        b'{"seq":1,"kind":"post","why":"boredom","post":{"id":"a","author":{"id":"b",'
        b'"handle":"c"},"text":"d","at":"2026-01-01T00:00:00Z","root":"a"}}',
        b'{"seq":1,"kind":"post","post":{"id":"a","author":{"id":"b","handle":"c"},'
        b'"text":"\\ud800","at":"2026-01-01T00:00:00Z","root":"a"}}',
    ],
)
def test_what_is_no_event_is_unreadable(stage, raw):
    with pytest.raises(Unreadable):
        stage.connector.parse(raw)


def test_a_preview_joins_to_the_text_and_marks_links_mentions_and_tags(stage):
    text = "Hi @eva.example, see https://meridian.example/a?b=1. #Drift #2 mail@x.example"
    spans = stage.connector.preview(text)
    assert "".join(span.text for span in spans) == text
    assert [(span.kind, span.target) for span in spans if span.kind is not SpanKind.TEXT] == [
        (SpanKind.MENTION, "eva.example"),
        (SpanKind.LINK, "https://meridian.example/a?b=1"),
        (SpanKind.TAG, "Drift"),
    ]


def test_length_counts_what_people_see(stage):
    assert stage.connector.length("e\u0301👩‍👩‍👧‍👦🇳🇱").used == 3
    assert stage.connector.length("x" * 281).left == -1
