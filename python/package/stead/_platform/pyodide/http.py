"""`pyodide.http`."""

from typing import Any

from stead._outgoing import js_fetch
from stead._workers_http import FetchResponse

__all__ = ["FetchResponse", "HttpStatusError", "pyfetch"]


class HttpStatusError(OSError):
    """A response's status says that the request failed."""


async def pyfetch(resource: Any, **options: Any) -> FetchResponse:
    fetcher = options.pop("fetcher", None) or js_fetch
    return FetchResponse(await fetcher(getattr(resource, "js_object", resource), **options))
