from datetime import UTC, datetime

import pytest

from harken.config.demo.company import BRAND
from harken.config.demo.recording import UnusableFile, load, moment
from harken.config.demo.replay import columns_from, play, report
from harken.connectors.loopback.client import Customers
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import Person
from harken.kit import http

EVENING = """\
id,author,inbound,created_at,text,in_reply_to
7,meridian_help,False,Tue Oct 31 22:03:00 +0000 2017,"Hello Eva, on its way. /Mika",5
9,4711,True,Tue Oct 31 22:04:00 +0000 2017,"thank
you",7
5,4711,True,Tue Oct 31 22:01:00 +0000 2017,where is my bike?,
11,4712,True,Tue Oct 31 22:05:00 +0000 2017,me too,404
12,4713,True,Tue Oct 31 22:06:00 +0000 2017,same here,404
12,4713,True,Tue Oct 31 22:06:00 +0000 2017,same here,404
"""


@pytest.fixture
def network():
    former = http.allow_private_hosts(["127.0.0.1"])
    with LoopbackNetwork.serve() as network:
        network.open_account(Person(BRAND.handle), password="open sesame", everything=True)
        yield network
    http.allow_private_hosts(former)


def written(tmp_path, text, name="posts.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_trees_are_found_also_when_the_parent_comes_later_or_never(tmp_path):
    recording = load(written(tmp_path, EVENING))
    assert [row.id for row in recording.rows] == ["5", "7", "9", "11", "12"]
    assert [row.root_id for row in recording.rows] == ["5", "5", "5", "404", "404"]
    assert [row.ours for row in recording.rows] == [False, True, False, False, False]
    assert (recording.repeated, recording.bad) == (1, [])
    assert recording.rows[2].text == "thank\nyou"


def test_every_recorded_post_is_told_to_the_account_in_its_tree(tmp_path, network):
    recording = load(written(tmp_path, EVENING))
    for _ in range(2):
        assert play(recording, Customers(network.url)).posts == 5
    us = network.person(Person(BRAND.handle))
    told = network.events(us, 0, 100).events
    assert [(event.post.id, event.post.root) for event in told] == [
        ("r-5", "r-5"),
        ("r-7", "r-5"),
        ("r-9", "r-5"),
        ("r-11", "r-404"),
        ("r-12", "r-404"),
    ]
    assert [event.post.id for event in told if event.post.author.id == us.id] == ["r-7"]


def test_posts_that_answer_each_other_in_a_ring_become_one_tree(tmp_path, network):
    ring = "id,author,text,time,reply_to\nb,x,one,1,a\na,y,two,2,b\nc,z,three,3,c\n"
    recording = load(written(tmp_path, ring))
    assert [(row.id, row.root_id, row.reply_to) for row in recording.rows] == [
        ("b", "a", "a"),
        ("a", "a", None),
        ("c", "c", None),
    ]
    play(recording, Customers(network.url))
    assert len(network.posts()) == 3


def test_a_bad_row_is_named_and_stops_no_other(tmp_path):
    rows = "author\ttext\ttime\n"
    rows += "eva\tfine\t2026-03-01T10:00:00Z\n\tnobody\t2026-03-01T10:00:00Z\n"
    rows += "tom\t\t2026-03-01T10:00:00Z\ntom\twhen?\tyesterday\n"
    rows += "tom\ttoo\t2026-03-01T10:00:00Z\tmany\ntom\tlast\t1772359200\n"
    recording = load(written(tmp_path, rows, "posts.tsv"))
    assert [row.text for row in recording.rows] == ["fine", "last"]
    assert [(bad.line, bad.column) for bad in recording.bad] == [
        (3, "author"),
        (4, "text"),
        (5, "time"),
        (6, "(all)"),
    ]
    assert "line 5, column time: not a time: 'yesterday'" in report(recording)


def test_json_lines_and_named_columns_are_read(tmp_path):
    lines = '{"who":{"handle":"@eva"},"what":"hi","when":1772359200000,"ours":true}\n'
    lines += '\n{"who":"tom","what":"hi"}\nnonsense\n'
    columns = columns_from("author=who,text=what,time=when")
    recording = load(written(tmp_path, lines, "posts.jsonl"), columns)
    (row,) = recording.rows
    assert (row.author, row.ours, row.id) == ("eva", True, "line-1")
    assert [(bad.line, bad.column) for bad in recording.bad] == [(3, "time"), (4, "(all)")]


def test_a_file_without_the_columns_says_what_it_has(tmp_path):
    with pytest.raises(UnusableFile, match="no column for text, time; the file has author, words"):
        load(written(tmp_path, "author,words\neva,hi\n"))


def test_handles_named_as_ours_are_ours_whatever_their_case(tmp_path):
    rows = "author,text,time\nMeridianHelp,hello,1\neva,hi,2\n"
    recording = load(written(tmp_path, rows), ours=["@meridianhelp"])
    assert [row.ours for row in recording.rows] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-16 23:36:05 -0800",
        "Tue Feb 17 07:36:05 +0000 2015",
        "2015-02-17T07:36:05Z",
        "2015-02-17 07:36:05",
        "1424158565",
        "1424158565000",
    ],
)
def test_the_usual_spellings_of_a_time_mean_the_same(text):
    assert moment(text) == datetime(2015, 2, 17, 7, 36, 5, tzinfo=UTC)


def test_a_chosen_speed_is_kept(tmp_path, network):
    rows = "id,author,text,time\n1,a,x,100\n2,b,y,160\n3,c,z,220\n"
    recording = load(written(tmp_path, rows))
    played = play(recording, Customers(network.url), speed=120)
    assert played.posts == 3
    assert 1.0 <= played.seconds < 60  # the two minutes of the file at their own pace take longer
