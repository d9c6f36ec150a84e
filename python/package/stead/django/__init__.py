"""Django in objects: the database engine ``stead.django.do``, and what keeps objects apart."""

from stead.django.local import setup_isolation

__all__ = ["setup_isolation"]
