"""A node of one shard in pure Python, for tests of the package: `_stead` over sqlite3 and threads.

Fibers are threads with strict baton passing: the shard's thread waits while one runs. Time is
virtual: sleeps end in the order of their deadlines, at once.
"""

import collections
import contextlib
import hashlib
import heapq
import itertools
import os
import sqlite3
import sys
import threading
import types
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "package"


class SqlError(Exception):
    def __init__(self, message, code="SQLITE_ERROR", errorcode=1):
        super().__init__(message)
        self.code, self.errorcode = code, errorcode


class StorageError(Exception):
    pass


class RemoteError(Exception):
    code, retryable, overloaded, object_reset = "error", False, False, False


class Aborted(BaseException):
    pass


@contextlib.contextmanager
def translated():
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
        raise SqlError(str(error), code, getattr(error, "sqlite_errorcode", 1)) from None


class Rows:
    def __init__(self, cursor):
        self._cursor = cursor
        self.columns = tuple(c[0] for c in cursor.description) if cursor.description else None
        self.changes, self.last_row_id = cursor.rowcount, cursor.lastrowid
        self.rows_read, self.rows_written = 0, max(cursor.rowcount, 0)

    def __iter__(self):
        return self

    def __next__(self):
        with translated():
            row = next(self._cursor)
        self.rows_read += 1
        return row

    def fetch(self, count):
        return list(itertools.islice(self, count))

    def drain(self):
        pass


class Connection:
    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA foreign_keys = ON")
        self.in_transaction = False

    def execute(self, sql, params=()):
        with translated():
            return Rows(self.db.execute(sql, params))

    def execute_many(self, sql, rows):
        return sum(self.execute(sql, row).changes for row in rows)

    def execute_script(self, sql):
        with translated():
            self.db.executescript(sql)

    def savepoint(self, name):
        self.db.execute(f'SAVEPOINT "{name}"')

    def release(self, name):
        self.db.execute(f'RELEASE "{name}"')

    def rollback_to(self, name):
        self.db.execute(f'ROLLBACK TO "{name}"')

    def begin(self):
        self.savepoint("outermost")
        self.in_transaction = True

    def commit(self):
        self.release("outermost")
        self.in_transaction = False

    def rollback(self):
        self.rollback_to("outermost")
        self.commit()

    def flush(self):
        pass

    def create_function(self, name, nargs, function, deterministic=False):
        self.db.create_function(name, nargs, function, deterministic=deterministic)

    def create_aggregate(self, name, nargs, cls):
        self.db.create_aggregate(name, nargs, cls)

    last_insert_rowid = property(lambda s: s.db.execute("SELECT last_insert_rowid()").fetchone()[0])
    total_changes = property(lambda self: self.db.total_changes)
    database_size = 4096


class Object:
    """The handle of an instance."""

    def __init__(self, node, class_name, hex_id, name):
        self.node, self.class_name, self.id, self.name = node, class_name, hex_id, name
        self.alive, self.state = True, {}
        self.instance = None
        self.database = node.database(class_name, hex_id)
        self.kv = node.kv.setdefault((class_name, hex_id), {})
        self.sections = []


class Event:
    def __init__(self, kind, done, **fields):
        self.kind, self._done = kind, done
        self.__dict__.update(fields)

    def resolve(self, value):
        self._done(value, None)

    def reject(self, error):
        assert isinstance(error, BaseException)
        self._done(None, error)


class Fiber:
    """A thread that runs while the shard's thread waits for it."""

    def __init__(self, handle, function):
        self.handle, self.permits = handle, 0
        self.go, self.back = threading.Semaphore(0), threading.Semaphore(0)
        self.parked = self.finished = False
        threading.Thread(target=self._main, args=(function,), daemon=True).start()

    def _main(self, function):
        self.go.acquire()
        _thread.fiber = self
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - a test must see it
            self.handle.node.failures.append(error)
        self.finished = True
        self.back.release()

    def run(self):
        self.go.release()
        assert self.back.acquire(timeout=20), "a fiber does not come back"

    def park(self):
        if self.permits:
            self.permits = 0
            return
        self.parked = True
        self.back.release()
        self.go.acquire()
        self.parked = False

    def unpark(self):
        if self.parked:
            self.handle.node.runnable.append(self)
        else:
            self.permits = 1


