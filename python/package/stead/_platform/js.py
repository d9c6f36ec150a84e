"""The `js` module: JavaScript's globals, as far as Python code for Workers uses them."""

import asyncio as _asyncio
import json as _json
import time as _time
from typing import Any as _Any

from stead import _native
from stead._forms import JsBlob as Blob
from stead._forms import JsFile as File
from stead._forms import JsFormData as FormData
from stead._headers import Headers
from stead._http import Request, Response
from stead._js_types import Error, JsArray, JsBuffer, JsNull, JsObject, to_js
from stead._js_types import JsRangeError as RangeError
from stead._js_types import JsSyntaxError as SyntaxError  # noqa: A004
from stead._js_types import JsTypeError as TypeError  # noqa: A004
from stead._outgoing import js_fetch as fetch
from stead._promise import Promise as _Promise
from stead._streams import (
    IdentityTransformStream,
    ReadableStream,
    TransformStream,
    WritableStream,
)
from stead._url import URL, URLSearchParams

ArrayBuffer = Uint8Array = DataView = JsBuffer


class Object:
    """`js.Object`."""

    @staticmethod
    def new(*_: _Any, **values: _Any) -> JsObject:
        return JsObject(values)

    @staticmethod
    def fromEntries(entries: _Any) -> JsObject:
        return JsObject(entries.items() if hasattr(entries, "items") else entries)

    @staticmethod
    def entries(value: _Any) -> JsArray:
        return JsArray(JsArray(pair) for pair in value.items())

    @staticmethod
    def keys(value: _Any) -> JsArray:
        return JsArray(value.keys())

    @staticmethod
    def values(value: _Any) -> JsArray:
        return JsArray(value.values())

    @staticmethod
    def assign(target: _Any, *sources: _Any) -> _Any:
        for source in sources:
            target.update(source)
        return target


class Array:
    """`js.Array`."""

    @staticmethod
    def new(*items: _Any) -> JsArray:
        return JsArray(items)

    of = new

    @staticmethod
    def isArray(value: _Any) -> bool:
        return isinstance(value, list)

    @staticmethod
    def from_(items: _Any) -> JsArray:
        return JsArray(items)


class Map(JsObject):
    """`js.Map`."""

    @classmethod
    def new(cls, entries: _Any = ()) -> "Map":
        return cls(entries or ())

    def set(self, key: _Any, value: _Any) -> "Map":
        dict.__setitem__(self, key, value)
        return self

    def has(self, key: _Any) -> bool:
        return key in self

    def delete(self, key: _Any) -> bool:
        return self.pop(key, self) is not self

    @property
    def size(self) -> int:
        return len(self)


class Date:
    """`js.Date`: milliseconds since 1970."""

    def __init__(self, milliseconds: _Any = None) -> None:
        self._ms = _time.time() * 1000 if milliseconds is None else float(milliseconds)

    @classmethod
    def new(cls, milliseconds: _Any = None) -> "Date":
        return cls(milliseconds)

    @staticmethod
    def now() -> int:
        return int(_time.time() * 1000)

    def getTime(self) -> int:
        return int(self._ms)

    valueOf = getTime

    def toISOString(self) -> str:
        from datetime import UTC, datetime

        moment = datetime.fromtimestamp(self._ms / 1000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class JSON:
    """`js.JSON`."""

    @staticmethod
    def stringify(value: _Any, replacer: _Any = None, space: _Any = None) -> str:
        if space is None:
            return _json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return _json.dumps(value, ensure_ascii=False, indent=space)

    @staticmethod
    def parse(text: str) -> _Any:
        return to_js(_json.loads(text))


class Promise:
    """`js.Promise`."""

    @staticmethod
    def new(executor: _Any) -> _Promise:
        promise = _Promise()
        executor(promise.resolve, lambda error=None: promise.reject(_error(error)))
        return promise

    @staticmethod
    def resolve(value: _Any = None) -> _Promise:
        return value if isinstance(value, _Promise) else _Promise.resolved(value)

    @staticmethod
    def reject(error: _Any = None) -> _Promise:
        return _Promise.rejected(_error(error))

    @staticmethod
    def all(awaitables: _Any) -> _Promise:
        from stead._promise import promised

        async def gather() -> JsArray:
            return JsArray(await _asyncio.gather(*awaitables))

        return promised(gather())


def _error(error: _Any) -> BaseException:
    return error if isinstance(error, BaseException) else Error(str(error))


class _Log:
    """One of the functions of `console`, which is a text stream too: it serves as wsgi.errors."""

    def __init__(self, level: str) -> None:
        self._level = level

    def __call__(self, *values: _Any) -> None:
        _native.log(self._level, " ".join(map(str, values)))

    def write(self, text: str) -> int:
        if text.strip():
            self(text.rstrip("\n"))
        return len(text)

    def writelines(self, lines: _Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass


class console:
    """`js.console`: lines go to the node's log."""

    log = info = _Log("info")
    debug = trace = _Log("debug")
    warn = _Log("warning")
    error = _Log("error")


def queueMicrotask(callback: _Any) -> None:
    from stead._loop import current_loop

    loop = current_loop()
    if loop is None:
        callback()
    else:
        loop.call_soon(callback)


def setTimeout(callback: _Any, milliseconds: float = 0, *args: _Any) -> _Any:
    from stead._loop import current_loop

    loop = current_loop()
    if loop is None:
        raise RuntimeError("setTimeout was called outside an object")
    return loop.call_later(milliseconds / 1000, callback, *args)


def clearTimeout(timer: _Any) -> None:
    if timer is not None:
        timer.cancel()


class _NotThere:
    def __init__(self, name: str) -> None:
        self._name = name

    def new(self, *_: _Any, **__: _Any) -> _Any:
        raise _native.NotThereYet(f"{self._name} is not there yet in Stead for Python")

    __call__ = new


WebSocket = _NotThere("WebSocket")
WebSocketPair = _NotThere("WebSocketPair")

undefined = None
null = None

__all__ = [
    "JSON", "URL", "Array", "ArrayBuffer", "Blob", "DataView", "Date", "Error", "File",
    "FormData", "Headers", "IdentityTransformStream", "JsNull", "Map", "Object", "Promise",
    "RangeError", "ReadableStream", "Request", "Response", "SyntaxError", "TransformStream",
    "TypeError", "URLSearchParams", "Uint8Array", "WebSocket", "WebSocketPair",
    "WritableStream", "clearTimeout", "console", "fetch", "queueMicrotask", "setTimeout",
]  # fmt: skip


def __getattr__(name: str) -> _Any:
    raise AttributeError(f"module 'js' has no attribute {name!r}")
