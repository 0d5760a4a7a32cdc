"""What a test that commits leaves behind is taken away by deleting the rows there are.

Django's own way gives each of the hundreds of tables and indexes a new file after every such test,
however little it wrote, and makes the content types and permissions anew.
"""

from __future__ import annotations

from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

#: They say what the code is and not what a test did.
KEPT = {"django_content_type", "auth_permission"}
#: Bytes of a table, with what was deleted from it, from which on new files are the cheaper way.
LARGE = 4 * 2**20
SIZES = """
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""

_as_django_does = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


@cache
def emptied_tables() -> list[str]:
    """The tables Django would empty, without those that a test only reads."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - KEPT)


def empty() -> bool:
    """Delete all rows of a test; False, and nothing done, when Django's own way is the better one.

    As there, nobody is inside a table meanwhile: what a killed process still had open has ended.
    """
    names = emptied_tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            return False
        cursor.execute(f"LOCK TABLE {', '.join(map(connection.ops.quote_name, names))}")
        cursor.execute(SIZES, [names])
        sizes = dict(cursor.fetchall())
        if max(sizes.values(), default=0) > LARGE:
            return False
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, in any order
        for name in sizes:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
    return True


def _teardown(case: TransactionTestCase) -> None:
    if not empty():
        _as_django_does(case)


TransactionTestCase._fixture_teardown = _teardown  # type: ignore[attr-defined]
