"""Lets asyncio's functions find the loop of the object whose turn runs.

The loop is not asyncio's running loop (see `_loop`), so the few functions that ask for that one
are answered here. A real loop, started by `asyncio.run` inside a handler, comes first.
"""

from __future__ import annotations

import asyncio
import asyncio.events
import asyncio.mixins
import asyncio.tasks
from asyncio.events import _get_running_loop  # type: ignore[attr-defined]
from typing import Any

from stead._loop import ObjectLoop, _task_of, current_loop

found_by_asyncio = asyncio.events.get_running_loop


def _stepping_loop() -> ObjectLoop | None:
    loop = current_loop()
    return loop if loop is not None and loop.stepping else None


def get_running_loop() -> Any:
    loop = _get_running_loop() or _stepping_loop()
    if loop is None:
        raise RuntimeError("no running event loop")
    return loop


def current_task(loop: Any = None) -> Any:
    return _task_of(get_running_loop() if loop is None else loop)


def all_tasks(loop: Any = None) -> Any:
    return _all_tasks(get_running_loop() if loop is None else loop)


_all_tasks = asyncio.tasks.all_tasks
_bound_loop = asyncio.mixins._LoopBoundMixin._get_loop  # type: ignore[attr-defined]


def _get_loop(self: Any) -> Any:
    """Of a lock, a queue or an event: it belongs to the loop that first waited for it."""
    if _get_running_loop() is not None:
        return _bound_loop(self)
    loop = get_running_loop()
    if self._loop is None:
        self._loop = loop
    if loop is not self._loop:
        raise RuntimeError(f"{self!r} is bound to the event loop of another object")
    return loop


class Policy(asyncio.DefaultEventLoopPolicy):
    """Inside an object its loop is the event loop; elsewhere asyncio's own rules hold."""

    def get_event_loop(self) -> Any:
        loop = current_loop()
        return super().get_event_loop() if loop is None else loop


def install() -> None:
    if asyncio.get_running_loop is get_running_loop:
        return
    for module in (asyncio, asyncio.events):
        module.get_running_loop = get_running_loop  # type: ignore[assignment]
    for module in (asyncio, asyncio.tasks):
        module.current_task = current_task  # type: ignore[assignment]
        module.all_tasks = all_tasks  # type: ignore[assignment]
    asyncio.mixins._LoopBoundMixin._get_loop = _get_loop  # type: ignore[attr-defined]
    asyncio.set_event_loop_policy(Policy())
