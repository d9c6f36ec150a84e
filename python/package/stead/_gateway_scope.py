"""What WSGI and ASGI both take from a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from stead import _http


@dataclass
class Target:
    """A request's URL, taken apart as servers do."""

    scheme: str
    host: str
    port: int
    raw_path: str
    query: str

    @property
    def path_bytes(self) -> bytes:
        return unquote_to_bytes(self.raw_path)


def target_of(url: str) -> Target:
    parts = urlsplit(url)
    scheme = parts.scheme or "http"
    port = parts.port or (443 if scheme == "https" else 80)
    return Target(scheme, parts.hostname or "localhost", port, parts.path or "/", parts.query)


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `1.2.3.4:5`, `[::1]:5`, `::1` or `1.2.3.4`; port 0 if there is none."""
    if address.startswith("["):
        host, _, port = address[1:].partition("]")
        port = port.removeprefix(":")
    elif address.count(":") == 1:
        host, _, port = address.partition(":")
    else:
        host, port = address, ""
    return host, int(port) if port.isdigit() else 0


def plain_request(request: Any) -> _http.Request:
    """The `js.Request` of any kind of request."""
    plain = getattr(request, "js_object", request)
    if not isinstance(plain, _http.Request):
        raise TypeError(f"a request was expected, not {type(request).__name__}")
    return plain
