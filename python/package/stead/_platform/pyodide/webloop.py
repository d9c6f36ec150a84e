"""`pyodide.webloop`: the event loop's class, which every object has one of."""

from stead._loop import ObjectLoop as WebLoop
from stead._promise import Promise as PyodideFuture

__all__ = ["PyodideFuture", "WebLoop"]
