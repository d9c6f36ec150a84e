"""What the node calls: load a project, make instances, deliver events.

Everything here but `load` runs on a fiber, in a turn of the object concerned.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
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
    instance = _in_context(_project_loaded.construct, class_name, handle)
    _pump()
    return instance


def start(instance: Any, event: Any) -> None:
    """Runs the handler of an event until it returns or suspends."""
    try:
        _in_context(_events.deliver, instance, event)
        _pump()
    except BaseException as error:
        event.reject(error)


def wake(callback: Callable[[Any, Any], None], result: Any, error: Any) -> None:
    """An operation has ended: tells who waits for it, and runs what can go on."""
    try:
        callback(result, error)
        _pump()
    except BaseException as problem:
        log("error", f"the continuation of an operation failed\n{trace_text(problem)}")


def close(instance: Any) -> None:
    """The instance leaves memory."""
    try:
        instance.leave()
        _pump()
    except BaseException as problem:
        log("error", f"the end of an instance failed\n{trace_text(problem)}")
    finally:
        handle = current()
        if handle is not None:
            handle.state.clear()


def _in_context(function: Callable[..., Any], *args: Any) -> Any:
    return _pristine.copy().run(function, *args)


def _pump() -> None:
    loop = current_loop()
    if loop is not None:
        loop.pump()
