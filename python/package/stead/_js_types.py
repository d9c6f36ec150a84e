"""Values that serve as Python's own and as proxies of JavaScript's at once.

An array is a list, an object a dict, a buffer bytes; each also has what code written for Pyodide
calls on it. JavaScript's null is None everywhere.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from typing import Any


class JsProxy:
    """What `isinstance` is asked for. Values that stand for JavaScript's derive from it."""

    __slots__ = ()


class JsArray(list, JsProxy):
    __slots__ = ()

    @property
    def length(self) -> int:
        return len(self)

    def to_py(self, **_: Any) -> list:
        return list(self)

    def push(self, *values: Any) -> int:
        self.extend(values)
        return len(self)

    def object_values(self) -> JsArray:
        return self


class JsObject(dict, JsProxy):
    """Has its keys as attributes too. Keys that are names of dict methods need `[…]`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the object has no key {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(f"the object has no key {name!r}") from None

    def to_py(self, **_: Any) -> dict:
        return dict(self)

    def object_keys(self) -> JsArray:
        return JsArray(self.keys())

    def object_values(self) -> JsArray:
        return JsArray(self.values())

    def object_entries(self) -> JsArray:
        return JsArray(JsArray(pair) for pair in self.items())

    def as_object_map(self, **_: Any) -> JsObject:
        return self


class RepeatedRow(JsObject):
    """A row whose columns share names: iterates over all of them; by name the last one counts."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        pairs = tuple(pairs)
        super().__init__(pairs)
        object.__setattr__(self, "_pairs", pairs)

    def items(self):  # type: ignore[override]
        return list(self._pairs)

    def values(self):  # type: ignore[override]
        return [value for _, value in self._pairs]

    def to_py(self, **_: Any) -> dict:
        return self


class JsBuffer(bytes, JsProxy):
    """An ArrayBuffer or a view of one."""

    @property
    def byteLength(self) -> int:
        return len(self)

    length = byteLength
    byteOffset = 0

    @property
    def buffer(self) -> JsBuffer:
        return self

    @property
    def data(self) -> JsBuffer:
        return self

    def to_bytes(self) -> bytes:
        return bytes(self)

    def to_string(self, encoding: str = "utf-8") -> str:
        return self.decode(encoding)

    def to_memoryview(self) -> memoryview:
        return memoryview(self)

    def to_py(self, **_: Any) -> memoryview:
        return memoryview(bytes(self))

    def slice(self, start: int = 0, end: int | None = None) -> JsBuffer:
        return JsBuffer(self[start:end])

    subarray = slice

    def release(self) -> None:
        pass

    @classmethod
    def new(cls, source: Any = b"", *_: Any) -> JsBuffer:
        if isinstance(source, int):
            return cls(bytes(source))
        if isinstance(source, str):
            raise TypeError("a buffer is made of bytes, not of str")
        return cls(source)


JsTypedArray = JsBuffer


class JsNull:
    """The type of `jsnull`, which code compares with. No value of ours is it: null is None."""

    _only: JsNull | None = None

    def __new__(cls) -> JsNull:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "jsnull"


jsnull = JsNull()


class JsException(Exception, JsProxy):
    """An error of the platform: what JavaScript throws. `name` and `message` as there."""

    stackTraceLimit: Any = 10

    def __init__(self, message: Any = "", *rest: Any, **options: Any) -> None:
        super().__init__(message, *rest)
        if "cause" in options:
            self.__cause__ = options["cause"]

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else ""

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def stack(self) -> str:
        return f"{self.name}: {self.message}"

    @property
    def js_error(self) -> JsException:
        return self

    def __str__(self) -> str:
        return self.message


class Error(JsException):
    """`js.Error`. Called while a platform's error is handled, it gives that error back: django-cf
    raises `Error(Error.new().stack)` in its place, which would lose what happened."""

    def __new__(cls, *args: Any, **options: Any):
        handled = sys.exc_info()[1]
        if isinstance(handled, JsException) and not isinstance(handled, Error) and cls is Error:
            return handled
        return super().__new__(cls, *args)

    @classmethod
    def new(cls, *args: Any, **options: Any) -> Any:
        return cls(*args, **options)


def _subclass(name: str) -> type[Error]:
    return type(name, (Error,), {"__module__": "js"})


JsTypeError = _subclass("TypeError")
JsRangeError = _subclass("RangeError")
JsSyntaxError = _subclass("SyntaxError")


class PyProxy:
    """What `create_proxy` gives for a callable or a buffer: behaves as the object itself."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._target(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def getBuffer(self, kind: str = "u8") -> JsBuffer:
        return JsBuffer(self._target)

    def unwrap(self) -> Any:
        return self._target

    def destroy(self) -> None:
        pass

    def copy(self) -> PyProxy:
        return self

    toJs = unwrap


def create_proxy(obj: Any, **_: Any) -> Any:
    return PyProxy(obj)


def create_once_callable(obj: Callable[..., Any], **_: Any) -> Any:
    return PyProxy(obj)


def destroy_proxies(proxies: Iterable[Any]) -> None:
    for proxy in proxies:
        proxy.destroy()


def to_js(obj: Any, *, depth: int = -1, dict_converter: Any = None,
          default_converter: Any = None, **_: Any) -> Any:  # fmt: skip
    """The superset value of a Python value; what JavaScript would keep as a proxy stays itself."""
    if isinstance(obj, (JsProxy, str, int, float, type(None))):
        return obj
    if isinstance(obj, (bytes, bytearray, memoryview)):
        return JsBuffer(obj)
    if isinstance(obj, (list, tuple)):
        return JsArray(to_js(item, dict_converter=dict_converter) for item in obj)
    if isinstance(obj, dict):
        return JsObject((key, to_js(item, dict_converter=dict_converter))
                        for key, item in obj.items())  # fmt: skip
    return obj


def run_relaxed(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls a function with as many of the positional arguments as it takes."""
    return function(*args[: positional_arity(function, len(args))], **kwargs)


def positional_arity(function: Callable[..., Any], at_most: int) -> int:
    """How many of so many positional arguments a function takes."""
    plain = getattr(function, "__func__", None)
    if plain is not None:
        return min(at_most, _arity(plain) - 1)
    return min(at_most, _arity(function))


def _arity(function: Callable[..., Any]) -> int:
    code = getattr(function, "__code__", None)
    if code is not None and not hasattr(function, "__wrapped__"):
        return sys.maxsize if code.co_flags & inspect.CO_VARARGS else code.co_argcount
    # Of what is made for each request nothing must be kept.
    return _class_arity(function) if isinstance(function, type) else _signature_arity(function)


def _signature_arity(function: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return sys.maxsize
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return sys.maxsize
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in positional for parameter in parameters)


_class_arity = functools.lru_cache(maxsize=1024)(_signature_arity)
