"""`workers.utils`."""

from workers import import_from_javascript, patch_env

__all__ = ["import_from_javascript", "patch_env"]
