"""A DB-API 2.0 (PEP 249) driver for the SQL database of an object.

    from stead import dbapi

    connection = dbapi.connect()            # the database of the object whose turn runs
    connection = dbapi.connect(":memory:")  # a private database, gone with the connection

In an object a transaction of the connection lies within the transaction of the turn: what is
committed here is durable, and seen outside, when the turn has ended. A turn that ends while a
transaction is open, because the code waits for something, commits nothing until the transaction is
over.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import _stead

apilevel = "2.0"
#: Threads may share the module, not connections.
threadsafety = 1
paramstyle = "qmark"

sqlite_version: str = _stead.sqlite_version()
sqlite_version_info: tuple[int, ...] = tuple(int(part) for part in sqlite_version.split("."))
#: The driver's own version.
version = "0.1.0"

Parameters = Sequence[Any] | Mapping[str, Any]


class Warning(Exception):  # noqa: A001 - the name is PEP 249's
    """Something worth knowing, such as a value that was cut short."""


class Error(Exception):
    """The base of what the database raises.

    ``code`` is SQLite's name of the failure, such as ``"SQLITE_CONSTRAINT_UNIQUE"``, and
    ``errorcode`` its number; empty and 0 if SQLite had no part in it.
    """

    code: str = ""
    errorcode: int = 0


class InterfaceError(Error):
    """The driver was used in a way it cannot be."""


class DatabaseError(Error):
    """The database failed or refused."""


class DataError(DatabaseError):
    """A value is too large, or of no use where it stands."""


class OperationalError(DatabaseError):
    """Nothing that the program controls by itself: no such table, a full disk."""


class IntegrityError(DatabaseError):
    """A constraint does not hold."""


class InternalError(DatabaseError):
    """SQLite found a fault of its own."""


class ProgrammingError(DatabaseError):
    """A wrong number of parameters, a closed cursor, a value of a type that SQL has not."""


class NotSupportedError(DatabaseError):
    """The database has no such thing."""


_stead.set_dbapi_exceptions(
    {
        kind.__name__: kind
        for kind in (
            InterfaceError,
            DatabaseError,
            DataError,
            OperationalError,
            IntegrityError,
            InternalError,
            ProgrammingError,
            NotSupportedError,
        )
    }
)

Date = datetime.date
Time = datetime.time
Timestamp = datetime.datetime
Binary = memoryview


def DateFromTicks(ticks: float) -> datetime.date:
    return Date(*time.localtime(ticks)[:3])


def TimeFromTicks(ticks: float) -> datetime.time:
    return Time(*time.localtime(ticks)[3:6])


def TimestampFromTicks(ticks: float) -> datetime.datetime:
    return Timestamp(*time.localtime(ticks)[:6])


class _Kind:
    """Columns have no type in SQLite, so that no description is of any of these."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<type object {self.name}>"


STRING = _Kind("STRING")
BINARY = _Kind("BINARY")
NUMBER = _Kind("NUMBER")
DATETIME = _Kind("DATETIME")
ROWID = _Kind("ROWID")


def register_adapter(kind: type, adapter: Callable[[Any], Any]) -> None:
    """Parameters of exactly this type are bound as what ``adapter`` gives for them."""
    _stead.register_adapter(kind, adapter)


def register_converter(
    declared_type: str, converter: Callable[[bytes], Any], kind: str = ""
) -> None:
    """Values of columns declared with this type become what ``converter`` gives for their text.

    ``kind`` names what the converter does if it is one of ``"bool"``, ``"date"``, ``"time"`` and
    ``"datetime"``: values in their usual form are then converted without it.
    """
    _stead.register_converter(declared_type, converter, kind)


