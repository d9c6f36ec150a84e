"""Stead for Python: objects with a name, a database each, and one turn at a time.

    from stead import DurableObject, Response, WorkerEntrypoint

    class Counter(DurableObject):
        async def fetch(self, request):
            count = (self.ctx.storage.kv.get("count") or 0) + 1
            self.ctx.storage.kv.put("count", count)
            return Response(f"{count}\\n")

    class Default(WorkerEntrypoint):
        async def fetch(self, request):
            return await self.env.COUNTER.getByName("the one").fetch(request)
"""

from stead import asgi, wsgi
from stead._authors import DurableObject, WorkerEntrypoint
from stead._binding import (
    DurableObjectId,
    DurableObjectNamespace,
    DurableObjectStub,
    Env,
    RemoteError,
    env,
)
from stead._context import DurableObjectState, ExecutionContext
from stead._headers import Headers
from stead._kv import SyncKv
from stead._loop import run_sync
from stead._native import NotThereYet
from stead._outgoing import fetch
from stead._promise import Promise
from stead._sql import SqlCursor, SqlStorage
from stead._sql_error import SqlError
from stead._storage import Storage, Transaction
from stead._streams import ReadableStream
from stead._workers_http import Blob, FetchResponse, File, FormData, Request, Response

__all__ = [
    "Blob", "DurableObject", "DurableObjectId", "DurableObjectNamespace", "DurableObjectState",
    "DurableObjectStub", "Env", "ExecutionContext", "FetchResponse", "File", "FormData",
    "Headers", "NotThereYet", "Promise", "ReadableStream", "RemoteError", "Request", "Response",
    "SqlCursor", "SqlError", "SqlStorage", "Storage", "SyncKv", "Transaction",
    "WorkerEntrypoint", "asgi", "env", "fetch", "run_sync", "wsgi",
]  # fmt: skip
__version__ = "0.1.0"
