"""Test databases: private and in memory, never the object's own."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3.creation import DatabaseCreation as SQLiteCreation


class DatabaseCreation(SQLiteCreation):
    def _get_test_db_name(self) -> str:
        # Files, which TEST.NAME may ask for, are none of an object's business.
        return f"file:memorydb_{self.connection.alias}?mode=memory&cache=shared"

    def _destroy_test_db(self, test_database_name: Any, verbosity: int) -> None:
        # The next use is of the object's database again.
        self.connection.forget_test_database()
