"""The classes an author derives from."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stead._context import DurableObjectState, ExecutionContext
from stead._native import NotThereYet


class DurableObject:
    """One object: derive from it and define `fetch`, and any other public method for calls by
    name. One instance of an object is in memory at a time, and one turn of it runs at a time.

        class Counter(DurableObject):
            async def increment(self, by=1):
                value = (self.ctx.storage.kv.get("value") or 0) + by
                self.ctx.storage.kv.put("value", value)
                return value
    """

    ctx: DurableObjectState
    env: Any

    def __init__(self, ctx: DurableObjectState, env: Any) -> None:
        self.ctx = ctx
        self.env = env


class WorkerEntrypoint:
    """What answers requests that are for no object yet. One instance per request; the class named
    `Default` is the one that is used."""

    ctx: ExecutionContext
    env: Any

    def __init__(self, ctx: ExecutionContext, env: Any) -> None:
        self.ctx = ctx
        self.env = env


class WorkflowEntrypoint:
    """Workflows are not there yet."""

    def __init__(self, ctx: Any, env: Any) -> None:
        raise NotThereYet("workflows are not there yet in Stead")


def handler(function: Callable[..., Any]) -> Callable[..., Any]:
    """For `on_fetch` of a module: gives it the request as a `workers.Request`."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        from stead import _http
        from stead._workers_http import Request

        if args and isinstance(args[0], _http.Request):
            args = (Request(args[0]), *args[1:])
        return function(*args, **kwargs)

    return wrapper