_thread = threading.local()


class Node:
    def __init__(self):
        self.databases, self.kv, self.objects = {}, {}, {}
        self.ready, self.runnable = collections.deque(), collections.deque()
        self.timers, self.count, self.now = [], itertools.count(), 0.0
        self.logged, self.failures, self.fibers = [], [], 0

    connect = Connection

    def database(self, class_name, hex_id):
        key = class_name, hex_id
        if key not in self.databases:
            self.databases[key] = type(self).connect()
        return self.databases[key]

    # The shard.

    def on_fiber(self, handle, function):
        self.fibers += 1
        Fiber(handle, function).run()

    def pump(self):
        """Runs whatever can run, and lets virtual time pass."""
        while self.ready or self.runnable or self.timers:
            if self.runnable:
                self.runnable.popleft().run()
            elif self.ready:
                handle, function = self.ready.popleft()
                self.on_fiber(handle, function)
            else:
                self.now, _, handle, function = heapq.heappop(self.timers)
                self.on_fiber(handle, function)
        if self.failures:
            raise self.failures[0]

    def complete(self, handle, callback, result=None, error=None):
        host = sys.modules["stead._host"]
        self.ready.append((handle, lambda: host.wake(callback, result, error)))

    def object(self, class_name, hex_id="", name=None):
        from stead import _host

        handle = self.objects.get((class_name, hex_id))
        if handle is None:
            handle = self.objects[class_name, hex_id] = Object(self, class_name, hex_id, name)

            def construct():
                try:
                    handle.instance = _host.construct(class_name, handle)
                except BaseException as error:  # noqa: BLE001
                    handle.broken = error

            self.on_fiber(handle, construct)
        if handle.instance is None:
            del self.objects[class_name, hex_id]
            raise handle.broken
        return handle

    def deliver(self, handle, event):
        from stead import _host

        self.on_fiber(handle, lambda: _host.start(handle.instance, event))

    def evict(self, handle):
        from stead import _host

        self.on_fiber(handle, lambda: _host.close(handle.instance))
        self.objects.pop((handle.class_name, handle.id))

    # For tests.

    def ask(self, handle, kind, **fields):
        """Delivers an event and runs the node until nothing is left to do."""
        answers = []
        event = Event(kind, lambda value, error: answers.append((value, error)), **fields)
        self.deliver(handle, event)
        self.pump()
        assert len(answers) == 1, f"the event was answered {len(answers)} times"
        value, error = answers[0]
        if error is not None:
            raise error
        return value

    def chunks(self, handle, stream):
        """What a streamed response sends, each chunk in an event of its own."""
        from stead import _host

        while True:
            answers = []
            event = Event("chunk", lambda value, error: answers.append((value, error)))
            self.on_fiber(handle, lambda: _host.next_chunk(stream, event))  # noqa: B023
            self.pump()
            [(value, error)] = answers
            if error is not None:
                raise error
            if value is None:
                return
            yield value

    def fetch(self, handle, url="http://site.test/", method="GET", headers=(), body=b"",
              client="192.0.2.7:4711"):  # fmt: skip
        request = (method, url, list(headers), body, client)
        return self.ask(handle, "fetch", request=request)


node = Node()


def database_module():
    """The extension that is built beside the node, if STEAD_EXTENSION names its folder: then objects
    have their real databases, and Django its real engine. Or else a database of sqlite3."""
    folder = os.environ.get("STEAD_EXTENSION")
    if folder:
        sys.path.insert(0, folder)
        import _stead

        return _stead
    it = types.ModuleType("_stead")
    it.SqlError, it.StorageError = SqlError, StorageError
    it.Connection, it.Rows, it.connect = Connection, Rows, Connection
    return it


