"""The `workers` module of Python Workers."""

from collections.abc import Iterator as _Iterator
from contextlib import contextmanager as _contextmanager
from typing import Any as _Any

from stead import _binding
from stead import _wire as _wire
from stead._authors import DurableObject, WorkerEntrypoint, WorkflowEntrypoint, handler
from stead._context import ExecutionContext as Context
from stead._forms import JsBlob, JsFormData
from stead._headers import Headers
from stead._js_types import JsException, to_js
from stead._outgoing import fetch
from stead._workers_http import Blob, FetchResponse, File, FormData, Request, Response

Body = _Any
JSBody = _Any
FetchKwargs = dict
RequestInitCfProperties = dict
BlobValue = _Any
FormDataValue = _Any
BlobEnding = str
env = _binding.env


def wait_until(awaitable: _Any) -> None:
    """Lets work go on after the response."""
    Context(None).waitUntil(awaitable)


waitUntil = wait_until


class _Module:
    """What `import_from_javascript` gives for a module of the platform."""

    def __init__(self, **names: _Any) -> None:
        self.__dict__.update(names)


def import_from_javascript(module_name: str) -> _Any:
    if module_name == "cloudflare:workers":
        return _Module(env=env, waitUntil=wait_until, DurableObject=DurableObject,
                       WorkerEntrypoint=WorkerEntrypoint)  # fmt: skip
    raise ImportError(f"there is no module {module_name!r} in Stead")


@_contextmanager
def patch_env(values: _Any = None, **named: _Any) -> _Iterator[None]:
    """Sets names of `env` for the time of a `with` block."""
    given = {**dict(values or {}), **named}
    before = {name: env.get(name, _absent) for name in given}
    env._values.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is _absent:
                env._values.pop(name, None)
            else:
                env._values[name] = value


_absent = object()


def python_from_rpc(value: _Any) -> _Any:
    return value


def python_to_rpc(value: _Any) -> _Any:
    return to_js(value)


__all__ = [
    "Blob", "BlobEnding", "BlobValue", "Body", "Context", "DurableObject", "FetchKwargs",
    "FetchResponse", "File", "FormData", "FormDataValue", "Headers", "JSBody", "JsBlob",
    "JsException", "JsFormData", "Request", "RequestInitCfProperties", "Response",
    "WorkerEntrypoint", "WorkflowEntrypoint", "env", "fetch", "handler",
    "import_from_javascript", "patch_env", "python_from_rpc", "python_to_rpc", "waitUntil",
    "wait_until",
]  # fmt: skip
