"""Asks the Bluesky apps' own code which facets a text has and how long it counts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.servers.atproto.install import bundle, node


def oracle(texts: Sequence[str]) -> list[dict[str, Any]]:
    """For each text `facets` (start, end, kind, value; bytes), `graphemes` and `bytes`."""
    done = subprocess.run(
        [str(node()), "richtext.mjs"],
        cwd=bundle(),
        input=json.dumps(list(texts)).encode(),
        capture_output=True,
        check=True,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers
