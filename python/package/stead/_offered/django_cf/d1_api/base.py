"""D1 is not there yet: says so when a connection is made."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


class DatabaseWrapper:
    def __init__(self, *_: Any, **__: Any) -> None:
        raise ImproperlyConfigured(
            "D1 databases are not there yet in Stead. Use a Durable Object's own database: "
            "'ENGINE': 'stead.django.do'."
        )
