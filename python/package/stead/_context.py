"""`ctx`: what an object knows of itself and may ask of its node."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from stead._binding import DurableObjectId
from stead._loop import current_loop
from stead._native import NotThereYet, native
from stead._promise import Promise, promised, settle
from stead._storage import Storage


class ExecutionContext:
    """The context of a worker's entrypoint."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.props: dict[str, Any] = {}

    def waitUntil(self, awaitable: Awaitable[Any]) -> None:
        """Lets work go on after the response. Its failure goes to the log."""
        loop = current_loop()
        if loop is None or not hasattr(type(awaitable), "__await__"):
            return
        loop.keep(loop.create_task(settle(awaitable)), "what waitUntil was given failed")

    wait_until = waitUntil

    def passThroughOnException(self) -> None:
        """Nothing: there is no other server behind this one."""


class DurableObjectState(ExecutionContext):
    """The context of an object: `self.ctx`."""

    def __init__(self, handle: Any) -> None:
        super().__init__(handle)
        self.id = DurableObjectId(handle.class_name, handle.id, handle.name)
        self.storage = Storage()

    def blockConcurrencyWhile(self, callback: Callable[[], Awaitable[Any]]) -> Promise:
        """Runs `callback`; no other event enters before it ends. If it fails, the object is
        thrown away and begins anew with the next event."""
        return promised(self._section(callback))

    async def _section(self, callback: Callable[[], Awaitable[Any]]) -> Any:
        section = native.enter_section()
        try:
            result = await settle(callback())
        except Exception as error:
            native.leave_section(section)
            native.abort(f"what blockConcurrencyWhile ran failed: {type(error).__name__}")
            raise
        native.leave_section(section)
        return result

    block_concurrency_while = blockConcurrencyWhile

    def abort(self, reason: str | None = None) -> None:
        """Throws the object away: what this turn wrote is undone, requests under way fail."""
        native.abort(reason or "the object called abort()")

    def _no_websockets(self, *_: Any, **__: Any) -> Any:
        raise NotThereYet("WebSockets are not there yet in Stead for Python")

    acceptWebSocket = getWebSockets = getTags = _no_websockets
    setWebSocketAutoResponse = getWebSocketAutoResponse = _no_websockets
