"""The connection and the cursor. Everything that is not here is as in Django's SQLite engine."""

from __future__ import annotations

import datetime
import decimal
import weakref
from collections.abc import Mapping
from itertools import tee
from typing import Any

import _stead
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3 import base as sqlite3
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from stead import dbapi as Database
from stead.django.do.client import DatabaseClient
from stead.django.do.creation import DatabaseCreation
from stead.django.do.features import DatabaseFeatures
from stead.django.do.functions import register as register_functions
from stead.django.do.introspection import DatabaseIntrospection
from stead.django.do.operations import DatabaseOperations

Database.register_converter("bool", b"1".__eq__, "bool")
Database.register_converter("date", lambda text: parse_date(text.decode()), "date")
Database.register_converter("time", lambda text: parse_time(text.decode()), "time")
Database.register_converter("datetime", lambda text: parse_datetime(text.decode()), "datetime")
Database.register_converter("timestamp", lambda text: parse_datetime(text.decode()), "datetime")

Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(datetime.date, datetime.date.isoformat)
Database.register_adapter(datetime.datetime, lambda value: value.isoformat(" "))

#: Statements with Django's `%s` by SQLite's `?`. Bounded: programs may put values into texts.
_converted: dict[str, str] = {}
_CONVERTED_MAX = 4096

#: Databases of tests, which live as long as a connection of any thread to them.
_shared: weakref.WeakValueDictionary[str, _stead.Connection] = weakref.WeakValueDictionary()

# Looked up once: these run for every query.
_init = _stead.Cursor.__init__
_execute = _stead.Cursor.execute


def _convert(query: str) -> str:
    converted = sqlite3.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    if len(_converted) >= _CONVERTED_MAX:
        _converted.clear()
    _converted[query] = converted
    return converted


class CursorWrapper(Database.Cursor):
    """Takes parameters as `%s` or `%(name)s`."""

    fetchmany = _stead.Cursor.fetchmany

    def __init__(self, connection: Database.Connection) -> None:
        _init(self, connection.native)
        self.connection = connection

    def execute(self, query: str, params: Any = None) -> CursorWrapper:
        if params is None:
            return _execute(self, query)
        if isinstance(params, (tuple, list)):
            return _execute(self, _converted.get(query) or _convert(query), params)
        return _execute(self, self.convert_query(query, params), params)

    def executemany(self, query: str, param_list: Any) -> CursorWrapper:
        # A generator can be looked at once.
        peekable, param_list = tee(iter(param_list))
        return super().executemany(self.convert_query(query, next(peekable, None)), param_list)

    def convert_query(self, query: str, params: Any = None) -> str:
        if params and isinstance(params, Mapping):
            return query % {name: f":{name}" for name in params}
        return _convert(query)


class DatabaseWrapper(sqlite3.DatabaseWrapper):
    """In an object, its database; in tests, and wherever NAME is in memory, a private one."""

    Database = Database
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    #: Django 4.2 knows none.
    init_commands: Any = ()

    def get_connection_params(self) -> dict[str, Any]:
        # Options as Django's engine has them; an object's database needs no name.
        self.settings_dict["NAME"] = self.settings_dict["NAME"] or "object"
        return {"database": super().get_connection_params()["database"]}

    @async_unsafe
    def connect(self) -> None:
        super().connect()
        # CONN_MAX_AGE is for connections that cost something to keep.
        self.close_at = None

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Database.Connection:
        connection = self._connect(conn_params["database"])
        native = connection.native
        # An object's connection outlives what Django opens and closes for each request.
        if not getattr(native, "django_functions", False):
            register_functions(connection)
            native.django_functions = True
        # Setting it makes SQLite compile all kept statements anew.
        if not connection.execute("PRAGMA foreign_keys").fetchone()[0]:
            connection.execute("PRAGMA foreign_keys = ON")
        for command in self.init_commands:
            if command := command.strip():
                connection.execute(command)
        return connection

    def _connect(self, name: Any) -> Database.Connection:
        if not self.is_in_memory_db():
            return Database.connect(autocommit=True)
        if name == ":memory:":
            return Database.connect(":memory:", autocommit=True)
        # As SQLite's shared cache does: one database for all threads.
        native = _shared.get(name)
        if native is None:
            native = _shared[name] = _stead.connect()
        return Database.Connection(native, owned=False, autocommit=True)

    def create_cursor(self, name: str | None = None) -> CursorWrapper:
        return CursorWrapper(self.connection)

    def _set_autocommit(self, autocommit: bool) -> None:
        with self.wrap_database_errors:
            self.connection.autocommit = autocommit

    def disable_constraint_checking(self) -> bool:
        self._flush()
        return super().disable_constraint_checking()

    def enable_constraint_checking(self) -> None:
        self._flush()
        super().enable_constraint_checking()

    def _flush(self) -> None:
        """What the turn has written is a transaction too, in which the switch would be ignored."""
        self.ensure_connection()
        if not self.connection.in_transaction:
            with self.wrap_database_errors:
                self.connection.flush()

    def is_in_memory_db(self) -> bool:
        return self.creation.is_in_memory_db(self.settings_dict["NAME"] or "")

    def forget_test_database(self) -> None:
        """Closes a private database, which `close` keeps because it would be gone."""
        BaseDatabaseWrapper.close(self)
