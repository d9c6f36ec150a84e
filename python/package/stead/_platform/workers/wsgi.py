"""`workers.wsgi`: see `stead.wsgi`."""

from stead.wsgi import build_environ, entrypoint, fetch

__all__ = ["build_environ", "entrypoint", "fetch"]
