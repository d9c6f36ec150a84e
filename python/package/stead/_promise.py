"""Promises: what an asynchronous call gives at once.

A promise may be settled already, and then `await` does not suspend and needs no event loop. A
pending one can be awaited by a task of the object's event loop, which sees it as a future, or
waited for with `run_sync`.
"""

from __future__ import annotations

import asyncio
from asyncio import CancelledError, InvalidStateError
from collections.abc import Callable, Generator
from typing import Any

from stead._loop import current_loop, foreign_loop_runs, run_sync

_PENDING, _RESOLVED, _REJECTED, _CANCELLED = range(4)


class Promise:
    """The result of something that goes on, or its error."""

    _asyncio_future_blocking = False

    def __init__(self) -> None:
        self._state = _PENDING
        self._value: Any = None
        self._callbacks: list[tuple[Callable[[Any], object], Any]] = []
        self._loop = current_loop()

    @classmethod
    def resolved(cls, value: Any = None) -> Promise:
        promise = cls.__new__(cls)
        promise._state, promise._value = _RESOLVED, value
        promise._callbacks, promise._loop = [], None
        return promise

    @classmethod
    def rejected(cls, error: BaseException) -> Promise:
        promise = cls.resolved(error)
        promise._state = _REJECTED
        return promise

    @classmethod
    def of(cls, function: Callable[..., Any], *args: Any) -> Promise:
        """Runs something now and gives its outcome as a settled promise."""
        try:
            return cls.resolved(function(*args))
        except Exception as error:
            return cls.rejected(error)

    @classmethod
    def begin(cls, operation: Callable[..., Any], *args: Any,
              convert: Callable[[Any], Any] | None = None) -> Promise:  # fmt: skip
        """Begins a native operation, whose last argument is its callback."""
        promise = cls()

        def completed(result: Any, error: BaseException | None) -> None:
            if error is not None:
                promise.reject(error)
                return
            try:
                promise.resolve(result if convert is None else convert(result))
            except Exception as problem:
                promise.reject(problem)

        operation(*args, completed)
        return promise

    # Settling. A second time changes nothing: it may have been cancelled meanwhile.

    def resolve(self, value: Any = None) -> None:
        self._settle(_RESOLVED, value)

    def reject(self, error: BaseException) -> None:
        self._settle(_REJECTED, error)

    def cancel(self, msg: Any = None) -> bool:
        if self._state != _PENDING:
            return False
        self._settle(_CANCELLED, msg)
        return True

    def _settle(self, state: int, value: Any) -> None:
        if self._state != _PENDING:
            return
        self._state, self._value = state, value
        callbacks, self._callbacks = self._callbacks, []
        for callback, context in callbacks:
            self._call_soon(callback, context)

    # As a future.

    def done(self) -> bool:
        return self._state != _PENDING

    def cancelled(self) -> bool:
        return self._state == _CANCELLED

    def result(self) -> Any:
        if self._state == _RESOLVED:
            return self._value
        if self._state == _REJECTED:
            raise self._value
        if self._state == _CANCELLED:
            raise CancelledError() if self._value is None else CancelledError(self._value)
        raise InvalidStateError("the promise is not settled yet")

    def exception(self) -> BaseException | None:
        if self._state == _REJECTED:
            return self._value
        self.result()
        return None

    def get_loop(self) -> Any:
        return self._loop

    def add_done_callback(self, fn: Callable[[Any], object], *, context: Any = None) -> None:
        if self._state == _PENDING:
            self._callbacks.append((fn, context))
        else:
            self._call_soon(fn, context)

    def remove_done_callback(self, fn: Callable[[Any], object]) -> int:
        kept = [pair for pair in self._callbacks if pair[0] != fn]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def _call_soon(self, fn: Callable[[Any], object], context: Any) -> None:
        loop = self._loop
        if loop is None:
            loop = current_loop() or asyncio.get_event_loop()
        loop.call_soon(fn, self, context=context)

    def __await__(self) -> Generator[Any, None, Any]:
        if self._state == _PENDING:
            if foreign_loop_runs():
                # Inside a nested asyncio.run(): its tasks cannot wait for this object's loop.
                return run_sync(self)
            self._asyncio_future_blocking = True
            yield self
        return self.result()

    __iter__ = __await__

    # As a JavaScript promise.

    def then(self, fulfilled: Callable[[Any], Any] | None = None,
             rejected: Callable[[Any], Any] | None = None) -> Promise:  # fmt: skip
        async def follow() -> Any:
            try:
                value = await self
            except Exception as error:
                if rejected is None:
                    raise
                return await settle(rejected(error))
            return value if fulfilled is None else await settle(fulfilled(value))

        return promised(follow())

    def catch(self, rejected: Callable[[Any], Any]) -> Promise:
        return self.then(None, rejected)

    def finally_(self, done: Callable[[], Any]) -> Promise:
        async def follow() -> Any:
            try:
                return await self
            finally:
                await settle(done())

        return promised(follow())

    def __repr__(self) -> str:
        word = ("pending", "resolved", "rejected", "cancelled")[self._state]
        return f"<Promise {word}>"


async def settle(value: Any) -> Any:
    """The value, awaited for as long as it can be."""
    while hasattr(type(value), "__await__"):
        value = await value
    return value


def promised(awaitable: Any) -> Promise:
    """A promise of what a coroutine will return; the coroutine begins at once."""
    if isinstance(awaitable, Promise):
        return awaitable
    promise = Promise()
    loop = promise._loop
    if loop is None:
        return Promise.of(run_sync, awaitable)

    def completed(task: Any) -> None:
        if task.cancelled():
            promise.cancel()
        elif task.exception() is not None:
            promise.reject(task.exception())
        else:
            promise.resolve(task.result())

    task = loop.start(settle(awaitable))
    if task.done():
        completed(task)
    else:
        task.add_done_callback(completed)
    return promise
