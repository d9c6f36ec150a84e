"""The SQL functions that Django's queries use."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3._functions import register as register_in_python

from stead import dbapi


class _Registrar:
    """Stands for a connection of Python's sqlite3, which is asked for SQLite's compile options."""

    def __init__(self, connection: dbapi.Connection) -> None:
        self.create_function = connection.native.create_django_function
        self.create_aggregate = connection.native.create_aggregate
        self._connection = connection

    def execute(self, sql: str) -> Any:
        try:
            return self._connection.execute("SELECT pi() > 0")
        except dbapi.OperationalError:
            return self._connection.execute("SELECT 0")


def register(connection: dbapi.Connection) -> None:
    register_in_python(_Registrar(connection))
