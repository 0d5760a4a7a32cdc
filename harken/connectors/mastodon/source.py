"""What of a Mastodon server can be listened to, each with its form."""

from __future__ import annotations

from harken.connectors.mastodon import timeline
from harken.connectors.mastodon.search import Search
from harken.connectors.mastodon.timeline import Timeline
from harken.kit.source_kinds import Setting, SourceKind, hashtag, web

SERVER = Setting("server", "Server", "Such as mastodon.example", check=web)
TOKEN = Setting(
    "token",
    "Access token",
    "Of an account of that server, with the scope read:statuses. Without one, or with an "
    "application's, posts are looked at every 20 seconds; some servers show nothing to strangers.",
    optional=True,
    secret=True,
)
REMEDY = (
    "The server refuses what we gave it. Make a new access token there, under Preferences, "
    "Development, and save it below; and check the server's address."
)

KINDS = (
    SourceKind(
        kind="mastodon-hashtag",
        label="Mastodon, a hashtag",
        about="Public posts with one hashtag that a Mastodon server knows of, its own and others'.",
        settings=(
            SERVER,
            Setting("tag", "Hashtag", "One word, with or without the #.", check=hashtag),
            TOKEN,
        ),
        make=lambda given, token: Timeline(
            given["server"], timeline.hashtag(given["tag"]), token=token
        ),
        remedy=REMEDY,
    ),
    SourceKind(
        kind="mastodon-public",
        label="Mastodon, everything of a server",
        about="Every public post of one Mastodon server, or all that it knows of from others too.",
        settings=(
            SERVER,
            Setting(
                "whose",
                "Whose posts",
                "What a large server knows of is very much, and it is read in pieces of 40: after "
                "an outage it may take longer to catch up than the server allows.",
                default="own",
                choices=(
                    ("own", "Of its own people"),
                    ("all", "Of everybody it knows of"),
                ),
            ),
            TOKEN,
        ),
        make=lambda given, token: Timeline(
            given["server"], timeline.everybody(own=given.get("whose") != "all"), token=token
        ),
        remedy=REMEDY,
    ),
    SourceKind(
        kind="mastodon-search",
        label="Mastodon, a search",
        about="Public posts that a Mastodon server's search finds, looked at every minute.",
        settings=(
            SERVER,
            Setting("words", "Search for", "Words, or a sentence in quotes."),
            Setting(
                "token",
                "Access token",
                "Of an account of that server, with the scope read:search. A server finds what its "
                "authors allow to be found.",
                secret=True,
            ),
        ),
        make=lambda given, token: Search(given["server"], given["words"], token=token),
        remedy="The server refuses what we gave it. Make a new access token there, under "
        "Preferences, Development, with the scope read:search, and save it below.",
        beat=180.0,
    ),
)
