"""`ctx.storage.kv` and the asynchronous key-value calls: one table, `_stead_kv`.

None, bool, int, float, str and bytes are stored as they are, so that any SQLite tool and the C++
side can read them; everything else as JSON (see `_wire`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stead import _wire
from stead._js_types import JsObject, jsnull
from stead._native import native
from stead._sql import _plain

_INT64 = range(-(2**63), 2**63)


def _stored(value: Any) -> Any:
    if value is jsnull:
        return None
    if value is None or isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, int) and value in _INT64:
        return int(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return ("json", _wire.dumps(value))


def _loaded(value: Any) -> Any:
    if isinstance(value, tuple):
        return _wire.loads(value[1])
    return _plain(value)


def list_options(options: Mapping[str, Any] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    given = {**(options or {}), **named}
    known = {
        "start": given.pop("start", None),
        "start_after": given.pop("startAfter", given.pop("start_after", None)),
        "end": given.pop("end", None),
        "prefix": given.pop("prefix", None),
        "reverse": bool(given.pop("reverse", False)),
        "limit": given.pop("limit", None),
    }
    for ignored in ("allowConcurrency", "noCache"):
        given.pop(ignored, None)
    if given:
        raise TypeError(f"list() has no option {sorted(given)[0]!r}")
    return known


class SyncKv:
    """Values by key in the object's own database, without `await`."""

    __slots__ = ()

    def get(self, key: str) -> Any:
        """The value of a key; None if there is none."""
        return _loaded(native.kv_get(str(key)))

    def put(self, key: str, value: Any) -> None:
        native.kv_put(str(key), _stored(value))

    def delete(self, key: str) -> bool:
        """Whether there was such a key."""
        return bool(native.kv_delete(str(key)))

    def list(self, options: Mapping[str, Any] | None = None, **named: Any) -> JsObject:
        """Keys with values, in the order of the keys' bytes, as a dict.

        Options: `start`, `startAfter`, `end`, `prefix`, `reverse`, `limit`.
        """
        found = native.kv_list(**list_options(options, named))
        return JsObject((key, _loaded(value)) for key, value in found)

    def get_many(self, keys: Iterable[str]) -> JsObject:
        found = JsObject()
        for key in sorted(set(map(str, keys)), key=lambda key: key.encode()):
            rows = native.kv_list(start=key, start_after=None, end=None, prefix=None,
                                  reverse=False, limit=1)  # fmt: skip
            if rows and rows[0][0] == key:
                found[key] = _loaded(rows[0][1])
        return found


kv = SyncKv()
