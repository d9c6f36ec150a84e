"""Keeps the Django of one object apart from that of the next.

One process runs Django for many objects, and Django keeps things for the whole process that came
from a database: connections, caches, ids of content types. Here each of them is kept with the
object whose turn runs. Outside an object, as while a project is imported, Django's own rules hold.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any
from weakref import WeakKeyDictionary

from stead._native import current


def install(after: Callable[[str, Callable[[Any], None]], None]) -> None:
    after("django.db", _connections)
    after("django.core.cache", _caches)
    after("django.core.cache.backends.locmem", _local_memory_cache)
    after("django.contrib.contenttypes.models", _content_types)
    after("django.contrib.sites.models", _sites)


def _kept(name: str, make: Callable[[], Any]) -> Any:
    """What the current object keeps under a name; None outside an object."""
    handle = current()
    if handle is None:
        return None
    state = handle.state
    kept = state.get(name)
    if kept is None:
        kept = state[name] = make()
    return kept


class PerObject:
    """Attributes of the current object, in place of asgiref's `Local`."""

    def __init__(self, name: str, outside: Any, prepare: Callable[[Any], None]) -> None:
        self.__dict__.update(_name=name, _outside=outside, _prepare=prepare)

    def __getattr__(self, key: str) -> Any:
        kept = _kept(self._name, dict)
        if kept is None:
            return getattr(self._outside, key)
        try:
            return kept[key]
        except KeyError:
            raise AttributeError(key) from None

    def __setattr__(self, key: str, value: Any) -> None:
        kept = _kept(self._name, dict)
        if kept is None:
            setattr(self._outside, key, value)
        else:
            self._prepare(value)
            kept[key] = value

    def __delattr__(self, key: str) -> None:
        kept = _kept(self._name, dict)
        if kept is None:
            delattr(self._outside, key)
        elif kept.pop(key, self) is self:
            raise AttributeError(key)


def _connections(module: Any) -> None:
    """An object's turns run on whichever thread is free, one at a time."""

    def prepare(connection: Any) -> None:
        connection.inc_thread_sharing()

    handler = module.connections
    handler._connections = PerObject("django_connections", handler._connections, prepare)


def _caches(module: Any) -> None:
    """Shared caches, as Redis, have the object's id before every key."""

    def prepare(cache: Any) -> None:
        handle = current()
        if handle is not None and hasattr(cache, "key_prefix"):
            cache.key_prefix = f"{handle.id}:{cache.key_prefix}"

    handler = module.caches
    handler._connections = PerObject("django_caches", handler._connections, prepare)


def _local_memory_cache(module: Any) -> None:
    original = module.LocMemCache.__init__

    def initialize(self: Any, name: str, params: Any) -> None:
        original(self, name, params)
        kept = _kept("django_locmem", dict)
        if kept is not None:
            from threading import Lock

            entries = kept.setdefault(name, (OrderedDict(), {}, Lock()))
            self._cache, self._expire_info, self._lock = entries

    module.LocMemCache.__init__ = initialize


def _content_types(module: Any) -> None:
    """Ids of content types differ from database to database. Migrations have models of their own
    for them, whose managers must not be given the real ones."""
    manager = module.ContentTypeManager

    def cache_of(self: Any) -> Any:
        model = getattr(self, "model", None)
        kept = None if model is None else _kept("django_content_types", WeakKeyDictionary)
        return None if kept is None else kept.setdefault(model, {})

    def get(self: Any) -> Any:
        kept = cache_of(self)
        return self.__dict__.setdefault("_outside_cache", {}) if kept is None else kept

    def put(self: Any, value: Any) -> None:
        kept = cache_of(self)
        if kept is None:
            self.__dict__["_outside_cache"] = value
        else:
            kept.clear()
            kept.update(value)

    manager._cache = property(get, put)
    for model_manager in (module.ContentType.objects, module.ContentType._default_manager):
        model_manager.__dict__.pop("_cache", None)


class PerObjectDict(MutableMapping):
    """A dict of the current object."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._outside: dict[Any, Any] = {}

    def _dict(self) -> dict[Any, Any]:
        kept = _kept(self._name, dict)
        return self._outside if kept is None else kept

    def __getitem__(self, key: Any) -> Any:
        return self._dict()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._dict()[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._dict()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._dict())


def _sites(module: Any) -> None:
    cache = module.SITE_CACHE = PerObjectDict("django_sites")
    # Django's puts another dict in its place.
    module.SiteManager.clear_cache = lambda self: cache.clear()
