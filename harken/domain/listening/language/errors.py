"""What is wrong with a query, where, and what to write instead."""

from __future__ import annotations


class QueryError(ValueError):
    """A query that cannot be read.

    `column` counts characters from 1, `length` says how many of them are meant (0: something is
    missing there). `instead` is an example that can be typed as it stands, or empty.
    """

    def __init__(self, message: str, at: tuple[int, int], instead: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = at[0] + 1
        self.length = at[1] - at[0]
        self.instead = instead

    def __str__(self) -> str:
        advice = f" Write: {self.instead}" if self.instead else ""
        return f"Column {self.column}: {self.message}{advice}"
