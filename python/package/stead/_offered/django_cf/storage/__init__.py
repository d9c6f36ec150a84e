"""R2 buckets are not there yet."""

from typing import Any


class R2Storage:
    def __init__(self, *_: Any, **__: Any) -> None:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(
            "R2 buckets are not there yet in Stead: use another storage of files"
        )


__all__ = ["R2Storage"]
