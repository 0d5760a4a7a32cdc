"""Reading JSON that strangers had a hand in.

A record may hold any field its author likes, and the network hands it on as it is. One post with
two thousand nested brackets would stop an ordinary parser, and with it the whole page of
notifications it stands on, for as long as it stands there.
"""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 300  # a thread answer of 100 levels nests about 210 deep
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_OPENING = b"[{"


def load(raw: bytes) -> Any:
    """The value of `raw`; what nests too deeply in it becomes null. Raises `ValueError`."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        shallow = _cut(raw).decode("utf-8", "replace")
    try:
        return json.loads(shallow, parse_int=_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _cut(raw: bytes) -> bytes:
    """`raw` with everything below `DEEPEST` levels of brackets replaced by null."""
    kept: list[bytes] = []
    depth, start = 0, 0
    for token in _TOKEN.finditer(raw):
        first = raw[token.start()]
        if first in _OPENING:
            depth += 1
            if depth == DEEPEST + 1:
                kept += [raw[start : token.start()], b"null"]
        elif first != ord('"'):
            depth -= 1
            if depth == DEEPEST:
                start = token.end()
    return b"".join([*kept, raw[start:]]) if depth <= DEEPEST else b""


def _number(digits: str) -> int:
    """Python refuses to read integers of thousands of digits; nothing here means one."""
    return int(digits) if len(digits) < 30 else 0
