import subprocess
import sys

import httpx
import pytest

from harken.connectors.loopback.client import Customers
from harken.connectors.loopback.network import Gone, LoopbackNetwork, NotAllowed
from harken.connectors.loopback.tests.cast import EVA, TOM, US
from harken.connectors.loopback.wire import NewPost, Person


def test_a_network_started_again_is_as_it_was_left(tmp_path):
    path = tmp_path / "network.jsonl"
    first = LoopbackNetwork(path)
    us = first.open_account(Person(US, "Meridian"), password="open sesame")
    eva = first.person(EVA)
    post = first.write(eva, NewPost(f"@{US} hello"))
    gone = first.write(eva, NewPost(f"@{US} ignore this"))
    answer = first.write(us, NewPost("Hello Eva", reply_to=post.id), key="k1")
    first.edit(eva, post.id, f"@{US} hello there")
    first.delete(eva, gone.id)
    first.like(us, post.id, "k2")
    told = first.events(us, 0, 100)
    first.close()
    path.write_bytes(path.read_bytes() + b'{"type":"wro')

    again = LoopbackNetwork(path)
    assert again.posts() == first.posts()
    assert again.events(us, 0, 100) == told
    assert again.record(us, "k1").post == answer
    assert again.likes_of(post.id) == 1
    assert again.log_in(US, "open sesame").account == us
    assert again.write(us, NewPost("Hello Eva", reply_to=post.id), key="k1") == answer
    again.close()


def test_people_change_only_their_own_standing_posts():
    network = LoopbackNetwork()
    eva, tom = network.person(EVA), network.person(TOM)
    post = network.write(eva, NewPost("mine"))
    with pytest.raises(NotAllowed):
        network.edit(tom, post.id, "his")
    network.delete(eva, post.id)
    for change in (
        lambda: network.edit(eva, post.id, "x"),
        lambda: network.like(tom, post.id, "k"),
    ):
        with pytest.raises(Gone):
            change()


def test_replayed_posts_that_answer_each_other_in_a_ring_are_still_told():
    network = LoopbackNetwork()
    us = network.open_account(Person(US), everything=True)
    eva = network.person(EVA)
    network.write(eva, NewPost("a", reply_to="r-b", root="r-b", id="r-a"))
    network.write(eva, NewPost("b", reply_to="r-a", id="r-b"))
    assert [event.post.text for event in network.events(us, 0, 10).events] == ["a", "b"]


def test_a_browser_elsewhere_can_neither_write_nor_read(tmp_path):
    with LoopbackNetwork.serve() as network:
        body = b'{"author":{"handle":"x"},"post":{"text":"spam"}}'
        plain = httpx.post(f"{network.url}/post", content=body)
        foreign = httpx.post(
            f"{network.url}/post",
            content=body,
            headers={"Host": "evil.example", "Content-Type": "application/json"},
        )
        assert (plain.status_code, foreign.status_code, network.posts()) == (403, 403, [])


def test_the_public_page_shows_the_tree_and_escapes_it():
    with LoopbackNetwork.serve() as network:
        post = network.write(network.person(EVA), NewPost("<script>alert(1)</script>"))
        network.write(network.person(TOM), NewPost("nice try", reply_to=post.id))
        page = httpx.get(f"{network.url}/@{EVA.handle}/{post.id}").text
        assert "<script>" not in page and "&lt;script&gt;" in page and "nice try" in page


def test_the_standalone_server_keeps_its_posts_and_stops_when_told(tmp_path):
    data = tmp_path / "network.jsonl"
    for texts in (["first"], ["first", "second"]):
        command = [sys.executable, "-m", "harken.connectors.loopback.server", "--data", str(data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            customers = Customers(process.stdout.readline().strip())
            root = customers.write(EVA, NewPost(texts[-1], id="r-" + texts[-1])).id
            assert customers.trees(["r-first"])[0][0].text == "first"
            assert root == "r-" + texts[-1]
            customers.close()
            process.terminate()
            assert process.wait(timeout=60) == 0
    assert [post.text for post in LoopbackNetwork(data).posts()] == ["first", "second"]
