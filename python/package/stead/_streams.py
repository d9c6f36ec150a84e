"""Streams of bytes: request bodies that still arrive, response bodies that are still made.

Three sources: what a Python iterator yields, what the node still receives from a client, and what
a controller is fed, as JavaScript's streams do it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from stead._js_types import JsBuffer, JsException, JsObject, JsProxy, run_relaxed
from stead._loop import current_loop, no_loop_seen, run_sync
from stead._native import native
from stead._promise import Promise, settle

_READ_SIZE = 64 * 1024


def chunk_bytes(chunk: Any) -> bytes:
    if isinstance(chunk, str):
        return chunk.encode()
    return bytes(chunk)


def _without_arguments(function: Callable[[], Any] | None) -> Callable[[], Any] | None:
    """Functions in C do not say how many they take."""
    return None if function is None else lambda: function()


class Controller:
    """Feeds a stream: `enqueue`, `close`, `error`."""

    def __init__(self, stream: ReadableStream) -> None:
        self._stream = stream

    @property
    def desiredSize(self) -> int:
        return 1 - len(self._stream._chunks)

    def enqueue(self, chunk: Any) -> None:
        stream = self._stream
        if stream._waiting:
            stream._waiting.popleft().resolve(_result(chunk))
        else:
            stream._chunks.append(chunk)

    def close(self) -> None:
        self._stream._end(None)

    terminate = close

    def error(self, reason: Any = None) -> None:
        if not isinstance(reason, BaseException):
            reason = JsException(str(reason))
        self._stream._end(reason)


def _result(chunk: Any) -> JsObject:
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        chunk = JsBuffer(chunk)
    return JsObject(done=False, value=chunk)


def _done() -> JsObject:
    return JsObject(done=True, value=None)


class ReadableStream(JsProxy):
    """`js.ReadableStream`. Iterates synchronously and asynchronously over its chunks."""

    def __init__(self, source: Any = None, *_: Any, **named: Any) -> None:
        self._pull = _part(source, named, "pull")
        self._on_cancel = _part(source, named, "cancel")
        self._chunks: deque[Any] = deque()
        self._waiting: deque[Promise] = deque()
        self._ended = False
        self._failure: BaseException | None = None
        self._pulling = False
        self._closed = False
        self.locked = False
        self._native: Any = None
        self._controller = Controller(self)
        start = _part(source, named, "start")
        if start is not None:
            self._run(start)

    @classmethod
    def new(cls, *args: Any, **named: Any) -> ReadableStream:
        return cls(*args, **named)

    @classmethod
    def of_iterator(cls, chunks: Iterator[Any],
                    close: Callable[[], Any] | None = None) -> ReadableStream:  # fmt: skip
        """The chunks of an iterator; `close` is called once, whether it ends or is given up."""

        def pull(controller: Controller) -> None:
            with no_loop_seen():
                for chunk in chunks:
                    if chunk:
                        controller.enqueue(chunk)
                        return
            controller.close()

        return cls(pull=pull, cancel=_without_arguments(close))

    @classmethod
    def of_native(cls, body: Any) -> ReadableStream:
        """A body that the node still receives: `begin_read(callback)` gives a chunk, or None."""

        async def pull(controller: Controller) -> None:
            chunk = await Promise.begin(body.begin_read)
            if chunk is None:
                controller.close()
            else:
                controller.enqueue(chunk)

        stream = cls(pull=pull, cancel=_without_arguments(body.close))
        stream._native = body
        return stream

    @classmethod
    def of_reader(cls, reader: Any) -> ReadableStream:
        """What `reader.read(n)` gives, until it gives nothing."""
        return cls.of_iterator(iter(lambda: reader.read(_READ_SIZE), b""),
                               getattr(reader, "close", None))  # fmt: skip

    # The source.

    def _run(self, part: Callable[..., Any], *args: Any) -> None:
        result = run_relaxed(part, *(args or (self._controller,)))
        if not hasattr(type(result), "__await__"):
            return
        loop = current_loop()
        if loop is None:
            run_sync(result)
            return
        task = loop.start(settle(result))
        if not task.done():
            self._pulling = True
        task.add_done_callback(self._pulled)

    def _pulled(self, task: Any) -> None:
        self._pulling = False
        if not task.cancelled() and task.exception() is not None:
            self._end(task.exception())
        elif self._waiting and not self._ended:
            self._ask()

    def _ask(self) -> None:
        """Asks the source for a chunk, unless it is about to give one."""
        if self._pull is None or self._pulling:
            return
        try:
            self._run(self._pull)
        except Exception as error:
            self._end(error)

    def _end(self, failure: BaseException | None) -> None:
        if self._ended:
            return
        self._ended, self._failure = True, failure
        self._close_source()
        while self._waiting:
            waiting = self._waiting.popleft()
            if failure is None:
                waiting.resolve(_done())
            else:
                waiting.reject(failure)

    def _close_source(self, *reason: Any) -> None:
        if self._closed:
            return
        self._closed = True
        if self._on_cancel is not None:
            self._run(self._on_cancel, *(reason or (None,)))

    # The reader.

    def read(self) -> Promise:
        """A promise of `{done, value}`."""
        self._native = None
        if not self._chunks and not self._ended:
            self._ask()
        if self._chunks:
            return Promise.resolved(_result(self._chunks.popleft()))
        if self._ended:
            if self._failure is not None:
                return Promise.rejected(self._failure)
            return Promise.resolved(_done())
        waiting = Promise()
        self._waiting.append(waiting)
        return waiting

    def getReader(self, *_: Any, **__: Any) -> Reader:
        if self.locked:
            raise JsException("This ReadableStream is currently locked to a reader.")
        self.locked = True
        return Reader(self)

    def cancel(self, reason: Any = None) -> Promise:
        self._chunks.clear()
        if not self._ended:
            self._ended = True
            self._close_source(reason)
        return Promise.resolved()

    def close(self) -> None:
        """Gives the stream up, as the server does when the client has gone."""
        self.cancel()

    def __next__(self) -> bytes:
        result = run_sync(self.read())
        if result["done"]:
            raise StopIteration
        return chunk_bytes(result["value"])

    def __iter__(self) -> ReadableStream:
        return self

    async def _chunks_later(self) -> AsyncIterator[Any]:
        while True:
            result = await self.read()
            if result["done"]:
                return
            yield result["value"]

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._chunks_later()

    values = __aiter__

    def as_native(self) -> Any:
        """What the node takes as a body: one that it gave and nobody read yet goes on as it is; this
        stream, if the node reads such; or else everything, waiting for it."""
        if self._native is not None:
            body, self._native = self._native, None
            self._ended = self._closed = True
            return body
        return self if getattr(native, "response_streams", False) else self.all_bytes()

    async def next_chunk(self) -> bytes | None:
        """A chunk that is not empty, or None at the end."""
        while True:
            result = await self.read()
            if result["done"]:
                return None
            chunk = chunk_bytes(result["value"])
            if chunk:
                return chunk

    def all_bytes(self) -> bytes:
        """Everything, waiting for it."""
        return b"".join(self)

    async def all_bytes_later(self) -> bytes:
        return b"".join([chunk_bytes(chunk) async for chunk in self])

    def tee(self) -> list[ReadableStream]:
        content = self.all_bytes()
        return [ReadableStream.of_iterator(iter([content])) for _ in range(2)]

    def pipeThrough(self, transform: Any, *_: Any, **__: Any) -> ReadableStream:
        from stead._promise import promised

        promised(self._pipe(transform.writable))
        return transform.readable

    def pipeTo(self, writable: Any, *_: Any, **__: Any) -> Promise:
        from stead._promise import promised

        return promised(self._pipe(writable))

    async def _pipe(self, writable: Any) -> None:
        async for chunk in self:
            await writable.write(chunk)
        await writable.close()


def _part(source: Any, named: dict[str, Any], name: str) -> Any:
    if name in named:
        return named[name]
    if isinstance(source, dict):
        return source.get(name)
    return getattr(source, name, None)


class Reader:
    def __init__(self, stream: ReadableStream) -> None:
        self._stream = stream

    def read(self) -> Promise:
        return self._stream.read()

    def cancel(self, reason: Any = None) -> Promise:
        return self._stream.cancel(reason)

    def releaseLock(self) -> None:
        self._stream.locked = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._stream.__aiter__()


class WritableStream(JsProxy):
    """The writable end of a transform. Writing never waits."""

    def __init__(self, controller: Controller, transform: Any = None) -> None:
        self._controller = controller
        self._transform = transform
        self.locked = False

    def getWriter(self) -> WritableStream:
        return self

    @property
    def ready(self) -> Promise:
        return Promise.resolved()

    closed = ready

    def write(self, chunk: Any) -> Promise:
        if self._transform is not None:
            return Promise.of(self._transform, chunk, self._controller)
        return Promise.of(self._controller.enqueue, chunk)

    def close(self) -> Promise:
        return Promise.of(self._controller.close)

    def abort(self, reason: Any = None) -> Promise:
        return Promise.of(self._controller.error, reason)

    def releaseLock(self) -> None:
        pass


class TransformStream(JsProxy):
    def __init__(self, transformer: Any = None, *_: Any, **named: Any) -> None:
        self.readable = ReadableStream()
        self.writable = WritableStream(
            self.readable._controller, _part(transformer, named, "transform")
        )

    @classmethod
    def new(cls, *args: Any, **named: Any) -> TransformStream:
        return cls(*args, **named)


IdentityTransformStream = TransformStream
