"""`workers.asgi`: see `stead.asgi`."""

from stead.asgi import entrypoint, fetch, websocket

__all__ = ["entrypoint", "fetch", "websocket"]
