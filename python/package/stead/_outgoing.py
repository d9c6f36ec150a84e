"""`fetch` to the world outside: plain HTTP with Python's own client.

The request is made here and now, so the object waits for it; other objects on other threads run.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from stead import _http
from stead._js_types import JsException
from stead._loop import run_sync
from stead._promise import Promise

_TIMEOUT_SECONDS = 30


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def js_fetch(resource: Any, init: Any = None, **options: Any) -> Promise:
    """A promise of the `js.Response`."""
    options.pop("fetcher", None)
    return Promise.of(_send, _http.Request.for_fetch(resource, init, options))


def _send(request: _http.Request) -> _http.Response:
    if not request.url.startswith(("http://", "https://")):
        raise JsException(f"fetch cannot reach {request.url}: only http and https")
    body = run_sync(request.arrayBuffer())
    method, url, headers = request.method, request.url, request.headers._pairs
    outgoing = urllib.request.Request(url, data=body or None, method=method)
    for name, value in headers:
        if name.lower() not in ("host", "content-length", "connection"):
            outgoing.add_unredirected_header(name, value)
    handlers = [] if request.redirect == "follow" else [_NoRedirect()]
    try:
        answer: Any = urllib.request.build_opener(*handlers).open(
            outgoing, timeout=_TIMEOUT_SECONDS
        )
    except urllib.error.HTTPError as error:
        answer = error
    except OSError as error:
        raise JsException(f"fetch of {url} failed: {error}") from None
    with answer:
        native = (answer.status, answer.reason or "", answer.headers.items(), answer.read())
    return _http.Response.of_native(native, answer.url or url)


async def fetch(resource: Any, **options: Any) -> Any:
    """Fetches a URL and gives a `workers.Response`."""
    from stead._workers_http import Response

    fetcher = options.pop("fetcher", None) or js_fetch
    return Response(await fetcher(getattr(resource, "js_object", resource), **options))
