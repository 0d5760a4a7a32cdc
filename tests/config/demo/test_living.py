import time

import pytest

from harken.config.demo import living as living_module
from harken.config.demo.company import BRAND
from harken.config.demo.living import LivingNetwork
from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.wire import NewPost, Person
from harken.kit import http


@pytest.fixture
def network():
    former = http.allow_private_hosts(["127.0.0.1"])
    with LoopbackNetwork.serve() as network:
        network.open_account(Person(BRAND.handle, BRAND.name), password="open sesame")
        yield network
    http.allow_private_hosts(former)


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_the_first_customer_writes_by_itself_and_a_stop_is_final(network):
    living = LivingNetwork(network.url, pace=6)
    living.start()
    assert until(network.posts)
    living.stop()
    count = len(network.posts())
    time.sleep(0.3)
    assert len(network.posts()) == count


def test_the_same_seed_brings_the_same_openings(network):
    openings = []
    for _ in range(2):
        with LoopbackNetwork.serve() as fresh:
            living = LivingNetwork(fresh.url, pace=3000, seed=4)
            living.start()
            assert until(lambda fresh=fresh: len(fresh.posts()) >= 5)
            living.stop()
            openings.append([post.text for post in fresh.posts()][:4])
    assert openings[0] == openings[1]


def test_customers_react_to_answers(network, monkeypatch):
    class Hasty(LivingNetwork):
        def _after(self, seconds, act):
            super()._after(seconds / 60, act)

    living = Hasty(network.url, pace=300, seed=3)
    living.start()
    us = network.person(Person(BRAND.handle))
    answered = set()

    def reacted():
        for post in network.posts():
            if post.author.id != us.id and post.parent is None and post.id not in answered:
                answered.add(post.id)
                if not post.deleted:
                    network.write(us, NewPost("Hello, I am looking. /Mika", reply_to=post.id))
        ours = {post.id for post in network.posts() if post.author.id == us.id and post.parent}
        return sum(post.parent in ours for post in network.posts()) >= 5

    assert until(reacted)
    living.stop()


def test_customers_lose_patience_edit_delete_and_comment(network, monkeypatch):
    class Hasty(LivingNetwork):
        def _after(self, seconds, act):
            super()._after(seconds / 400, act)

    monkeypatch.setattr(living_module, "ANNOUNCEMENT_EVERY", 10)
    living = Hasty(network.url, pace=60, seed=3)
    living.start()

    def lively():
        posts = network.posts()
        by_id = {post.id: post for post in posts}
        above = [(post, by_id.get(post.parent)) for post in posts if post.parent]
        impatient = any(up and up.author.id == post.author.id for post, up in above)
        comment = any(up and up.author.handle == BRAND.handle for _, up in above)
        edited = any(post.version and not post.deleted for post in posts)
        return impatient and comment and edited and any(post.deleted for post in posts)

    assert until(lively)
    living.stop()


def test_an_outage_of_the_network_does_not_end_the_story(network):
    living = LivingNetwork(network.url, pace=600, seed=2)
    network.server.stop()
    living.start()
    time.sleep(0.5)
    network.server.start()
    assert until(lambda: len(network.posts()) >= 2)
    living.stop()
