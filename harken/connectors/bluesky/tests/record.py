"""Records the payloads in `fixtures/` anew, from the reference network and with invented text.

python -m harken.connectors.bluesky.tests.record
"""

from __future__ import annotations

import json
from pathlib import Path

from harken.connectors.bluesky.tests.world import BlueskyWorld, png
from harken.kit import http
from harken.kit.connector import Followed
from harken.kit.connector_contract.steps import eventually, follow, hear, raw_of
from tests.servers.atproto.network import AtprotoNetwork
from tests.servers.atproto.people import Ref

FIXTURES = Path(__file__).parent.parent / "fixtures"


def record(world: BlueskyWorld) -> dict[str, bytes]:
    """One raw item of every kind, by the name of its file."""
    connector = world.connector(world.tag)
    world.customer.call_oneself("Ana Example 🚲")
    at_us = f"@{world.ours.handle}"
    ours = world.our_post("From Monday the night train stops in Exampleton as well.")
    found: dict[str, Ref] = {
        "mention": world.customer.post(
            f"{at_us} my train was 40 minutes late 😡 again. #late https://example.org/timetable"
        ),
        "images": world.customer.post_image(
            f"{at_us} look at this seat", png(), "A torn seat, foam showing"
        ),
        "search": world.customer.post(f"An hour on the platform now {world.tag}"),
        "quote": world.customer.quote_with_image(
            world.refs[ours], "Will it be dearer?", png(), "The old timetable"
        ),
    }
    first = world.other.reply(world.refs[ours], "At what time?")
    found["reply"] = world.customer.reply(first, "I cannot find it either")
    items = {name: raw_of(world, connector, ref.uri) for name, ref in found.items()}
    post = hear(world, connector, found["mention"].uri)
    below = world.other.reply(found["mention"], "Same here")
    (items["thread"],) = eventually(world, lambda: follow(connector, post), "the follow-up")
    world.other.delete(below)
    tree = Followed(post.root_id, (post.external_id, below.uri))
    (items["deleted"],) = eventually(world, lambda: connector.recheck([tree]), "the deletion")
    return items


def main() -> None:
    network = AtprotoNetwork()
    http.allow_private_hosts(["127.0.0.1"])
    try:
        network.start()
        world = BlueskyWorld(network)
        for name, raw in record(world).items():
            text = json.dumps(json.loads(raw), indent=1, ensure_ascii=False)
            (FIXTURES / f"{name}.json").write_text(text + "\n")
    finally:
        network.close()


if __name__ == "__main__":
    main()
