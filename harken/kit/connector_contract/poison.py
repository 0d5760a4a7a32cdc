"""Hostile items for the contract test, and what must hold for whatever is read from them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST_ID = 2000  # bytes; longer ones do not fit a database index
LARGEST = 1_000_000
POISON: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1e308,
    "",
    "\x00",
    "\ud800",
    "a\x00b\udfff",
    "\u202e\u200b\U000e0041",
    "e" + "\u0301" * 5000,
    "🤖" * 250_000,
    "x" * LARGEST,
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00Z",
    "javascript:alert(1)",
    [],
    {},
    [[[[]]]],
    {"$type": "x"},
    ["x"] * 100,
)


def junk() -> list[bytes]:
    """Bytes that are no item of any connector."""
    return [
        b"",
        b"\x00",
        b"\xff\xfe\xfd",
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'"text"',
        b"12",
        b"{",
        b'{"kind": ',
        b"NaN",
        b"<html><body>502 Bad Gateway</body></html>",
        b"[" * 100_000,
        b"[" * 5_000 + b"]" * 5_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"kind": "post"}',
        b'{"kind": "post", "post": null}',
        b'{"post": {"record": {"text": "\\ud800"}}}',
        b'{"n": ' + b"9" * 5_000 + b"}",
    ]


def spoiled(raw: bytes) -> Iterator[bytes]:
    """The item again and again, each time with one value replaced by poison or left out.

    An item that is not JSON is cut, and bytes of it are changed.
    """
    try:
        item = json.loads(raw)
    except ValueError:
        for at in range(0, len(raw), max(1, len(raw) // 200)):
            yield raw[:at]
            yield raw[:at] + b"\xff" + raw[at + 1 :]
        return
    for path in _paths(item):
        for poison in POISON:
            yield _dumped(_changed(item, path, poison))
        yield _dumped(_without(item, path))


def assert_storable(value: Any) -> None:
    """Fail unless every part of a parsed item fits the database and the page."""
    if is_dataclass(value):
        for part in fields(value):
            inner = getattr(value, part.name)
            if part.name.endswith("_id") and isinstance(inner, str):
                assert 0 < len(inner.encode()) <= LONGEST_ID, f"{part.name} does not fit an index"
            if part.name.endswith("url"):
                assert inner == "" or inner.startswith(("https://", "http://")), inner[:80]
            assert_storable(inner)
    elif isinstance(value, str):
        assert "\x00" not in value
        assert len(value.encode("utf-8")) < LARGEST
    elif isinstance(value, datetime):
        assert value.tzinfo is UTC or value.utcoffset() is not None
        assert 1990 < value.year < 2300
    elif isinstance(value, dict):
        for key, inner in value.items():
            assert_storable(key)
            assert_storable(inner)
    elif isinstance(value, (tuple, list)):
        for inner in value:
            assert_storable(inner)


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    entries: list[tuple[Any, Any]] = list(value.items()) if isinstance(value, dict) else []
    if isinstance(value, list):
        entries = list(enumerate(value[:2]))
    for key, inner in entries:
        yield from _paths(inner, (*here, key))


def _changed(item: Any, path: tuple[Any, ...], poison: Any) -> Any:
    changed = copy.deepcopy(item)
    _holder(changed, path)[path[-1]] = poison
    return changed


def _without(item: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(item)
    del _holder(changed, path)[path[-1]]
    return changed


def _holder(item: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        item = item[key]
    return item


def _dumped(item: Any) -> bytes:
    # A lone surrogate only survives as an escape, and large poison stays small without escapes.
    try:
        return json.dumps(item, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(item).encode()
