"""What differs from Django's SQLite engine."""

from __future__ import annotations

import django
from django.db.backends.sqlite3.features import DatabaseFeatures as SQLiteFeatures
from django.utils.functional import cached_property


class DatabaseFeatures(SQLiteFeatures):
    max_query_params = 32766

    @cached_property
    def django_test_skips(self) -> dict[str, set[str]]:
        skips = {
            **super().django_test_skips,
            "Test databases are never files, whatever TEST['NAME'] says.": {
                "backends.sqlite.test_creation.TestDbSignatureTests.test_custom_test_name",
            },
        }
        if django.VERSION >= (5, 2):
            skips["Lists of one column take 32,766 values as well, not 500."] = {
                "backends.sqlite.test_operations.SQLiteOperationsTests.test_bulk_batch_size",
            }
        return skips
