"""Requests and responses as `js.Request` and `js.Response`; `_workers_http` wraps them."""

from __future__ import annotations

import http
import json
from typing import Any

from stead._headers import Headers
from stead._js_types import JsBuffer, JsObject, JsProxy, JsTypeError, PyProxy, to_js
from stead._promise import Promise, promised
from stead._streams import ReadableStream
from stead._url import URL

NULL_BODY_STATUSES = frozenset({101, 103, 204, 205, 304})


class Body(JsProxy):
    """What a request and a response share: content, read once."""

    def __init__(self, content: Any) -> None:
        self._content, implied = _content_of(content)
        self._used = False
        if implied is not None and not self.headers.has("content-type"):
            self.headers.set("content-type", implied)

    headers: Headers

    @property
    def body(self) -> ReadableStream | None:
        if self._content is None:
            return None
        if not isinstance(self._content, ReadableStream):
            self._content = ReadableStream.of_iterator(iter([self._content]))
        return self._content

    @property
    def bodyUsed(self) -> bool:
        return self._used

    def _take(self) -> Any:
        if self._used and self._content is not None:
            raise JsTypeError("Body has already been used. It can only be used once. Use tee() "
                              "first if you need to read it twice.")  # fmt: skip
        self._used = True
        return self._content

    def _read(self, convert: Any) -> Promise:
        try:
            content = self._take()
        except JsTypeError as error:
            return Promise.rejected(error)
        if not isinstance(content, ReadableStream):
            return Promise.of(convert, content or b"")

        async def later() -> Any:
            return convert(await content.all_bytes_later())

        return promised(later())

    def arrayBuffer(self) -> Promise:
        return self._read(JsBuffer)

    def bytes(self) -> Promise:
        return self._read(JsBuffer)

    def text(self) -> Promise:
        return self._read(lambda content: content.decode("utf-8", "replace"))

    def json(self) -> Promise:
        return self._read(lambda content: to_js(json.loads(content)))

    def blob(self) -> Promise:
        from stead._forms import JsBlob

        kind = self.headers.get("content-type", "")
        return self._read(lambda content: JsBlob(content, kind))

    def formData(self) -> Promise:
        from stead._forms import parse_form

        kind = self.headers.get("content-type", "")
        return self._read(lambda content: parse_form(content, kind))

    def _copied_content(self) -> Any:
        if self._used:
            raise JsTypeError("Cannot clone a body that has been used.")
        if isinstance(self._content, ReadableStream):
            self._content, copy = self._content.tee()
            return copy
        return self._content


def _content_of(body: Any) -> tuple[Any, str | None]:
    """None, bytes or a stream; and the content type that the kind of body implies."""
    if body is None or isinstance(body, ReadableStream):
        return body, None
    if isinstance(body, str):
        return body.encode(), "text/plain;charset=UTF-8"
    if isinstance(body, PyProxy):
        body = body.unwrap()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body), None
    if hasattr(body, "encoded"):  # forms and blobs
        return body.encoded()
    if hasattr(body, "js_object"):
        return _content_of(body.js_object)
    if hasattr(body, "searchParams") or hasattr(body, "getAll"):
        return body.toString().encode(), "application/x-www-form-urlencoded;charset=UTF-8"
    if hasattr(body, "__next__"):
        return ReadableStream.of_iterator(body, getattr(body, "close", None)), None
    raise JsTypeError(f"a body cannot be made of {type(body).__name__}: give str, bytes, a form "
                      "or a stream")  # fmt: skip


def _received(body: Any) -> Any:
    """The content of a body that the node gives."""
    if hasattr(body, "begin_read"):
        return ReadableStream.of_native(body)
    return ReadableStream.of_reader(body) if hasattr(body, "read") else body


