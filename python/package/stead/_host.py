"""What the node calls: load a project, make instances, deliver events.

Everything here but `load` runs on a fiber, in a turn of the object concerned.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from stead import _asyncio_support, _events, _project
from stead._loop import current_loop
from stead._native import current, log
from stead._traces import trace_text

_project_loaded: _project.Project | None = None
# Every event runs in a copy of this: languages, time zones and the like are not left to the next.
_pristine = contextvars.Context()


def load(project: dict[str, Any]) -> dict[str, Any]:
    """Imports the project's main module. Says which classes of objects it has."""
    global _project_loaded, _pristine
    _asyncio_support.install()
    _project_loaded = _project.load(project)
    _pristine = contextvars.copy_context()
    return {
        "classes": sorted(_project_loaded.classes),
        "worker": _project_loaded.has_worker,
    }


def construct(class_name: str, handle: Any) -> Any:
    """An instance of a class, or of the worker if the name is empty."""
    assert _project_loaded is not None
    with _entered() as pump:
        instance = _in_context(_project_loaded.construct, class_name, handle)
        pump()
    return instance


def start(instance: Any, event: Any) -> None:
    """Runs the handler of an event until it returns or suspends."""
    try:
        with _entered() as pump:
            _in_context(_events.deliver, instance, event)
            pump()
    except BaseException as error:
        event.reject(error)


def wake(callback: Callable[[Any, Any], None], result: Any, error: Any) -> None:
    """An operation has ended: tells who waits for it, and runs what can go on."""
    try:
        with _entered() as pump:
            callback(result, error)
            pump()
    except BaseException as problem:
        log("error", f"the continuation of an operation failed\n{trace_text(problem)}")


def next_chunk(stream: Any, event: Any) -> None:
    """The next chunk of a response's body: resolves the event with bytes, or None at the end."""
    try:
        with _entered() as pump:
            _in_context(_events.deliver_chunk, stream, event)
            pump()
    except BaseException as error:
        event.reject(error)


def end_stream(stream: Any) -> None:
    """Nothing more is asked of a response's body: it has ended, or its reader has gone."""
    try:
        with _entered() as pump:
            stream.close()
            pump()
    except BaseException as problem:
        log("error", f"the end of a response's body failed\n{trace_text(problem)}")


def close(instance: Any) -> None:
    """The instance leaves memory."""
    try:
        with _entered() as pump:
            instance.leave()
            pump()
    except BaseException as problem:
        log("error", f"the end of an instance failed\n{trace_text(problem)}")
    finally:
        handle = current()
        if handle is not None:
            handle.state.clear()


def _in_context(function: Callable[..., Any], *args: Any) -> Any:
    return _pristine.copy().run(function, *args)


@contextmanager
def _entered() -> Iterator[Callable[[], None]]:
    """Gives what runs all that is ready. It does nothing if this thread was in here before: an
    operation that ends as soon as it begins is told in the middle of the code that began it."""
    outermost = not getattr(_thread, "entered", False)
    _thread.entered = True
    try:
        yield _pump if outermost else _later
    finally:
        if outermost:
            _thread.entered = False


_thread = threading.local()


def _pump() -> None:
    loop = current_loop()
    if loop is not None:
        loop.pump()


def _later() -> None:
    pass
