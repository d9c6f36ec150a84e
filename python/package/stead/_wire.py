"""Values as JSON between objects, and in their key-value storage.

Plain JSON, and objects with one key that begins with `$` for what JSON lacks; the C++ side reads
and writes the same.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from stead._js_types import JsArray, JsBuffer, JsObject, jsnull

_INT64 = range(-(2**63), 2**63)


def encode(value: Any) -> Any:
    """A JSON value for a Python value; TypeError names the type that has none."""
    if value is None or value is jsnull:
        return None
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if value in _INT64 else {"$int": str(int(value))}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(float(value))}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"$tuple": [encode(item) for item in value]}
    if isinstance(value, Mapping):
        return _encode_mapping(value)
    if isinstance(value, (set, frozenset)):
        return {"$set": [encode(item) for item in value]}
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, time):
        return {"$time": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(
        f"a value of type {type(value).__name__} cannot be sent or stored: only None, bool, int, "
        "float, str, bytes, list, tuple, dict, set, datetime, date, time and Decimal can"
    )


def _encode_mapping(value: Mapping) -> Any:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encode(item) for key, item in value.items()}
    return {"$map": [[encode(key), encode(item)] for key, item in value.items()]}


_SCALARS: dict[str, Any] = {
    "$bytes": lambda text: JsBuffer(base64.b64decode(text)),
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$time": time.fromisoformat,
    "$decimal": Decimal,
    "$float": float,
    "$int": int,
}
_SEQUENCES: dict[str, Any] = {"$set": set, "$tuple": tuple}


def decode(value: Any) -> Any:
    if isinstance(value, list):
        return JsArray(decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, inner)] = value.items()
        if key in _SCALARS:
            return _SCALARS[key](inner)
        if key in _SEQUENCES:
            return _SEQUENCES[key](decode(item) for item in inner)
        if key == "$map":
            return JsObject((decode(pair[0]), decode(pair[1])) for pair in inner)
    return JsObject((key, decode(item)) for key, item in value.items())


def dumps(value: Any) -> str:
    return json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loads(text: str) -> Any:
    return decode(json.loads(text)) if text else None


def dump_arguments(args: tuple, kwargs: dict[str, Any]) -> str:
    values = [encode(value) for value in args]
    if kwargs:
        values.append({"$kwargs": {name: encode(value) for name, value in kwargs.items()}})
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def load_arguments(text: str) -> tuple[list[Any], dict[str, Any]]:
    values = json.loads(text) if text else []
    kwargs: dict[str, Any] = {}
    if values and isinstance(values[-1], dict) and values[-1].keys() == {"$kwargs"}:
        kwargs = {name: decode(item) for name, item in values.pop()["$kwargs"].items()}
    return [decode(value) for value in values], kwargs