class Request(Body):
    """`js.Request`."""

    client_address = ""
    cache = "default"
    credentials = "same-origin"
    destination = ""
    integrity = ""
    keepalive = False
    mode = "cors"
    referrer = "about:client"
    referrerPolicy = ""
    isHistoryNavigation = False
    signal = None
    fetcher = None

    def __init__(self, input: Any, init: Any = None, **options: Any) -> None:
        options = {**(init or {}), **options}
        given = getattr(input, "js_object", input)
        if isinstance(given, Request):
            self.url = given.url
            self.method = given.method
            self.redirect = given.redirect
            self.cf = given.cf
            self.headers = Headers(options.get("headers", given.headers))
            self.client_address = given.client_address
            content = None if "body" in options else given._take()
        else:
            self.url = URL(str(given)).href
            self.method = "GET"
            self.redirect = "follow"
            self.cf = JsObject()
            self.headers = Headers(options.get("headers"))
            content = None
        if options.get("method"):
            method = options["method"]
            self.method = str(getattr(method, "value", method)).upper()
        self.redirect = options.get("redirect") or self.redirect
        if options.get("cf"):
            self.cf = to_js(options["cf"])
        super().__init__(options.get("body", content))

    @classmethod
    def new(cls, input: Any, init: Any = None, **options: Any) -> Request:
        return cls(input, init, **options)

    @classmethod
    def of_native(cls, request: tuple) -> Request:
        self = cls.__new__(cls)
        self.method, self.url, headers, body = request[:4]
        self.client_address = request[4] if len(request) > 4 else ""
        self.headers = Headers.__new__(Headers)
        self.headers._pairs = headers
        self.redirect = "manual"
        self.cf = JsObject()
        self._used = False
        if not body and isinstance(body, bytes):
            body = None
        self._content = _received(body)
        return self

    @classmethod
    def for_fetch(cls, request: Any, init: Any, options: dict[str, Any]) -> Request:
        """The request that `stub.fetch(…)` means; one that is passed on is not copied."""
        given = getattr(request, "js_object", request)
        if isinstance(given, Request) and not init and not options:
            return given
        return cls(given, init, **options)

    def as_native(self) -> tuple:
        content = self._take()
        if isinstance(content, ReadableStream):
            content = content.as_native()
        return (self.method, self.url, self.headers._pairs, content or b"", self.client_address)

    def clone(self) -> Request:
        copy = Request.__new__(Request)
        copy.__dict__.update(self.__dict__)
        copy.headers = Headers(self.headers)
        copy._content = self._copied_content()
        return copy

    @property
    def js_object(self) -> Request:
        return self

    _js_request = js_object

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url!r})"


class Response(Body):
    """`js.Response`."""

    type = "default"
    redirected = False
    webSocket = None
    cf = None

    def __init__(self, body: Any = None, init: Any = None, **options: Any) -> None:
        if init is not None:
            options = {**_response_options(init), **options}
        status = options.get("status")
        self.status = 200 if status is None else int(status)
        if not 100 <= self.status <= 599:
            raise JsTypeError(f"a response cannot have the status {self.status}")
        self.statusText = options.get("statusText") or ""
        self.headers = Headers(options.get("headers"))
        self.url = options.get("url", "")
        if options.get("webSocket") is not None:
            from stead._native import NotThereYet

            raise NotThereYet("WebSockets are not there yet in Stead for Python")
        if body is not None and self.status in NULL_BODY_STATUSES and body not in (b"", ""):
            raise JsTypeError(f"Response with null body status ({self.status}) cannot have body")
        super().__init__(body)

    @classmethod
    def new(cls, body: Any = None, init: Any = None, **options: Any) -> Response:
        return cls(body, init, **options)

    @classmethod
    def of_native(cls, result: tuple, url: str = "") -> Response:
        self = cls.__new__(cls)
        status, reason, headers, body = result
        self.status, self.statusText, self.url = status, reason, url
        self.headers = Headers.__new__(Headers)
        self.headers._pairs = list(headers)
        self._used = False
        self._content = _received(body)
        return self

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def status_text(self) -> str:
        return self.statusText

    @property
    def js_response(self) -> Response:
        return self

    js_object = js_response

    def clone(self) -> Response:
        copy = Response.__new__(Response)
        copy.__dict__.update(self.__dict__)
        copy.headers = Headers(self.headers)
        copy._content = self._copied_content()
        return copy

    @staticmethod
    def redirect(url: str, status: int = 302) -> Response:
        if status not in (301, 302, 303, 307, 308):
            raise JsTypeError(f"{status} is not a status of a redirect")
        return Response(None, status=status, headers={"location": str(url)})

    @staticmethod
    def error() -> Response:
        raise JsTypeError("Response.error() is of no use in a server")

    def __repr__(self) -> str:
        return f"Response({self.status})"


def _response_options(init: Any) -> dict[str, Any]:
    if isinstance(init, dict):
        return init
    names = ("status", "statusText", "headers", "webSocket")
    return {name: getattr(init, name) for name in names if hasattr(init, name)}


class _JsonOfBoth:
    """`response.json()` reads the body; `Response.json(data)` makes a response of data."""

    def __get__(self, response: Response | None, cls: type[Response]) -> Any:
        if response is None:
            return cls._of_json
        return lambda: Body.json(response)


def _of_json(data: Any, init: Any = None, **options: Any) -> Response:
    response = Response(json.dumps(data), init, **options)
    given = {**(_response_options(init) if init is not None else {}), **options}
    if not Headers(given.get("headers")).has("content-type"):
        response.headers.set("content-type", "application/json")
    return response


Response._of_json = staticmethod(_of_json)  # type: ignore[attr-defined]
Response.json = _JsonOfBoth()  # type: ignore[assignment, method-assign]


def reason_of(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
