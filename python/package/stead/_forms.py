"""Forms, blobs and files, in and out."""

from __future__ import annotations

import email.parser
import email.policy
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from stead._js_types import JsArray, JsBuffer, JsProxy, JsTypeError
from stead._promise import Promise


class JsBlob(JsProxy):
    """`js.Blob`: bytes with a type."""

    def __init__(self, parts: Any = b"", type: str = "") -> None:
        self._content = _joined(parts)
        self.type = type or ""

    @classmethod
    def new(cls, parts: Any = b"", options: Any = None, **named: Any) -> JsBlob:
        named = {**(options or {}), **named}
        return cls(parts, named.get("type") or "")

    @property
    def size(self) -> int:
        return len(self._content)

    def text(self) -> Promise:
        return Promise.of(self._content.decode, "utf-8", "replace")

    def arrayBuffer(self) -> Promise:
        return Promise.resolved(JsBuffer(self._content))

    bytes = arrayBuffer

    def slice(self, start: int | None = None, end: int | None = None, type: Any = None) -> JsBlob:
        return JsBlob(self._content[start:end], type or "")

    def encoded(self) -> tuple[Any, str | None]:
        return self._content, self.type or None


class JsFile(JsBlob):
    """`js.File`: a blob with a name."""

    def __init__(self, parts: Any, name: str, type: str = "", last_modified: int = 0) -> None:
        super().__init__(parts, type)
        self.name = name
        self.lastModified = last_modified

    @classmethod
    def new(  # type: ignore[override]
        cls, parts: Any, name: str = "", options: Any = None, **named: Any
    ) -> JsFile:
        named = {**(options or {}), **named}
        return cls(parts, name, named.get("type") or "", named.get("lastModified") or 0)


def _joined(parts: Any) -> bytes:
    if isinstance(parts, str):
        return parts.encode()
    if isinstance(parts, (bytes, bytearray, memoryview)):
        return bytes(parts)
    if isinstance(parts, JsBlob):
        return parts._content
    if hasattr(parts, "js_object"):
        return _joined(parts.js_object)
    if isinstance(parts, (list, tuple)):
        return b"".join(map(_joined, parts))
    raise TypeError(f"a blob cannot be made of {type(parts).__name__}")


class JsFormData(JsProxy):
    """`js.FormData`: pairs of names with texts or files."""

    def __init__(self, pairs: Any = ()) -> None:
        self._pairs: list[tuple[str, Any]] = [(str(name), value) for name, value in pairs]

    @classmethod
    def new(cls, *_: Any) -> JsFormData:
        return cls()

    def append(self, name: str, value: Any, filename: str | None = None) -> None:
        value = getattr(value, "js_object", value)
        if isinstance(value, JsBlob):
            if filename or not isinstance(value, JsFile):
                value = JsFile(value, filename or getattr(value, "name", "blob"), value.type)
        else:
            value = str(value)
        self._pairs.append((name, value))

    def set(self, name: str, value: Any, filename: str | None = None) -> None:
        self.delete(name)
        self.append(name, value, filename)

    def delete(self, name: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0] != name]

    def get(self, name: str) -> Any:
        return next((value for key, value in self._pairs if key == name), None)

    def getAll(self, name: str) -> JsArray:
        return JsArray(value for key, value in self._pairs if key == name)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self._pairs)

    def keys(self) -> list[str]:
        return [key for key, _ in self._pairs]

    def values(self) -> list[Any]:
        return [value for _, value in self._pairs]

    def entries(self) -> list[tuple[str, Any]]:
        return list(self._pairs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pairs)

    def encoded(self) -> tuple[bytes, str]:
        """As multipart/form-data."""
        boundary = "stead" + secrets.token_hex(16)
        lines = []
        for name, value in self._pairs:
            part = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
            if isinstance(value, JsFile):
                kind = value.type or "application/octet-stream"
                part += f'; filename="{_quoted(value.name)}"\r\nContent-Type: {kind}'
                content = value._content
            else:
                content = value.encode()
            lines.append(part.encode() + b"\r\n\r\n" + content + b"\r\n")
        lines.append(f"--{boundary}--\r\n".encode())
        return b"".join(lines), f"multipart/form-data; boundary={boundary}"


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def parse_form(content: bytes, content_type: str) -> JsFormData:
    kind = content_type.split(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return JsFormData(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
    if kind != "multipart/form-data":
        raise JsTypeError(f"a body of the type {content_type!r} is not a form")
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + content)
    form = JsFormData()
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        payload = part.get_payload(decode=True) or b""
        if filename is None:
            form._pairs.append((str(name), payload.decode("utf-8", "replace")))
        else:
            form._pairs.append((str(name), JsFile(payload, filename, part.get_content_type())))
    return form
