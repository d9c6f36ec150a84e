"""Bindings: how code reaches objects, and `env`, which holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stead import _wire
from stead._js_types import JsException, JsProxy, to_js
from stead._native import native
from stead._promise import Promise

try:
    _NativeRemoteError: Any = native.RemoteError
    _bases: tuple[Any, ...] = (JsException, _NativeRemoteError)
except (AttributeError, RuntimeError):
    _NativeRemoteError = ()
    _bases = (JsException,)


class RemoteError(*_bases):  # type: ignore[misc]
    """The object that was called failed, or could not be reached.

    `retryable`: the same call may succeed later. `overloaded`: it has too much to do.
    `object_reset`: it was thrown away meanwhile; what it did may or may not have happened.
    """

    code: str = ""
    retryable: bool = False
    overloaded: bool = False
    object_reset: bool = False

    @property
    def name(self) -> str:
        return "Error"


def _ours(error: BaseException) -> BaseException:
    if isinstance(error, RemoteError) or not isinstance(error, _NativeRemoteError):
        return error
    ours = RemoteError(str(error))
    for attribute in ("code", "retryable", "overloaded", "object_reset"):
        setattr(ours, attribute, getattr(error, attribute, getattr(RemoteError, attribute)))
    return ours


class DurableObjectId(JsProxy):
    """An object's id: 64 hexadecimal digits, which only the node's own key can make."""

    __slots__ = ("_class_name", "_hex", "name")

    def __init__(self, class_name: str, hex_id: str, name: str | None = None) -> None:
        self._class_name = class_name
        self._hex = hex_id
        self.name = name

    def toString(self) -> str:
        return self._hex

    def equals(self, other: Any) -> bool:
        return self == other

    def __str__(self) -> str:
        return self._hex

    def __repr__(self) -> str:
        return f"<DurableObjectId {self._class_name} {self.name or self._hex}>"

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, DurableObjectId):
            return NotImplemented
        return self._hex == other._hex and self._class_name == other._class_name

    def __hash__(self) -> int:
        return hash(self._hex)


class DurableObjectNamespace(JsProxy):
    """All objects of a class."""

    def __init__(self, class_name: str) -> None:
        self._class_name = class_name

    def idFromName(self, name: str) -> DurableObjectId:
        """The id that belongs to a name, always the same."""
        name = str(name)
        return DurableObjectId(
            self._class_name, native.id_from_name(self._class_name, name), name
        )

    def idFromString(self, text: str) -> DurableObjectId:
        """The id written as text. JsException if it is not one of this class."""
        try:
            return DurableObjectId(self._class_name, native.check_id(self._class_name, str(text)))
        except ValueError as error:
            raise JsException(str(error)) from None

    def newUniqueId(self, options: Any = None, **_: Any) -> DurableObjectId:
        """An id that no name has."""
        return DurableObjectId(self._class_name, native.new_unique_id(self._class_name))

    def get(self, id: DurableObjectId, options: Any = None, **_: Any) -> DurableObjectStub:
        """A way to call the object with this id. It need not exist yet."""
        if isinstance(id, str):
            id = self.idFromString(id)
        if id._class_name != self._class_name:
            raise TypeError(f"the id is of class {id._class_name}, not of {self._class_name}")
        return DurableObjectStub(id)

    def getByName(self, name: str, options: Any = None, **_: Any) -> DurableObjectStub:
        return self.get(self.idFromName(name))

    def jurisdiction(self, name: str) -> DurableObjectNamespace:
        return self

    id_from_name = idFromName
    id_from_string = idFromString
    new_unique_id = newUniqueId
    get_by_name = getByName

    def __repr__(self) -> str:
        return f"<DurableObjectNamespace {self._class_name}>"


class DurableObjectStub(JsProxy):
    """A way to call an object: `await stub.fetch(request)`, `await stub.any_method(…)`."""

    def __init__(self, id: DurableObjectId) -> None:
        self._id = id

    @property
    def id(self) -> DurableObjectId:
        return self._id

    @property
    def name(self) -> str | None:
        return self._id.name

    def fetch(self, request: Any, init: Any = None, **options: Any) -> Promise:
        """Sends a request and gives a promise of the response."""
        from stead._http import Request, Response

        outgoing = Request.for_fetch(request, init, options)
        promise = Promise()

        def completed(result: Any, error: BaseException | None) -> None:
            if error is not None:
                promise.reject(_ours(error))
            else:
                promise.resolve(Response.of_native(result, outgoing.url))

        id = self._id
        native.fetch(id._class_name, id._hex, id.name, outgoing.as_native(), completed)
        return promise

    def __getattr__(self, method: str) -> Any:
        if method.startswith("_") or method in ("then", "js_object", "js_response", "to_py"):
            raise AttributeError(f"an object's stub has no attribute {method!r}")

        def call(*args: Any, **kwargs: Any) -> Promise:
            arguments = _wire.dump_arguments(args, kwargs)
            promise = Promise()

            def completed(result: Any, error: BaseException | None) -> None:
                if error is not None:
                    promise.reject(_ours(error))
                    return
                try:
                    promise.resolve(_wire.loads(result))
                except Exception as problem:
                    promise.reject(problem)

            id = self._id
            native.call(id._class_name, id._hex, id.name, method, arguments, completed)
            return promise

        call.__name__ = method
        return call

    def __repr__(self) -> str:
        return f"<DurableObjectStub {self._id!r}>"


class Env(JsProxy):
    """The project's variables and bindings, as attributes."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__["_values"] = values

    @classmethod
    def of_project(cls, project: dict[str, Any]) -> Env:
        values = {name: to_js(value) for name, value in project.get("vars", {}).items()}
        for name, class_name in project.get("bindings", {}).items():
            values[name] = DurableObjectNamespace(class_name)
        return cls(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(
                f"env has no {name!r}: the configuration has neither a variable nor a Durable "
                "Object binding of this name (other kinds of bindings are not there yet)"
            ) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._values[name] = value

    def __delattr__(self, name: str) -> None:
        self._values.pop(name, None)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __bool__(self) -> bool:
        return True

    def __dir__(self) -> list[str]:
        return sorted(self._values)

    def keys(self) -> list[str]:
        return list(self._values)

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def to_py(self, **_: Any) -> dict[str, Any]:
        return dict(self._values)

    def __repr__(self) -> str:
        return f"<Env {', '.join(sorted(self._values))}>"


# The project's own; `_host.load` fills it.
env = Env({})
