"""`manage.py dbshell`."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3.client import DatabaseClient as SQLiteClient


class DatabaseClient(SQLiteClient):
    """SQLite's shell on an object's file would not see what the node has not yet put there."""

    def runshell(self, parameters: Any) -> None:
        from django.core.management.base import CommandError

        raise CommandError(
            "dbshell cannot open the database of an object that a node has in memory"
        )
