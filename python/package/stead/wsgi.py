"""Runs a WSGI application (PEP 3333) for a request.

    from stead import DurableObject, wsgi

    class Site(DurableObject):
        async def fetch(self, request):
            return await wsgi.fetch(application, request, self.env)
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.util import FileWrapper

from stead import _http
from stead._gateway_scope import plain_request, split_address, target_of
from stead._loop import no_loop_seen
from stead._native import log
from stead._streams import ReadableStream

__all__ = ["entrypoint", "fetch"]

# A header that some servers' variables of the same name would be mistaken for.
_NEVER_PASSED = {"proxy"}
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer",
               "proxy-authenticate", "proxy-authorization"}  # fmt: skip


async def fetch(app: Callable[..., Iterable[bytes]], request: Any, env: Any = None,
                ctx: Any = None, *, options: Any = None) -> _http.Response:  # fmt: skip
    """The application's response. `environ["workers.env"]` is `env`."""
    return respond(app, plain_request(request), env)


def respond(app: Callable[..., Iterable[bytes]], request: _http.Request,
            env: Any = None) -> _http.Response:  # fmt: skip
    """As `fetch`, for code that does not await."""
    with no_loop_seen():
        return _Run(app, request, env).response()


def entrypoint(app: Callable[..., Iterable[bytes]], *, options: Any = None) -> type:
    """A worker's `Default` class for an application."""
    from stead._authors import WorkerEntrypoint

    class Default(WorkerEntrypoint):
        async def fetch(self, request: Any) -> Any:
            return await fetch(app, request, self.env, self.ctx, options=options)

    return Default


def build_environ(request: _http.Request, env: Any = None) -> dict[str, Any]:
    target = target_of(request.url)
    host, port = split_address(request.client_address)
    uri = target.raw_path + ("?" + target.query if target.query else "")
    body, length = _input_of(request)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": target.path_bytes.decode("latin-1"),
        "QUERY_STRING": target.query,
        "REQUEST_URI": uri,
        "RAW_URI": uri,
        "SERVER_NAME": target.host,
        "SERVER_PORT": str(target.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "stead",
        "REMOTE_ADDR": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": target.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": _errors,
        "wsgi.file_wrapper": _FileWrapper,
        # Other objects run the same application on other threads.
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "workers.env": env,
    }
    if port:
        environ["REMOTE_PORT"] = str(port)
    _add_headers(environ, request)
    if length is not None and (length or "CONTENT_LENGTH" in environ):
        environ["CONTENT_LENGTH"] = str(length)
    if "HTTP_HOST" not in environ:
        standard = target.port == (443 if target.scheme == "https" else 80)
        environ["HTTP_HOST"] = target.host if standard else f"{target.host}:{target.port}"
    return environ


def _add_headers(environ: dict[str, Any], request: _http.Request) -> None:
    for name, value in request.headers._pairs:
        lower = name.lower()
        # With an underscore it would be taken for another header, which may be trusted.
        if "_" in name or lower in _NEVER_PASSED:
            continue
        if lower in ("content-type", "content-length"):
            environ.setdefault(lower.upper().replace("-", "_"), value)
            continue
        key = "HTTP_" + lower.upper().replace("-", "_")
        if key in environ:
            environ[key] += ("; " if lower == "cookie" else ",") + value
        else:
            environ[key] = value


def _input_of(request: _http.Request) -> tuple[Any, int | None]:
    """`wsgi.input`, and the body's length if it is known."""
    content = request._take()
    if isinstance(content, ReadableStream):
        return io.BufferedReader(_StreamInput(content)), None
    content = content or b""
    return io.BytesIO(content), len(content)


class _StreamInput(io.RawIOBase):
    """A body that is still arriving. Reading waits for it; other objects run meanwhile."""

    def __init__(self, stream: ReadableStream) -> None:
        self._stream = stream
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._stream, None)
            if chunk is None:
                return 0
            self._rest = chunk
        part = self._rest[: len(buffer)]
        self._rest = self._rest[len(part) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _FileWrapper(FileWrapper):
    """Reads larger blocks than applications ask for: each is a turn of the object."""

    def __init__(self, filelike: Any, blksize: int = 0) -> None:
        super().__init__(filelike, max(blksize, 64 * 1024))


class _Errors:
    """`wsgi.errors`: lines go to the log. Callable too, as old django-cf has it."""

    def write(self, text: str) -> int:
        if text.strip():
            log("error", text.rstrip("\n"))
        return len(text)

    __call__ = write

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        pass


_errors = _Errors()


class _Run:
    """One call of the application, from its environ until its result is closed."""

    def __init__(self, app: Any, request: _http.Request, env: Any) -> None:
        self._app = app
        self._environ = build_environ(request, env)
        self._status: str | None = None
        self._headers: list[tuple[str, str]] = []
        self._sent = False
        self._written: list[bytes] = []
        self._result: Any = ()
        self._closed = False

    def response(self) -> _http.Response:
        try:
            self._result = self._app(self._environ, self._start_response)
            return self._collected() if self._is_whole() else self._streamed()
        except BaseException:
            self._close()
            raise

    def _is_whole(self) -> bool:
        """Whether the result is in memory already, as most are."""
        return isinstance(self._result, (list, tuple)) or (
            getattr(self._result, "streaming", None) is False
        )

    def _collected(self) -> _http.Response:
        body = b"".join(self._chunks())
        self._close()
        return self._answer(body)

    def _streamed(self) -> _http.Response:
        chunks = self._chunks()
        # An application may call start_response as late as with its first chunk.
        first = next(chunks, None)
        if first is None or not self._may_have_body():
            self._close()
            return self._answer(b"")

        def all_chunks() -> Iterator[bytes]:
            yield first
            yield from chunks

        return self._answer(ReadableStream.of_iterator(all_chunks(), self._close))

    def _chunks(self) -> Iterator[bytes]:
        for chunk in self._result:
            if self._written:
                yield from self._take_written()
            if chunk:
                self._check_started()
                self._sent = True
                yield chunk
        yield from self._take_written()
        self._check_started()

    def _take_written(self) -> list[bytes]:
        written, self._written = self._written, []
        return written

    def _check_started(self) -> None:
        if self._status is None:
            raise RuntimeError("the WSGI application did not call start_response")

    def _start_response(self, status: str, headers: list[tuple[str, str]],
                        exc_info: Any = None) -> Callable[[bytes], None]:  # fmt: skip
        if exc_info:
            try:
                if self._sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._status is not None:
            raise RuntimeError("start_response was called a second time without exc_info")
        if not isinstance(status, str) or not status[:3].isdigit():
            raise TypeError(f"start_response was given {status!r}, which is not a status")
        self._status = status
        self._headers = list(headers)
        return self._write

    def _write(self, data: bytes) -> None:
        if data:
            self._sent = True
            self._written.append(data)

    def _may_have_body(self) -> bool:
        """The body of an answer to HEAD goes as far as the gateway, which tells its length."""
        code = int((self._status or "200")[:3])
        return code not in _http.NULL_BODY_STATUSES and code >= 200

    def _answer(self, body: Any) -> _http.Response:
        self._check_started()
        assert self._status is not None
        code, _, reason = self._status.partition(" ")
        headers = [pair for pair in self._headers if pair[0].lower() not in _HOP_BY_HOP]
        response = _http.Response(
            body if self._may_have_body() else None,
            status=int(code),
            statusText=reason,
            headers=headers,
        )
        return response

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            close = getattr(self._result, "close", None)
            if close is not None:
                close()
        finally:
            self._environ["wsgi.input"].close()
