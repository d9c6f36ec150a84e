"""Keeps what Django holds per thread or per process apart for each object.

Many objects are served by one interpreter, and one object by several threads, one after another. So
`django.db.connections` and `django.core.cache.caches` must belong to the object whose turn runs, and
what Django remembers of one object's rows must not be shown to another.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, MutableMapping
from types import SimpleNamespace
from typing import Any

import _stead

#: Gives the object whose turn runs on this thread, or None.
current: Callable[[], Any] = getattr(_stead, "current", lambda: None)

_STATE = "stead.django"


class ObjectState:
    """What Django keeps for one object, by what it is for. Goes with the object's instance."""

    def __init__(self, object_name: str) -> None:
        self.object_name = object_name
        self.namespaces: dict[str, SimpleNamespace] = {}

    def namespace(self, name: str) -> SimpleNamespace:
        found = self.namespaces.get(name)
        if found is None:
            found = self.namespaces[name] = SimpleNamespace()
        return found


def object_state() -> ObjectState | None:
    """The state of the object whose turn runs here; None outside of turns."""
    here = current()
    if here is None:
        return None
    state = here.state.get(_STATE)
    if state is None:
        state = here.state[_STATE] = ObjectState(f"{here.class_name}/{here.id}")
    return state


class ObjectLocal:
    """Attributes that each object has for itself; outside of objects, those of `fallback`."""

    def __init__(
        self, name: str, fallback: Any, prepare: Callable[[Any, ObjectState], None] | None = None
    ) -> None:
        self.__dict__.update(_name=name, _fallback=fallback, _prepare=prepare)

    def _target(self) -> Any:
        state = object_state()
        return self._fallback if state is None else state.namespace(self._name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        state = object_state()
        if state is not None and self._prepare is not None:
            self._prepare(value, state)
        setattr(self._target(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._target(), name)


class ObjectDict(MutableMapping):
    """A dictionary that each object has for itself."""

    def __init__(self) -> None:
        self._outside: dict[Any, Any] = {}
        self._by_object: weakref.WeakKeyDictionary[ObjectState, dict[Any, Any]] = (
            weakref.WeakKeyDictionary()
        )

    def _target(self) -> dict[Any, Any]:
        state = object_state()
        if state is None:
            return self._outside
        found = self._by_object.get(state)
        if found is None:
            found = self._by_object[state] = {}
        return found

    def __getitem__(self, key: Any) -> Any:
        return self._target()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._target()[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._target()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._target())

    def __len__(self) -> int:
        return len(self._target())

    def __contains__(self, key: object) -> bool:
        return key in self._target()


def _separate_content_types(model: type) -> None:
    """The manager remembers rows in a dictionary of its own."""
    manager_class = type(model._default_manager)  # type: ignore[attr-defined]

    def get(manager: Any) -> ObjectDict:
        found = manager.__dict__.get("_cache")
        if not isinstance(found, ObjectDict):
            found = manager.__dict__["_cache"] = ObjectDict()
        return found

    def set_(manager: Any, value: Any) -> None:
        # The manager begins with an empty dictionary, which says nothing.
        found = get(manager)
        found.clear()
        found.update(value)

    manager_class._cache = property(get, set_)


def _separate_sites(model: type) -> None:
    """The sites of all objects are in one dictionary of the module."""
    import sys

    module = sys.modules[model.__module__]
    module.SITE_CACHE = ObjectDict()  # type: ignore[attr-defined]

    def clear_cache(manager: Any) -> None:
        module.SITE_CACHE.clear()  # type: ignore[attr-defined]

    type(model._default_manager).clear_cache = clear_cache  # type: ignore[attr-defined]


_SEPARATORS = {
    ("contenttypes", "ContentType"): _separate_content_types,
    ("sites", "Site"): _separate_sites,
}


def _on_class_prepared(sender: type, **_: Any) -> None:
    meta = sender._meta  # type: ignore[attr-defined]
    separate = _SEPARATORS.get((meta.app_label, meta.object_name))
    # Migrations make models of the same names, whose managers are of the same class.
    if separate is not None and sender.__module__.startswith("django.contrib."):
        separate(sender)


def _prepare_connection(connection: Any, state: ObjectState) -> None:
    """One thread at a time uses an object's connection, though not always the same one."""
    connection.inc_thread_sharing()


def _prepare_cache(cache: Any, state: ObjectState) -> None:
    """Caches outside of the process, and those in files, are shared: their keys tell objects apart."""
    cache.key_prefix = f"{state.object_name}:{cache.key_prefix}"


def _drop_local_memory(name: str) -> None:
    from django.core.cache.backends import locmem

    for table in (locmem._caches, locmem._expire_info, locmem._locks):
        table.pop(name, None)


def _separate_local_memory() -> None:
    """Caches in memory have one dictionary for each name, and an object's goes with it."""
    from django.core.cache.backends.locmem import LocMemCache

    original = LocMemCache.__init__

    def __init__(self: Any, name: str, params: Any) -> None:
        state = object_state()
        if state is not None:
            name = f"{state.object_name}:{name}"
            names = state.namespace("local memory").__dict__
            if name not in names:
                names[name] = weakref.finalize(state, _drop_local_memory, name)
        original(self, name, params)

    LocMemCache.__init__ = __init__


def setup_isolation() -> None:
    """Makes Django keep objects apart. Call it once, before or after ``django.setup()``."""
    from django.core.cache import caches
    from django.db import connections
    from django.db.models.signals import class_prepared

    if isinstance(connections._connections, ObjectLocal):
        return
    connections._connections = ObjectLocal(
        "connections", connections._connections, _prepare_connection
    )
    caches._connections = ObjectLocal("caches", caches._connections, _prepare_cache)
    _separate_local_memory()
    class_prepared.connect(_on_class_prepared, weak=False, dispatch_uid="stead.isolation")
    from django.apps import apps

    if apps.models_ready:
        for label, name in _SEPARATORS:
            if apps.is_installed(f"django.contrib.{label}"):
                _on_class_prepared(apps.get_model(label, name))
