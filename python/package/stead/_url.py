"""URLs as `js.URL` takes them apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from stead._js_types import JsArray, JsTypeError

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
# What stays as it is in a path: what URLs reserve, and escapes.
_SAFE_IN_PATH = "/%:@!$&'()*+,;=-._~[]|"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?{}`^\\"


class URL:
    """An absolute URL. The path stays percent-encoded."""

    def __init__(self, url: Any, base: Any = None) -> None:
        text = str(url).strip()
        if base is not None:
            text = urljoin(str(base), text)
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise JsTypeError(f"Invalid URL string: {text!r}") from None
        if not parts.scheme or (parts.scheme in _DEFAULT_PORTS and not parts.hostname):
            raise JsTypeError(f"Invalid URL string: {text!r}")
        self.protocol = parts.scheme.lower() + ":"
        self.username = parts.username or ""
        self.password = parts.password or ""
        host = parts.hostname or ""
        self.hostname = f"[{host}]" if ":" in host else host
        if port is None or port == _DEFAULT_PORTS.get(parts.scheme.lower()):
            self.port = ""
        else:
            self.port = str(port)
        self.pathname = quote(parts.path, safe=_SAFE_IN_PATH) or "/"
        query = quote(parts.query, safe=_SAFE_IN_QUERY)
        self.search = "?" + query if query else ""
        self.hash = "#" + parts.fragment if parts.fragment else ""

    @classmethod
    def new(cls, url: Any, base: Any = None) -> URL:
        return cls(url, base)

    @classmethod
    def canParse(cls, url: Any, base: Any = None) -> bool:
        try:
            cls(url, base)
        except JsTypeError:
            return False
        return True

    @property
    def host(self) -> str:
        return f"{self.hostname}:{self.port}" if self.port else self.hostname

    @property
    def origin(self) -> str:
        return f"{self.protocol}//{self.host}"

    @property
    def searchParams(self) -> URLSearchParams:
        return URLSearchParams(self.search)

    @property
    def href(self) -> str:
        login = f"{self.username}:{self.password}@" if self.username else ""
        return f"{self.protocol}//{login}{self.host}{self.pathname}{self.search}{self.hash}"

    def toString(self) -> str:
        return self.href

    __str__ = toJSON = toString

    def __repr__(self) -> str:
        return f"URL({self.href!r})"


class URLSearchParams:
    def __init__(self, init: Any = "") -> None:
        if isinstance(init, str):
            self._pairs = parse_qsl(init.removeprefix("?"), keep_blank_values=True)
        elif hasattr(init, "items"):
            self._pairs = [(str(key), str(value)) for key, value in init.items()]
        else:
            self._pairs = [(str(key), str(value)) for key, value in init]

    @classmethod
    def new(cls, init: Any = "") -> URLSearchParams:
        return cls(init)

    def get(self, name: str) -> str | None:
        return next((value for key, value in self._pairs if key == name), None)

    def getAll(self, name: str) -> JsArray:
        return JsArray(value for key, value in self._pairs if key == name)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self._pairs)

    def append(self, name: str, value: Any) -> None:
        self._pairs.append((name, str(value)))

    def set(self, name: str, value: Any) -> None:
        self.delete(name)
        self.append(name, value)

    def delete(self, name: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0] != name]

    def items(self) -> list[tuple[str, str]]:
        return list(self._pairs)

    entries = items

    def keys(self) -> list[str]:
        return [key for key, _ in self._pairs]

    def values(self) -> list[str]:
        return [value for _, value in self._pairs]

    def __iter__(self) -> Iterator[list[str]]:
        return (list(pair) for pair in self._pairs)

    def toString(self) -> str:
        return urlencode(self._pairs)

    __str__ = toString
