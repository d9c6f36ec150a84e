"""`ctx.storage`: an object's database as SQL and by key, and transactions over both."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from stead._js_types import jsnull, run_relaxed
from stead._kv import SyncKv, kv
from stead._native import NotThereYet, native
from stead._promise import Promise, promised
from stead._sql import SqlStorage, sql

_numbers = itertools.count(1)


class _Savepoint:
    """A savepoint of the current object's database, released or undone exactly once."""

    def __init__(self) -> None:
        self._name = f"tx_{next(_numbers)}"
        self._open = True
        native.storage().savepoint(self._name)

    def release(self) -> None:
        if self._open:
            self._open = False
            native.storage().release(self._name)

    def undo(self) -> None:
        if self._open:
            self._open = False
            connection = native.storage()
            connection.rollback_to(self._name)
            connection.release(self._name)


class Storage:
    """The storage of the object whose turn runs.

    All writes of a turn become durable together, and nothing leaves the object before they are.
    """

    @property
    def sql(self) -> SqlStorage:
        return sql

    @property
    def kv(self) -> SyncKv:
        return kv

    # By key. The calls are synchronous underneath: what they give is settled already.

    def get(self, key: str | Iterable[str], options: Any = None, **_: Any) -> Promise:
        """The value of a key or None; for several keys a dict of those that exist."""
        if isinstance(key, str):
            return Promise.of(kv.get, key)
        return Promise.of(kv.get_many, key)

    def put(self, key: Any, value: Any = jsnull, options: Any = None, **_: Any) -> Promise:
        """Stores a value, or all those of a dict, or none."""
        if isinstance(key, Mapping):
            return Promise.of(self._put_all, key)
        return Promise.of(kv.put, key, None if value is jsnull else value)

    def _put_all(self, entries: Mapping[str, Any]) -> None:
        def put_all() -> None:
            for key, value in entries.items():
                kv.put(key, value)

        self.transactionSync(put_all)

    def delete(self, key: str | Iterable[str], options: Any = None, **_: Any) -> Promise:
        """Whether there was such a key; for several, how many there were."""
        if isinstance(key, str):
            return Promise.of(kv.delete, key)
        keys = list(key)
        return Promise.of(self.transactionSync, lambda: sum(map(kv.delete, keys)))

    def list(self, options: Mapping[str, Any] | None = None, **named: Any) -> Promise:
        return Promise.of(lambda: kv.list(options, **named))

    def deleteAll(self, options: Any = None) -> Promise:
        """Deletes the object's whole database."""
        return Promise.of(native.delete_all)

    # Transactions.

    def transactionSync(self, closure: Callable[[], Any]) -> Any:
        """Runs `closure`; if it raises, what it wrote is undone and the exception goes on."""
        savepoint = _Savepoint()
        try:
            result = closure()
        except BaseException:
            savepoint.undo()
            raise
        savepoint.release()
        return result

    def transaction(self, closure: Callable[..., Awaitable[Any]]) -> Promise:
        """As `transactionSync`, for a function that awaits. No other event enters meanwhile."""
        return promised(self._transaction(closure))

    async def _transaction(self, closure: Callable[..., Awaitable[Any]]) -> Any:
        section = native.enter_section()
        savepoint = _Savepoint()
        try:
            result = run_relaxed(closure, Transaction(savepoint))
            if hasattr(type(result), "__await__"):
                result = await result
        except BaseException:
            savepoint.undo()
            raise
        else:
            savepoint.release()
            return result
        finally:
            native.leave_section(section)

    def sync(self) -> Promise:
        """Settles once everything written so far is durable."""
        return Promise.begin(native.sync)

    # Copies.

    def serialize(self) -> bytes:
        """The whole database as the bytes of an SQLite file."""
        return native.storage().serialize()

    def load(self, image: bytes) -> None:
        """Copies tables and rows of such bytes into this database, which must not have any of
        these tables. What is stored by key is not copied."""
        native.storage().load(bytes(image))

    # Later.

    def _no_alarms(self, *_: Any, **__: Any) -> Any:
        raise NotThereYet("alarms are not there yet in this version of Stead")

    getAlarm = setAlarm = deleteAlarm = _no_alarms

    def getCurrentBookmark(self) -> Promise:
        raise NotThereYet("bookmarks are not there yet in Stead for Python")

    getBookmarkForTime = onNextSessionRestoreBookmark = getCurrentBookmark

    # Python's spelling.

    delete_all = deleteAll
    transaction_sync = transactionSync

    def __repr__(self) -> str:
        return "<Storage>"


class Transaction(Storage):
    """What the closure of `transaction` is given: the storage, and a way to undo."""

    def __init__(self, savepoint: _Savepoint) -> None:
        self._savepoint = savepoint

    def rollback(self) -> None:
        """Undoes what the transaction wrote so far, and what it still writes stays."""
        self._savepoint.undo()
