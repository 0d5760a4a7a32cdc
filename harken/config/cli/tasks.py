"""One-off jobs: migrate, make the first login."""

from __future__ import annotations

import os
from pathlib import Path

from harken.config.cli.ground import Failed, ground


def start_django() -> None:
    """Load the applications; the database must be in the environment."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harken.config.django")
    django.setup()


def apply_migrations() -> int:
    """Apply what is missing, one process at a time; return how many were applied."""
    from django.db import DatabaseError, connection

    from harken.config import tables

    try:
        with connection.cursor() as cursor:
            # Two processes that start together: the second waits, then finds nothing to do.
            cursor.execute("SELECT pg_advisory_lock(hashtext('harken migrate'))")
            try:
                return tables.lay() + migrate_step_by_step()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('harken migrate'))")
    except DatabaseError as error:
        raise Failed(f"HARKEN_DATABASE_URL: the database refused the migration: {error}") from error


def migrate_step_by_step() -> int:
    """Apply every migration that is missing, one after another; how many that were."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    plan = executor.migration_plan(targets)
    if plan:
        executor.migrate(targets, plan)
    return len(plan)


def migrate(data: Path | None) -> None:
    """Bring the database up to this version and say what was done."""
    with ground(data):
        start_django()
        count = apply_migrations()
        print(f"{count} migrations applied." if count else "Nothing to migrate.")  # noqa: T201


def create_admin(*, username: str, email: str, password: str, data: Path | None) -> None:
    """Make a manager. Raises Failed when the name is taken or the password is too weak."""
    with ground(data):
        start_django()
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError
        from django.db import IntegrityError

        from harken.domain.people.models import Role, User

        apply_migrations()
        try:
            validate_password(password)
            User.objects.create_superuser(username, email, password, role=Role.MANAGER)
        except ValidationError as error:
            raise Failed(" ".join(error.messages)) from None
        except IntegrityError:
            raise Failed(f"There is already a login named {username}.") from None
        print(f"{username} can sign in now.")  # noqa: T201
