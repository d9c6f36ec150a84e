"""Header lists, as JavaScript's `Headers` and as Python's `HTTPMessage`."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stead._js_types import JsArray, JsProxy, JsTypeError

_forbidden = re.compile("[\r\n\0]").search


def header_pairs(init: Any) -> list[tuple[str, str]]:
    """The (name, value) pairs of anything headers are given as."""
    if init is None:
        return []
    if isinstance(init, Headers):
        return list(init._pairs)
    if isinstance(init, Mapping) or hasattr(init, "items"):
        init = init.items()
    pairs: list[tuple[str, str]] = []
    for name, value in init:
        if isinstance(value, (list, tuple)):
            pairs.extend((_clean(name), _clean(item)) for item in value)
        else:
            pairs.append((_clean(name), _clean(value)))
    return pairs


def _clean(text: Any) -> str:
    text = text.decode("latin-1") if isinstance(text, bytes) else str(text)
    if _forbidden(text):
        raise JsTypeError("a header has a line break or a zero byte")
    return text.strip(" \t")


class Headers(JsProxy):
    """`js.Headers`: iterates over `[name, value]`; names are lower-case; repeats are kept."""

    def __init__(self, init: Any = None) -> None:
        self._pairs = header_pairs(init)

    @classmethod
    def new(cls, init: Any = None) -> Headers:
        return cls(init)

    def append(self, name: str, value: Any) -> None:
        self._pairs.append((_clean(name), _clean(value)))

    def set(self, name: str, value: Any) -> None:
        self.delete(name)
        self.append(name, value)

    def delete(self, name: str) -> None:
        name = name.lower()
        self._pairs = [pair for pair in self._pairs if pair[0].lower() != name]

    def getAll(self, name: str) -> JsArray:
        name = name.lower()
        return JsArray(value for key, value in self._pairs if key.lower() == name)

    def get(self, name: str, default: Any = None) -> Any:
        values = self.getAll(name)
        return ", ".join(values) if values else default

    def has(self, name: str) -> bool:
        return bool(self.getAll(name))

    def getSetCookie(self) -> JsArray:
        return self.getAll("set-cookie")

    def items(self) -> list[tuple[str, str]]:
        return [(name.lower(), value) for name, value in self._pairs]

    def entries(self) -> JsArray:
        return JsArray(self)

    def keys(self) -> JsArray:
        return JsArray(name for name, _ in self.items())

    def values(self) -> JsArray:
        return JsArray(value for _, value in self._pairs)

    def __iter__(self) -> Iterator[JsArray]:
        return (JsArray(pair) for pair in self.items())

    def __len__(self) -> int:
        return len(self._pairs)

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self.set(name, value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.has(name)

    def __repr__(self) -> str:
        return f"Headers({self._pairs!r})"


class HeaderMessage(http.client.HTTPMessage):
    """`workers`' headers: a mapping by name, in which `items()` keeps repeats."""


def message_of(pairs: Iterable[tuple[str, str]]) -> HeaderMessage:
    message = HeaderMessage()
    # As the parser of http.client leaves them; adding them one by one would fold long values.
    message._headers = [(name, value) for name, value in pairs]  # type: ignore[attr-defined]
    return message


Mapping.register(HeaderMessage)
