"""SQL errors as the platform raises them, and as Django knows them.

`storage.sql.exec` raises a class that is a JsException, a SqlError of ours, and, once Django is
loaded, the class of `django.db.utils` that its own SQLite engine would raise.
"""

from __future__ import annotations

import functools
import sys

from stead._js_types import JsException

_OF_CODE = {
    "SQLITE_CONSTRAINT": "IntegrityError",
    "SQLITE_INTERNAL": "InternalError",
    "SQLITE_NOTFOUND": "InternalError",
    "SQLITE_TOOBIG": "DataError",
    "SQLITE_MISMATCH": "IntegrityError",
    "SQLITE_MISUSE": "InterfaceError",
    "SQLITE_RANGE": "InterfaceError",
    "SQLITE_CORRUPT": "DatabaseError",
    "SQLITE_NOTADB": "DatabaseError",
}
_OPERATIONAL = {"ERROR", "PERM", "ABORT", "BUSY", "LOCKED", "READONLY", "INTERRUPT", "IOERR",
                "FULL", "CANTOPEN", "PROTOCOL", "SCHEMA", "AUTH"}  # fmt: skip


def dbapi_class_name(code: str) -> str:
    """The DB-API class for an (extended) result code, as Python's sqlite3 chooses it."""
    primary = "_".join(code.split("_")[:2])
    if primary[len("SQLITE_") :] in _OPERATIONAL:
        return "OperationalError"
    return _OF_CODE.get(primary, "DatabaseError")


class SqlError(JsException):
    """A statement failed. `code` is SQLite's: `SQLITE_CONSTRAINT_UNIQUE`."""

    code: str = "SQLITE_ERROR"
    errorcode: int = 1

    @property
    def name(self) -> str:
        return "Error"


@functools.cache
def _class_of(name: str, with_django: bool) -> type[SqlError]:
    if not with_django:
        return SqlError
    django = getattr(sys.modules["django.db.utils"], name)
    return type(name, (SqlError, django), {"__module__": "stead"})


def translated(error: BaseException) -> SqlError:
    """For a native SqlError."""
    code = str(getattr(error, "code", "SQLITE_ERROR"))
    cls = _class_of(dbapi_class_name(code), "django.db.utils" in sys.modules)
    text = str(error)
    ours = cls(text if code in text else f"{text}: {code}")
    ours.code = code
    ours.errorcode = int(getattr(error, "errorcode", 1))
    return ours
