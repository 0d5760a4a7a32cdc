"""The loopback network's memory on disk: one JSON line per change, replayed at the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harken.connectors.loopback.wire import AwareTime, Face, Like, Post


class Opened(msgspec.Struct, frozen=True, tag="opened", omit_defaults=True):
    """An account was opened or its details changed; `lock` is its salted password hash."""

    face: Face
    lock: str = ""
    everything: bool = False
    blocked: bool = False


class Wrote(msgspec.Struct, frozen=True, tag="wrote", omit_defaults=True):
    """A post was written, under the client's own key if it gave one.

    `recorded` is when the network took it, which a replayed post's own time is not.
    """

    post: Post
    recorded: AwareTime
    key: str = ""


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """A post was edited or deleted; `post` is its new version."""

    post: Post
    recorded: AwareTime


class Liked(msgspec.Struct, frozen=True, tag="liked"):
    """An account liked a post."""

    account: str
    like: Like


Operation = Opened | Wrote | Changed | Liked
_decode = msgspec.json.Decoder(Operation).decode


class OperationLog:
    """An append-only file of operations; without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._cut_torn_tail(path)
            self._file = path.open("ab")

    def __iter__(self) -> Iterator[Operation]:
        """Every operation kept so far, oldest first."""
        if self._path is None:
            return
        with self._path.open("rb") as lines:
            for line in lines:
                yield _decode(line)

    def append(self, operation: Operation) -> None:
        """Keep one operation; it survives the end of the process, not of the machine."""
        if self._file is not None:
            self._file.write(msgspec.json.encode(operation) + b"\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    @staticmethod
    def _cut_torn_tail(path: Path) -> None:
        # A process killed while writing leaves half a line; the next append would glue itself to
        # it and spoil both.
        if not path.exists():
            return
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)
