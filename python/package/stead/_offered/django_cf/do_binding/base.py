"""See `stead.django.do`."""

from stead.django.do.base import DatabaseWrapper

__all__ = ["DatabaseWrapper"]