def module():
    """The module `_stead`, to be put into sys.modules before `stead` is imported."""
    it = database_module()
    it.RemoteError, it.Object, it.Event = RemoteError, Object, Event
    Node.connect = staticmethod(it.connect)

    def current():
        fiber = getattr(_thread, "fiber", None)
        return None if fiber is None else fiber.handle

    def storage():
        handle = current()
        if handle is None or not handle.class_name:
            raise RuntimeError("no object's turn runs on this thread")
        return handle.database

    def id_from_name(class_name, name):
        return hashlib.sha256(f"{class_name}/{name}".encode()).hexdigest()

    def check_id(class_name, text):
        if len(text) != 64:
            raise ValueError(f"{text!r} is not an id of {class_name}")
        return text

    def remote(class_name, hex_id, name, kind, callback, **fields):
        caller = current()

        def answered(value, error):
            if error is not None:
                node.logged.append(("error", repr(error)))
                error = RemoteError(f"{type(error).__name__}")
            node.complete(caller, callback, value, error)

        try:
            handle = node.object(class_name, hex_id, name)
        except Exception as error:  # noqa: BLE001
            answered(None, error)
            return
        from stead import _host

        event = Event(kind, answered, **fields)
        node.ready.append((handle, lambda: _host.start(handle.instance, event)))

    def fetch(class_name, hex_id, name, request, callback):
        remote(class_name, hex_id, name, "fetch", callback, request=request)

    def call(class_name, hex_id, name, method, args, callback):
        remote(class_name, hex_id, name, "rpc", callback, method=method, args=args)

    def sleep(seconds, callback):
        from stead import _host

        handle = current()
        entry = (node.now + seconds, next(node.count), handle,
                 lambda: _host.wake(callback, None, None))  # fmt: skip
        heapq.heappush(node.timers, entry)
        return entry

    def cancel_sleep(entry):
        if entry in node.timers:
            node.timers.remove(entry)
            heapq.heapify(node.timers)

    def kv_list(start, start_after, end, prefix, reverse, limit):
        keys = sorted(current().kv, key=lambda key: key.encode())
        keys = [key for key in keys
                if (start is None or key >= start) and (start_after is None or key > start_after)
                and (end is None or key < end) and key.startswith(prefix or "")]  # fmt: skip
        keys = keys[::-1] if reverse else keys
        return [(key, current().kv[key]) for key in keys[:limit]]

    def kv_put(key, value):
        assert value is None or isinstance(value, (bool, int, float, str, bytes, tuple))
        current().kv[key] = value

    def enter_section():
        current().sections.append(next(node.count))
        return current().sections[-1]

    def abort(reason):
        raise Aborted(reason)

    it.response_streams = False
    it.current, it.storage, it.id_from_name, it.check_id = current, storage, id_from_name, check_id
    it.new_unique_id = lambda class_name: id_from_name(class_name, str(next(node.count)))
    it.log = lambda level, text: node.logged.append((level, text))
    it.fetch, it.call, it.sleep, it.cancel_sleep = fetch, call, sleep, cancel_sleep
    it.sync = lambda callback: node.complete(current(), callback)
    it.fiber = lambda: _thread.fiber
    it.park = lambda: _thread.fiber.park()
    it.unpark = lambda fiber: fiber.unpark()
    it.enter_section = enter_section
    it.leave_section = lambda number: current().sections.remove(number)
    it.abort = abort
    it.kv_get = lambda key: current().kv.get(key)
    it.kv_put, it.kv_list = kv_put, kv_list
    it.kv_delete = lambda key: current().kv.pop(key, it) is not it
    it.delete_all = lambda: current().kv.clear()
    return it


def install():
    """Makes `import stead` use the fake."""
    if "stead" not in sys.modules:
        sys.path.insert(0, str(PACKAGE))
        sys.modules["_stead"] = module()
    return node
