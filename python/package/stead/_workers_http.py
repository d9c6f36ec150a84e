"""Requests, responses, forms and blobs as Python code sees them: the `workers` module's."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from http import HTTPMethod, HTTPStatus
from typing import Any

from stead import _http
from stead._forms import JsBlob, JsFile, JsFormData
from stead._headers import HeaderMessage, message_of
from stead._js_types import JsBuffer
from stead._native import NotThereYet
from stead._streams import ReadableStream

_METHODS = {method.value: method for method in HTTPMethod}


class Request:
    """A request. `method` is an `http.HTTPMethod`, or a plain str if that has no such method."""

    def __init__(self, input: Any, **options: Any) -> None:
        if isinstance(input, _http.Request) and not options:
            self._js_request = input
        else:
            self._js_request = _http.Request(input, **options)

    @property
    def js_object(self) -> _http.Request:
        return self._js_request

    @property
    def method(self) -> Any:
        method = self._js_request.method
        return _METHODS.get(method, method)

    @property
    def url(self) -> str:
        return self._js_request.url

    @property
    def headers(self) -> HeaderMessage:
        return message_of(self._js_request.headers.items())

    @property
    def body(self) -> ReadableStream | None:
        """The body as a stream; None if there is none."""
        return self._js_request.body

    @property
    def body_used(self) -> bool:
        return self._js_request.bodyUsed

    @property
    def client_address(self) -> str:
        """The address of the client that the gateway saw."""
        return self._js_request.client_address

    @property
    def cf(self) -> Any:
        return self._js_request.cf

    @property
    def redirect(self) -> str:
        return self._js_request.redirect

    async def text(self) -> str:
        return await self._js_request.text()

    async def json(self, **options: Any) -> Any:
        return json.loads(await self.text(), **options)

    async def bytes(self) -> bytes:
        return (await self._js_request.arrayBuffer()).to_bytes()

    async def buffer(self) -> JsBuffer:
        return await self._js_request.arrayBuffer()

    async def form_data(self) -> FormData:
        return FormData(await self._js_request.formData())

    async def blob(self) -> Blob:
        return Blob(await self._js_request.blob())

    def clone(self) -> Request:
        return Request(self._js_request.clone())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._js_request, name)

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url!r})"


class FetchResponse:
    """A response, as what was fetched gives it."""

    def __init__(self, response: Any, js_response: Any = None) -> None:
        self.js_response = js_response or getattr(response, "js_object", response)

    @property
    def js_object(self) -> _http.Response:
        return self.js_response

    @property
    def status(self) -> int:
        return self.js_response.status

    @property
    def status_text(self) -> str:
        return self.js_response.statusText

    @property
    def ok(self) -> bool:
        return self.js_response.ok

    @property
    def url(self) -> str:
        return self.js_response.url

    @property
    def type(self) -> str:
        return self.js_response.type

    @property
    def redirected(self) -> bool:
        return self.js_response.redirected

    @property
    def headers(self) -> HeaderMessage:
        return message_of(self.js_response.headers.items())

    @property
    def body(self) -> ReadableStream | None:
        return self.js_response.body

    @property
    def body_used(self) -> bool:
        return self.js_response.bodyUsed

    def raise_for_status(self) -> None:
        if 400 <= self.status < 600:
            raise OSError(f"{self.status} {self.status_text} for url: {self.url}")

    async def text(self) -> str:
        return await self.js_response.text()

    string = text

    async def json(self, **options: Any) -> Any:
        return json.loads(await self.text(), **options)

    async def bytes(self) -> bytes:
        return (await self.js_response.arrayBuffer()).to_bytes()

    async def buffer(self) -> JsBuffer:
        return await self.js_response.arrayBuffer()

    async def memoryview(self) -> memoryview:
        return memoryview(await self.bytes())

    async def form_data(self) -> FormData:
        return FormData(await self.js_response.formData())

    formData = form_data

    async def blob(self) -> Blob:
        return Blob(await self.js_response.blob())

    def clone(self) -> Any:
        return Response(self.js_response.clone())

    def replace_body(self, body: Any) -> Response:
        """A response with the same status and headers and another body."""
        old = self.js_response
        return Response(
            body, status=old.status, status_text=old.statusText, headers=old.headers
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status})"


class _JsonOfBoth:
    """`await response.json()` reads the body; `Response.json(data)` makes a response of data."""

    def __get__(self, response: Any, cls: Any) -> Any:
        if response is None:
            return cls.from_json
        return lambda **options: FetchResponse.json(response, **options)


class Response(FetchResponse):
    """A response to a request.

    `body`: None, str, bytes, a `FormData`, a stream, or an iterator of bytes.
    """

    def __init__(
        self,
        body: Any = None,
        status: HTTPStatus | int | None = None,
        status_text: str = "",
        headers: Any = None,
        web_socket: Any = None,
    ) -> None:
        given = getattr(body, "js_response", body)
        if isinstance(given, _http.Response):
            if status is not None or status_text or headers is not None:
                raise ValueError("a Response made of a Response takes no options")
            super().__init__(given)
            return
        if web_socket is not None:
            raise NotThereYet("WebSockets are not there yet in Stead for Python")
        if isinstance(body, (dict, list, int, float)):
            raise TypeError(
                f"a Response cannot be made of {type(body).__name__}: use Response.from_json"
            )
        super().__init__(
            _http.Response(
                body,
                status=None if status is None else int(status),
                statusText=status_text,
                headers=headers,
            )
        )

    json = _JsonOfBoth()  # type: ignore[assignment]

    @staticmethod
    def from_json(
        data: Any,
        status: HTTPStatus | int = HTTPStatus.OK,
        status_text: str = "",
        headers: Any = None,
    ) -> Response:
        """A response of data as JSON."""
        response = Response(json.dumps(data), status, status_text, headers)
        if not _http.Headers(headers).has("content-type"):
            response.js_response.headers.set("content-type", "application/json")
        return response

    @staticmethod
    def redirect(url: str, status: HTTPStatus | int = HTTPStatus.FOUND) -> Response:
        return Response(_http.Response.redirect(url, int(status)))


class Blob:
    """Bytes with a content type."""

    def __init__(self, blob_parts: Any, content_type: str | None = None,
                 endings: Any = None) -> None:  # fmt: skip
        given = getattr(blob_parts, "js_object", blob_parts)
        kind = content_type or (given.type if isinstance(given, JsBlob) else "")
        self.js_object: JsBlob = JsBlob(given, kind)

    @property
    def size(self) -> int:
        return self.js_object.size

    @property
    def content_type(self) -> str:
        return self.js_object.type

    async def text(self) -> str:
        return await self.js_object.text()

    async def bytes(self) -> bytes:
        return bytes(self.js_object._content)

    def slice(self, start: int | None = None, end: int | None = None,
              content_type: str | None = None) -> Blob:  # fmt: skip
        return Blob(self.js_object.slice(start, end, content_type))


class File(Blob):
    """A blob with a file name."""

    def __init__(self, blob_parts: Any, filename: str, content_type: str | None = None,
                 endings: Any = None, last_modified: int | None = None) -> None:  # fmt: skip
        super().__init__(blob_parts, content_type)
        kind = self.js_object.type
        self.js_object = JsFile(self.js_object, filename, kind, last_modified or 0)

    @property
    def name(self) -> str:
        return self.js_object.name  # type: ignore[attr-defined]

    @property
    def last_modified(self) -> int:
        return self.js_object.lastModified  # type: ignore[attr-defined]


def _from_js(value: Any) -> Any:
    if isinstance(value, JsFile):
        return File(value, value.name, value.type, None, value.lastModified)
    return Blob(value) if isinstance(value, JsBlob) else value


class FormData(MutableMapping):
    """A form: names with texts or files, each name any number of times."""

    def __init__(self, form_data: Any = None) -> None:
        if isinstance(form_data, JsFormData):
            self.js_object = form_data
            return
        self.js_object = JsFormData()
        for name, value in (form_data or {}).items():
            self.append(name, value)

    def __getitem__(self, key: str) -> Any:
        if not self.js_object.has(key):
            raise KeyError(key)
        return _from_js(self.js_object.get(key))

    def __setitem__(self, key: str, value: Any) -> None:
        self.js_object.set(key, value)

    def append(self, key: str, value: Any, filename: str | None = None) -> None:
        self.js_object.append(key, value, filename)

    def __delitem__(self, key: str) -> None:
        self.js_object.delete(key)

    delete = __delitem__

    def __contains__(self, key: object) -> bool:
        return self.js_object.has(str(key))

    def keys(self):  # type: ignore[override]
        return self.js_object.keys()

    def values(self):  # type: ignore[override]
        return [_from_js(value) for value in self.js_object.values()]

    def items(self):  # type: ignore[override]
        return [(name, _from_js(value)) for name, value in self.js_object.entries()]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self.js_object.keys()))

    def __len__(self) -> int:
        return len(set(self.js_object.keys()))

    def get_all(self, key: str) -> list[Any]:
        return [_from_js(value) for value in self.js_object.getAll(key)]
