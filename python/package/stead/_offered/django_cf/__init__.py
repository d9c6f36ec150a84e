"""`django_cf` for a project that vendors none: the names of all its generations, on Stead.

Requests go through `stead.wsgi`, databases through `stead.django.do`.
"""

from typing import Any

from stead import wsgi


async def handle_wsgi(request: Any, app: Any, env: Any = None) -> Any:
    return await wsgi.fetch(app, request, env)


class DjangoCFAdapter:
    """Runs a WSGI application: `return await DjangoCFAdapter(app, env_vars=env)
    .handle_request(request)`. The application finds `env` in `environ["workers.env"]`."""

    def __init__(self, app: Any, env_vars: Any = None) -> None:
        self.app = app
        self.env_vars = env_vars

    async def handle_request(self, request: Any) -> Any:
        return await wsgi.fetch(self.app, request, self.env_vars)


class DjangoCF:
    """For `class Default(DjangoCF, WorkerEntrypoint)`."""

    env: Any = None

    def get_app(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define get_app")

    async def fetch(self, request: Any) -> Any:
        return await wsgi.fetch(await _app_of(self), request, self.env)


class DjangoCFDurableObject:
    """For `class Site(DjangoCFDurableObject, DurableObject)`."""

    def __init__(self, ctx: Any, env: Any) -> None:
        self.ctx = ctx
        self.env = env

    def get_app(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define get_app")

    async def fetch(self, request: Any) -> Any:
        return await wsgi.fetch(await _app_of(self), request, self.env)

    on_fetch = fetch


async def _app_of(site: Any) -> Any:
    """One generation has `async def get_app`."""
    app = site.get_app()
    return await app if hasattr(type(app), "__await__") else app


__all__ = ["DjangoCF", "DjangoCFAdapter", "DjangoCFDurableObject", "handle_wsgi"]
