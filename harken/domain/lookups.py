"""Several small questions to the database in one round trip.

Most of what stands around a page is a number or a few words a row. Asked one by one, each costs a
trip and a statement; together they are one statement and one moment, so that the numbers of a page
never contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Aggregate,
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    IntegerField,
    Max,
    QuerySet,
    TextField,
    Value,
)

T = TypeVar("T")
Rows = Sequence[tuple[Any, ...]]
#: What comes back from JSON as it was; moments are read from their text.
PLAIN = (BooleanField, CharField, IntegerField, TextField)


@dataclass(frozen=True, slots=True)
class Lookup(Generic[T]):
    """The rows of a `values_list` queryset, and `read`, which says what they mean.

    Columns are whole numbers, words, truths or moments.
    """

    rows: QuerySet[Any, Any]
    read: Callable[[Rows], T]

    def alone(self) -> T:
        """The answer, asked by itself."""
        return self.read(list(self.rows))


def number_of(found: QuerySet[Any, Any]) -> Lookup[int]:
    """How many there are."""
    return Lookup(_summed(found, Count("pk")), lambda rows: sum(row[0] for row in rows))


def greatest(found: QuerySet[Any, Any], field: str) -> Lookup[Any]:
    """The greatest value of a field, the newest of moments; None where there is none."""
    return Lookup(_summed(found, Max(field)), lambda rows: rows[0][0] if rows else None)


def _summed(found: QuerySet[Any, Any], into: Aggregate) -> QuerySet[Any, Any]:
    """What `aggregate` would ask, without asking it yet."""
    one_row = found.order_by().annotate(one_row=Value(1)).values_list("one_row")
    summed: QuerySet[Any, Any] = one_row.annotate(summed=into).values_list("summed")
    return summed


def look_up(**lookups: Lookup[Any]) -> dict[str, Any]:
    """The answers of all lookups by their names, in one statement.

    Raises `TypeError` for a column of another kind.
    """
    asked: dict[str, _Statement] = {}
    for name, lookup in lookups.items():
        try:
            asked[name] = _Statement.of(lookup.rows)
        except EmptyResultSet:  # nothing can match, so nothing is asked
            continue
    found = dict(zip(asked, _run(list(asked.values())), strict=True))
    return {name: lookup.read(found.get(name, [])) for name, lookup in lookups.items()}


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    are_moments: tuple[bool, ...]

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> _Statement:
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        fields = [column[0].output_field for column in compiler.select]
        if strange := [each for each in fields if not isinstance(each, (*PLAIN, DateTimeField))]:
            raise TypeError(f"a lookup cannot bring {strange!r}")
        moments = tuple(isinstance(field, DateTimeField) for field in fields)
        names = ", ".join(f"c{place}" for place in range(len(fields)))
        # The order of a subquery's rows is the order in which they are put together.
        told = f"(SELECT json_agg(json_build_array({names})) FROM ({sql}) AS q({names}))"  # noqa: S608 - Django's own
        return cls(told, tuple(params), moments)

    def read(self, found: list[list[Any]] | None) -> list[tuple[Any, ...]]:
        """The rows as the queryset itself would bring them."""
        return [
            tuple(
                datetime.fromisoformat(value) if moment and value is not None else value
                for value, moment in zip(row, self.are_moments, strict=True)
            )
            for row in found or []
        ]


def _run(statements: Sequence[_Statement]) -> list[list[tuple[Any, ...]]]:
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(each.sql for each in statements)}",
            [value for each in statements for value in each.params],
        )
        row = cursor.fetchone()
    return [each.read(found) for each, found in zip(statements, row, strict=True)]
