"""Delivers events to the author's code, and its results to whoever waits.

A handler may be a function, a coroutine function, or a function that returns a coroutine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from stead import _http, _wire
from stead._js_types import run_relaxed
from stead._loop import current_loop
from stead._project import Resident, Worker
from stead._promise import settle
from stead._streams import ReadableStream
from stead._workers_http import Request

# Public names of an object's class that are not methods to be called from outside.
_NOT_CALLABLE_BY_NAME = {
    "fetch", "on_fetch", "alarm", "on_alarm", "webSocketMessage", "webSocketClose",
    "webSocketError", "constructor", "ctx", "env", "get_app",
}  # fmt: skip


def deliver(instance: Any, event: Any) -> None:
    if event.kind == "fetch":
        _finish(_fetch(instance, event), event, _native_response)
    elif event.kind == "rpc":
        _finish(_call(instance, event), event, _wire.dumps)
    elif event.kind == "manage":
        from stead import _manage

        event.resolve(_manage.run_event(event.args))
    else:
        raise ValueError(f"an event of the kind {event.kind!r} is not known")


def deliver_chunk(stream: ReadableStream, event: Any) -> None:
    _finish(stream.next_chunk(), event, _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def _finish(result: Any, event: Any, convert: Callable[[Any], Any]) -> None:
    """Resolves the event with a result, once there is one."""
    if not hasattr(type(result), "__await__"):
        event.resolve(convert(result))
        return
    loop = current_loop()
    assert loop is not None
    task = loop.start(_settled(result, convert))

    def completed(task: Any) -> None:
        if task.cancelled():
            event.reject(RuntimeError("the handler was cancelled"))
        elif task.exception() is not None:
            event.reject(task.exception())
        else:
            event.resolve(task.result())

    if task.done():
        completed(task)
    else:
        loop._keep.add(task)
        task.add_done_callback(loop._keep.discard)
        task.add_done_callback(completed)


async def _settled(awaitable: Any, convert: Callable[[Any], Any]) -> Any:
    return convert(await settle(awaitable))


def _fetch(instance: Any, event: Any) -> Any:
    plain = _http.Request.of_native(event.request)
    if isinstance(instance, Resident):
        author = instance.author
    else:
        assert isinstance(instance, Worker)
        project = instance.project
        if project.default is None:
            if project.on_fetch is None:
                raise LookupError(
                    f"{project.module.__name__} has no worker to answer requests: define "
                    "`class Default(WorkerEntrypoint)` with `fetch`, or `on_fetch`"
                )
            return run_relaxed(project.on_fetch, plain, project.env, instance.context)
        author = instance.entrypoint()
    handler = getattr(author, "fetch", None) or getattr(author, "on_fetch", None)
    if handler is None:
        raise LookupError(f"the class {type(author).__name__} has no method `fetch`")
    return run_relaxed(handler, Request(plain), author.env, author.ctx)


def _native_response(result: Any) -> tuple:
    response = getattr(result, "js_response", result)
    if not isinstance(response, _http.Response):
        raise TypeError(
            "the handler of a request must return a Response, but it returned "
            f"{type(result).__name__}"
        )
    content = response._take()
    if isinstance(content, ReadableStream):
        content = content.as_native()
    return (
        response.status,
        response.statusText or _http.reason_of(response.status),
        response.headers._pairs,
        content or b"",
    )


def _call(instance: Any, event: Any) -> Any:
    method = event.method
    author = getattr(instance, "author", None)
    function = None
    if not method.startswith("_") and method not in _NOT_CALLABLE_BY_NAME:
        function = getattr(author, method, None)
    if not callable(function):
        raise AttributeError(
            f"objects of the class {type(author).__name__} have no method {method!r} to call"
        )
    args, kwargs = _wire.load_arguments(event.args)
    return function(*args, **kwargs)


def manage_arguments(text: str) -> tuple[list[str], bool]:
    """The command line of a `manage` event, and whether a person is at the terminal."""
    given = json.loads(text)
    if isinstance(given, dict):
        return [str(word) for word in given["argv"]], bool(given.get("interactive"))
    return [str(word) for word in given], False
