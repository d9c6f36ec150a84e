"""`pyodide.ffi`: the border to JavaScript, which is none here: values serve both sides."""

from collections.abc import Callable as _Callable
from typing import Any as _Any

from stead._js_types import (
    JsArray,
    JsBuffer,
    JsException,
    JsNull,
    JsObject,
    JsProxy,
    JsTypedArray,
    create_once_callable,
    create_proxy,
    destroy_proxies,
    jsnull,
    to_js,
)
from stead._loop import run_sync
from stead._promise import Promise as JsPromise

JsCallable = _Callable
JsDomElement = JsProxy
JsDoubleProxy = JsProxy
JsFetchResponse = JsProxy
JsMap = JsMutableMap = JsObject
JsIterable = JsIterator = JsAsyncIterable = JsAsyncIterator = JsProxy


class ConversionError(Exception):
    """A value could not be converted."""


class InternalError(Exception):
    """Pyodide's own errors."""


def can_run_sync() -> bool:
    return True


def register_js_module(name: str, module: _Any) -> None:
    import sys

    sys.modules[name] = module


def unregister_js_module(name: str) -> None:
    import sys

    sys.modules.pop(name, None)


def __getattr__(name: str) -> _Any:
    raise AttributeError(f"module 'pyodide.ffi' has no attribute {name!r}")


__all__ = [
    "ConversionError", "InternalError", "JsArray", "JsBuffer", "JsCallable", "JsException",
    "JsMap", "JsNull", "JsObject", "JsPromise", "JsProxy", "JsTypedArray", "can_run_sync",
    "create_once_callable", "create_proxy", "destroy_proxies", "jsnull", "run_sync", "to_js",
]  # fmt: skip
