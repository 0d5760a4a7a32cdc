"""A post as trends look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """`reach`: followers of the author. `sentiment`: negative, neutral, positive, or empty.

    `lang` is what somebody said it is written in, such as `pt-BR`, or empty.
    """

    id: str
    at: datetime
    author: str
    text: str
    reach: int = 0
    sentiment: str = ""
    lang: str = ""
