"""Limits: SQLite's own, which are higher than those that Django knows."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3.operations import DatabaseOperations as SQLiteOperations


class DatabaseOperations(SQLiteOperations):
    def bulk_batch_size(self, fields: Any, objs: Any) -> int:
        if len(fields) == 0:
            return len(objs)
        return self.connection.features.max_query_params // len(fields)
