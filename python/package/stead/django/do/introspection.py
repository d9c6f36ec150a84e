"""What `inspectdb` and migrations see of an object's database."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3.introspection import DatabaseIntrospection as SQLiteIntrospection

_OURS = ("_stead_", "_cf_")


class DatabaseIntrospection(SQLiteIntrospection):
    def get_table_list(self, cursor: Any) -> list[Any]:
        return [
            table
            for table in super().get_table_list(cursor)
            if not table.name.lower().startswith(_OURS)
        ]
