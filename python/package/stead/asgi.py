"""Runs an ASGI application for a request.

    from stead import DurableObject, asgi

    class Site(DurableObject):
        async def fetch(self, request):
            return await asgi.fetch(application, request, self.env)

The application's lifespan begins with the first request of an instance and ends with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from stead import _http
from stead._gateway_scope import plain_request, split_address, target_of
from stead._loop import ObjectLoop, current_loop
from stead._native import NotThereYet, current, log
from stead._promise import Promise
from stead._streams import ReadableStream
from stead._traces import trace_text

__all__ = ["entrypoint", "fetch", "websocket"]

_ASGI = {"version": "3.0", "spec_version": "2.4"}


async def fetch(app: Any, request: Any, env: Any = None, ctx: Any = None, *,
                options: Any = None) -> _http.Response:  # fmt: skip
    """The application's response. `scope["env"]` is `env`."""
    plain = plain_request(request)
    if (plain.headers.get("upgrade") or "").lower() == "websocket":
        return await websocket(app, request, env)
    lifespan = await _lifespan_of(app)
    return await _Exchange(app, plain, env, lifespan.state).response()


async def websocket(app: Any, request: Any, env: Any = None, ctx: Any = None) -> Any:
    raise NotThereYet("WebSockets are not there yet in Stead for Python")


def entrypoint(app: Any, *, options: Any = None) -> type:
    """A worker's `Default` class for an application."""
    from stead._authors import WorkerEntrypoint

    class Default(WorkerEntrypoint):
        async def fetch(self, request: Any) -> Any:
            return await fetch(app, request, self.env, self.ctx, options=options)

    return Default


def request_to_scope(request: _http.Request, env: Any, state: dict[str, Any]) -> dict[str, Any]:
    target = target_of(request.url)
    return {
        "type": "http",
        "asgi": dict(_ASGI),
        "http_version": "1.1",
        "method": request.method,
        "scheme": target.scheme,
        "path": target.path_bytes.decode("utf-8", "replace"),
        "raw_path": target.raw_path.encode("latin-1", "replace"),
        "query_string": target.query.encode("latin-1", "replace"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in request.headers._pairs
        ],
        "client": split_address(request.client_address) if request.client_address else None,
        "server": (target.host, target.port),
        "state": dict(state),
        "extensions": {},
        "env": env,
    }


class _Exchange:
    """One request and its response."""

    def __init__(self, app: Any, request: _http.Request, env: Any, state: dict[str, Any]) -> None:
        self._app = app
        self._content = request._take()
        self._body_given = False
        self._scope = request_to_scope(request, env, state)
        self._start: dict[str, Any] | None = None
        self._stream: ReadableStream | None = None
        self._response = Promise()
        self._over = Promise()

    async def response(self) -> _http.Response:
        loop = current_loop()
        assert loop is not None
        task = loop.create_task(self._run())
        loop._keep.add(task)
        task.add_done_callback(loop._keep.discard)
        return await self._response

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._receive, self._send)
            if not self._response.done():
                raise RuntimeError("the ASGI application returned without a response")
            if self._stream is not None and not self._over.done():
                raise RuntimeError("the ASGI application returned before the response's end")
        except BaseException as error:
            self._fail(error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._over.resolve()

    def _fail(self, error: BaseException) -> None:
        if not self._response.done():
            self._response.reject(error)
            return
        log("error", "the ASGI application failed after it had begun to answer\n"
            + trace_text(error))  # fmt: skip
        if self._stream is not None:
            self._stream._controller.error(error)

    async def _receive(self) -> dict[str, Any]:
        if self._body_given:
            await self._over
            return {"type": "http.disconnect"}
        if isinstance(self._content, ReadableStream):
            result = await self._content.read()
            self._body_given = result["done"]
            chunk = b"" if result["done"] else bytes(result["value"])
            return {"type": "http.request", "body": chunk, "more_body": not result["done"]}
        self._body_given = True
        return {"type": "http.request", "body": self._content or b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            if self._start is not None:
                raise RuntimeError("http.response.start was sent twice")
            self._start = message
        elif kind == "http.response.body":
            self._send_body(bytes(message.get("body", b"")), message.get("more_body", False))
        else:
            raise RuntimeError(f"{kind!r} is not a message that a response has")

    def _send_body(self, chunk: bytes, more: bool) -> None:
        if self._start is None:
            raise RuntimeError("http.response.body was sent before http.response.start")
        if self._over.done():
            return
        if self._stream is not None:
            if chunk:
                self._stream._controller.enqueue(chunk)
            if not more:
                self._stream._controller.close()
        elif more:
            self._stream = ReadableStream(cancel=self._over.resolve)
            if chunk:
                self._stream._controller.enqueue(chunk)
            self._answer(self._stream)
        else:
            self._answer(chunk)
        if not more:
            self._over.resolve()

    def _answer(self, body: Any) -> None:
        assert self._start is not None
        status = int(self._start["status"])
        if status in _http.NULL_BODY_STATUSES:
            body = None
        headers = [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                   for name, value in self._start.get("headers", ())]  # fmt: skip
        self._response.resolve(_http.Response(body, status=status, headers=headers))


class _Lifespan:
    """An application's lifespan in one instance of an object."""

    def __init__(self, app: Any, loop: ObjectLoop) -> None:
        self.app = app
        self.state: dict[str, Any] = {}
        self.started = Promise()
        self.ended = Promise()
        self._supported = True
        self._messages: deque[dict[str, str]] = deque([{"type": "lifespan.startup"}])
        self._message = Promise()
        self._task = loop.create_task(self._run())

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(_ASGI), "state": self.state}
        try:
            await self.app(scope, self._receive, self._send)
        except Exception as error:
            # An application that does not know lifespans says so by failing.
            if self.started.done():
                log("error", f"the ASGI application's lifespan failed\n{trace_text(error)}")
            self._supported = False
        self.started.resolve()
        self.ended.resolve()

    async def _receive(self) -> dict[str, str]:
        while not self._messages:
            self._message = Promise()
            await self._message
        return self._messages.popleft()

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self.started.resolve()
        elif kind == "lifespan.startup.failed":
            self._supported = False
            self.started.reject(RuntimeError(
                message.get("message") or "the ASGI application's startup failed"))  # fmt: skip
        elif kind in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
            if kind.endswith("failed"):
                log("error", f"an ASGI application's shutdown failed: {message.get('message')}")
            self.ended.resolve()
        else:
            raise RuntimeError(f"{kind!r} is not a message that a lifespan has")

    def end(self) -> None:
        if self._supported and not self.ended.done():
            self._messages.append({"type": "lifespan.shutdown"})
            self._message.resolve()


async def _lifespan_of(app: Callable[..., Any]) -> _Lifespan:
    handle, loop = current(), current_loop()
    if handle is None or loop is None:
        raise RuntimeError("asgi.fetch was called outside an object or a worker")
    lifespans: dict[int, _Lifespan] = handle.state.setdefault("lifespans", {})
    lifespan = lifespans.get(id(app))
    if lifespan is None:
        lifespan = lifespans[id(app)] = _Lifespan(app, loop)
    try:
        await lifespan.started
    except BaseException:
        # The next request tries again.
        lifespans.pop(id(app), None)
        raise
    return lifespan


def end_lifespans(state: dict[str, Any]) -> None:
    """Tells the applications of an instance that it leaves memory; they have this turn."""
    for lifespan in state.pop("lifespans", {}).values():
        lifespan.end()
