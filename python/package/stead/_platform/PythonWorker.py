"""The name under which django-cf's own instructions import the base class."""

from stead._authors import DurableObject, WorkerEntrypoint

__all__ = ["DurableObject", "WorkerEntrypoint"]
