"""`ctx.storage.sql`: statements against the database of the object whose turn runs.

One handle serves the whole process. Old django-cf keeps it in a variable of a module, where the
next object's would replace it; so it belongs to no object and asks which one is current each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stead import _sql_error
from stead._js_types import JsArray, JsBuffer, JsObject, RepeatedRow, jsnull
from stead._native import native


class SqlStorage:
    """Runs SQL. Values are None, bool, int, float, str and bytes."""

    __slots__ = ()

    def exec(self, query: str, *bindings: Any) -> SqlCursor:
        """Runs a statement now and gives its rows. Raises if it fails."""
        parameters = tuple(None if value is jsnull else value for value in bindings)
        connection = native.storage()
        try:
            return SqlCursor(connection.execute(query, parameters))
        except native.SqlError as error:
            raise _sql_error.translated(error) from None

    @property
    def databaseSize(self) -> int:
        """Bytes of the object's database."""
        return native.storage().database_size

    database_size = databaseSize


def _plain(value: Any) -> Any:
    return JsBuffer(value) if type(value) is bytes else value


class SqlCursor:
    """The rows of one statement, each a dict; `raw()` gives them as lists."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        columns = rows.columns or ()
        self._columns = JsArray(columns)
        self._repeats = len(set(columns)) != len(columns)

    @property
    def columnNames(self) -> JsArray:
        return self._columns

    @property
    def rowsRead(self) -> int:
        return self._rows.rows_read

    @property
    def rowsWritten(self) -> int:
        return self._rows.rows_written

    column_names = columnNames
    rows_read = rowsRead
    rows_written = rowsWritten

    def _next_tuple(self) -> tuple:
        try:
            return next(self._rows)
        except native.SqlError as error:
            raise _sql_error.translated(error) from None

    def _row(self, values: tuple) -> JsObject:
        pairs = zip(self._columns, map(_plain, values), strict=True)
        return RepeatedRow(pairs) if self._repeats else JsObject(pairs)

    def __iter__(self) -> Iterator[JsObject]:
        return self

    def __next__(self) -> JsObject:
        return self._row(self._next_tuple())

    def next(self) -> JsObject:
        try:
            return JsObject(done=False, value=self.__next__())
        except StopIteration:
            return JsObject(done=True, value=None)

    def toArray(self) -> JsArray:
        return JsArray(self)

    to_list = toArray

    def one(self) -> JsObject:
        rows = [row for row, _ in zip(self, range(2), strict=False)]
        if len(rows) != 1:
            many = "none" if not rows else "more than one"
            raise _sql_error.JsException(
                f"Expected exactly one result from SQL query, but got {many}"
            )
        return rows[0]

    def raw(self) -> RawRows:
        return RawRows(self)


class RawRows:
    """The rows of a cursor as lists, in the order of the columns."""

    def __init__(self, cursor: SqlCursor) -> None:
        self._cursor = cursor

    def __iter__(self) -> Iterator[JsArray]:
        return self

    def __next__(self) -> JsArray:
        return JsArray(map(_plain, self._cursor._next_tuple()))

    next = SqlCursor.next
    toArray = to_list = SqlCursor.toArray  # type: ignore[assignment]

    @property
    def columnNames(self) -> JsArray:
        return self._cursor.columnNames

    def one(self) -> JsArray:
        return SqlCursor.one(self)  # type: ignore[arg-type]


sql = SqlStorage()
