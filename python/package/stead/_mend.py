"""What is changed in modules of others when they are imported.

In every mode: what Django and asgiref need to serve many objects in one process. In mended mode
besides: the known defects of a vendored django-cf. Each entry looks first whether what it replaces
is there, and is logged once.
"""

from __future__ import annotations

from contextvars import Context, copy_context
from typing import Any

from stead._finder import patches
from stead._native import log

_mode: str | None = None


def install(mode: str) -> None:
    """Once; a later call only changes the mode, as tests do that load several projects."""
    global _mode
    first, _mode = _mode is None, mode
    if not first:
        return
    from stead.django import tenancy

    tenancy.install(patches.after)
    patches.after("asgiref.sync", _asgiref_in_the_turn)
    patches.after("anyio.to_thread", _anyio_in_the_turn)
    patches.after("django.utils.asyncio", _django_sees_real_loops_only)
    for engine in ("django_cf.do_binding.base", "django_cf.db.backends.do.base"):
        patches.after(engine, _if_mended(_do_engine))
    patches.after("django_cf", _if_mended(_bridges))


def _if_mended(patch: Any) -> Any:
    def guarded(module: Any) -> None:
        ours = "_offered" in (getattr(module, "__file__", None) or "")
        if _mode == "mended" and not ours:
            patch(module)

    return guarded


def _mended(what: str, how: str) -> None:
    log("info", f"mended: {what} {how}")


def _do_engine(module: Any) -> None:
    """Rows in order, transactions, joins, JSON, Django's SQL functions, and so on."""
    if not hasattr(module, "DatabaseWrapper"):
        return
    try:
        from stead.django.do.base import DatabaseWrapper
    except ImportError as error:
        log("warning", f"{module.__name__} stays as it is: {error}")
        return
    module.DatabaseWrapper = DatabaseWrapper
    _mended(f"{module.__name__}.DatabaseWrapper", "is stead.django.do's")


def _bridges(module: Any) -> None:
    """Binary and streamed responses, several cookies, decoded paths, `close()`, and so on."""
    from stead import wsgi

    if hasattr(module, "handle_wsgi"):

        async def handle_wsgi(request: Any, app: Any, env: Any = None) -> Any:
            return await wsgi.fetch(app, request, env)

        module.handle_wsgi = handle_wsgi
        _mended("django_cf.handle_wsgi", "is stead.wsgi's")
    adapter = getattr(module, "DjangoCFAdapter", None)
    if adapter is not None and hasattr(adapter, "handle_request"):

        def initialize(self: Any, app: Any, env_vars: Any = None) -> None:
            self.app = app
            self.env_vars = env_vars

        async def handle_request(self: Any, request: Any) -> Any:
            return await wsgi.fetch(self.app, request, self.env_vars)

        adapter.__init__ = initialize
        adapter.handle_request = handle_request
        _mended("django_cf.DjangoCFAdapter", "uses stead.wsgi and takes env_vars")


def _django_sees_real_loops_only(module: Any) -> None:
    """Django refuses database calls where an event loop runs. An object's own loop is no danger:
    nothing else of the object runs meanwhile."""
    from stead._asyncio_support import found_by_asyncio

    if hasattr(module, "get_running_loop"):
        module.get_running_loop = found_by_asyncio


def _asgiref_in_the_turn(module: Any) -> None:
    """sync_to_async and async_to_sync stay on the object's thread, where its database is."""
    from stead._loop import no_loop_seen, run_sync
    from stead._native import current

    to_async = module.SyncToAsync.__call__
    to_sync = module.AsyncToSync.__call__

    async def call_sync(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current() is None:
            return await to_async(self, *args, **kwargs)
        with no_loop_seen():
            return self.func(*args, **kwargs)

    def call_async(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current() is None:
            return to_sync(self, *args, **kwargs)
        contexts: list[Context] = []
        try:
            return run_sync(_noting_context(self.awaitable(*args, **kwargs), contexts))
        finally:
            # What it set is seen by the caller, as asgiref has it.
            for context in contexts:
                _adopt(context)

    module.SyncToAsync.__call__ = call_sync
    module.AsyncToSync.__call__ = call_async


def _anyio_in_the_turn(module: Any) -> None:
    """What Starlette and FastAPI would run on a thread of its own runs in the object's turn."""
    from stead._loop import no_loop_seen
    from stead._native import current

    on_thread = module.run_sync

    async def run_sync(func: Any, *args: Any, **options: Any) -> Any:
        if current() is None:
            return await on_thread(func, *args, **options)
        with no_loop_seen():
            return func(*args)

    module.run_sync = run_sync


async def _noting_context(awaitable: Any, contexts: list[Context]) -> Any:
    try:
        return await awaitable
    finally:
        contexts.append(copy_context())


def _adopt(context: Context) -> None:
    for variable, value in context.items():
        if variable.get(context) is not value:
            variable.set(value)
