"""Cloudflare Access is a service of Cloudflare."""

from typing import Any


class CloudflareAccessMiddleware:
    def __init__(self, *_: Any, **__: Any) -> None:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(
            "CloudflareAccessMiddleware is not there yet in Stead: take it out of MIDDLEWARE, and "
            "let no request in that has not been checked before"
        )


__all__ = ["CloudflareAccessMiddleware"]