class Cursor(_stead.Cursor):
    """Runs statements and gives their rows as tuples.

    Iterating, ``fetchone`` and ``fetchmany`` read on from the database as rows are taken.
    """

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.native)
        self.connection = connection

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        return super().fetchmany(self.arraysize if size is None else size)

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Does nothing, as PEP 249 allows."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Does nothing, as PEP 249 allows."""

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Connection:
    """A connection to one database.

    With ``autocommit`` every statement outside an explicit ``BEGIN`` is a transaction of its own;
    without, the first one that writes opens a transaction, which ``commit`` or ``rollback`` ends.
    """

    Warning = Warning
    Error = Error
    InterfaceError = InterfaceError
    DatabaseError = DatabaseError
    DataError = DataError
    OperationalError = OperationalError
    IntegrityError = IntegrityError
    InternalError = InternalError
    ProgrammingError = ProgrammingError
    NotSupportedError = NotSupportedError

    def __init__(self, native: _stead.Connection, *, owned: bool, autocommit: bool) -> None:
        self._native: _stead.Connection | None = native
        # An object's connection outlives this one.
        self._owned = owned
        native.autocommit = autocommit

    @property
    def native(self) -> _stead.Connection:
        if self._native is None:
            raise ProgrammingError("Cannot operate on a closed database.")
        return self._native

    @property
    def autocommit(self) -> bool:
        return self.native.autocommit

    @autocommit.setter
    def autocommit(self, on: bool) -> None:
        self.native.autocommit = on

    @property
    def in_transaction(self) -> bool:
        return self.native.in_transaction

    @property
    def total_changes(self) -> int:
        return self.native.total_changes

    def cursor(self, factory: Callable[[Connection], Cursor] = Cursor) -> Cursor:
        return factory(self)

    def execute(self, sql: str, params: Parameters = ()) -> Cursor:
        """``cursor().execute(…)``."""
        return self.cursor().execute(sql, params)

    def executemany(self, sql: str, params: Iterable[Parameters]) -> Cursor:
        """``cursor().executemany(…)``."""
        return self.cursor().executemany(sql, params)

    def executescript(self, sql: str) -> Cursor:
        """Runs statements without parameters, one after another."""
        return self.cursor().executescript(sql)

    def flush(self) -> None:
        """Commits what the turn has written so far, outside of transactions."""
        try:
            self.native.flush()
        except _stead.SqlError as error:
            raise OperationalError(str(error)) from error

    def commit(self) -> None:
        """Ends the transaction; does nothing without one."""
        if self.native.in_transaction:
            self.cursor().execute("COMMIT")

    def rollback(self) -> None:
        """Undoes the transaction; does nothing without one."""
        if self.native.in_transaction:
            self.cursor().execute("ROLLBACK")

    def close(self) -> None:
        """Undoes an open transaction. The connection cannot be used afterwards."""
        native, self._native = self._native, None
        if native is None:
            return
        if self._owned:
            native.close()
        elif not native.closed and native.in_transaction:
            native.rollback()

    def create_function(
        self,
        name: str,
        narg: int,
        func: Callable[..., Any] | None,
        *,
        deterministic: bool = False,
    ) -> None:
        """Adds a function to SQL; None takes it away. ``narg`` -1 stands for any number."""
        self.native.create_function(name, narg, func, deterministic=deterministic)

    def create_aggregate(self, name: str, n_arg: int, aggregate_class: type | None) -> None:
        """Adds an aggregate: a class with ``step(*values)`` and ``finalize()``."""
        self.native.create_aggregate(name, n_arg, aggregate_class)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type | None, *exception: object) -> None:
        if kind is None:
            self.commit()
        else:
            self.rollback()


def connect(database: str | None = None, *, autocommit: bool = False) -> Connection:
    """Opens a connection: to the present object's database, or with ``":memory:"`` to a new one.

    Raises ``OperationalError`` if no object's turn runs here.
    """
    if database == ":memory:":
        return Connection(_stead.connect(), owned=True, autocommit=autocommit)
    if database is not None:
        raise NotSupportedError(
            f"cannot open {database!r}: an object has one database, which connect() opens; "
            "use connect(':memory:') for a private one"
        )
    storage = getattr(_stead, "storage", None)
    if storage is None:
        raise OperationalError(
            "no object's database is here: this Python runs outside a Stead node; start the "
            "project with `stead dev`, or run a management command with `stead manage`"
        )
    try:
        return Connection(storage(), owned=False, autocommit=autocommit)
    except RuntimeError as error:
        raise OperationalError(f"no object's database is here: {error}") from error


def drain_open_cursors() -> None:
    """Reads into memory what cursors of the present object have left.

    Called before the turn ends, since an unfinished query cannot outlive it.
    """
    storage = getattr(_stead, "storage", None)
    if storage is not None:
        storage().drain_cursors()
