"""The event loop of one object, and waiting.

Python has no free-running loop here: the node delivers events, each of which is a turn on a
thread of the node (a *fiber*), and what became ready runs before the turn ends. So the loop never
blocks, and no other object sees it. It is not installed as asyncio's running loop: code that
calls `asyncio.run` inside a handler works, and Django does not think that it is called from
asynchronous code. `_asyncio_support` lets asyncio's own functions find it.
"""

from __future__ import annotations

import asyncio
import time
from asyncio.events import _get_running_loop, _set_running_loop  # type: ignore[attr-defined]
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from stead._native import current, log, native

# Handles that one turn runs before it lets others have the shard.
_HANDLES_PER_TURN = 10_000

# The C functions, before `_asyncio_support` puts others in their place.
_enter_task = asyncio.tasks._enter_task
_leave_task = asyncio.tasks._leave_task
_task_of = asyncio.tasks.current_task


class ObjectLoop(asyncio.AbstractEventLoop):
    """Runs tasks and timers of one object within its turns."""

    def __init__(self) -> None:
        self.stepping = False
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: dict[asyncio.TimerHandle, Any] = {}
        self._homes: dict[Any, Home] = {}
        self._handler: Callable[..., Any] | None = None
        self._keep: set[Any] = set()

    # Running.

    def start(self, coroutine: Coroutine[Any, Any, Any], home: Home | None = None) -> asyncio.Task:
        """A task whose first step runs now, not later."""
        task = self.create_task(coroutine)
        first = self._ready.pop()
        if home is not None:
            self._homes[task] = home
        with self.outside_task():
            self._run(first)
        return task

    def pump(self) -> None:
        """Runs what is ready, until nothing is."""
        budget = _HANDLES_PER_TURN
        while self._ready:
            if budget == 0:
                native.sleep(0, _nothing_more)
                return
            budget -= 1
            self._run(self._ready.popleft())

    def _run(self, handle: asyncio.Handle) -> None:
        if handle.cancelled():
            return
        before, self.stepping = self.stepping, True
        try:
            handle._run()
        finally:
            self.stepping = before

    @contextmanager
    def outside_task(self) -> Iterator[None]:
        """Steps out of the task that is being run, so that others of this loop can run."""
        task = _task_of(self)
        before, self.stepping = self.stepping, False
        if task is not None:
            _leave_task(self, task)
        try:
            yield
        finally:
            self.stepping = before
            if task is not None:
                _enter_task(self, task)

    def keep(self, task: asyncio.Task, what: str) -> None:
        """Holds a task that nobody awaits until it is done, and reports its failure."""

        def completed(task: asyncio.Task) -> None:
            self._keep.discard(task)
            if not task.cancelled() and task.exception() is not None:
                self.call_exception_handler({"message": what, "exception": task.exception()})

        self._keep.add(task)
        task.add_done_callback(completed)

    # Scheduling.

    def call_soon(self, callback, *args, context=None):  # type: ignore[override]
        handle = asyncio.Handle(callback, args, self, context)
        if self._homes:
            home = self._homes.get(getattr(callback, "__self__", None))
            if home is not None:
                home.push(handle)
                return handle
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(self, callback, *args, context=None):  # type: ignore[override]
        if current() is None:
            raise RuntimeError(
                "call_soon_threadsafe was called from a thread that runs no object. Threads of "
                "your own cannot reach into an object: send it a request instead."
            )
        return self.call_soon(callback, *args, context=context)

    def call_later(self, delay, callback, *args, context=None):  # type: ignore[override]
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):  # type: ignore[override]
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True
        self._timers[handle] = None

        # A sleep for each: one that an earlier event began does not end while `run_sync` waits.
        def due(result: Any, error: BaseException | None) -> None:
            self._timers.pop(handle, None)
            handle._scheduled = False
            self._ready.append(handle)

        self._timers[handle] = native.sleep(max(0.0, when - self.time()), due)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        token = self._timers.pop(handle, None)
        cancel = getattr(native, "cancel_sleep", None)
        if token is not None and cancel is not None:
            cancel(token)

    def time(self) -> float:
        return time.monotonic()

    # What asyncio asks of a loop besides.

    def create_future(self) -> asyncio.Future:
        return asyncio.Future(loop=self)

    def create_task(self, coro, *, name=None, context=None, **_):  # type: ignore[override]
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        # What waits when its object is thrown away goes with it; there is nothing to report.
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        return task

    def run_in_executor(self, executor, func, *args):  # type: ignore[override]
        """Runs `func` here and now: an object's code stays in its turn."""
        future = self.create_future()
        try:
            with self.outside_task():
                future.set_result(func(*args))
        except StopIteration as error:
            future.set_exception(RuntimeError(f"a function raised {error!r}"))
        except Exception as error:
            future.set_exception(error)
        return future

    def run_until_complete(self, future):  # type: ignore[override]
        return run_sync(future)

    def is_running(self) -> bool:
        return self.stepping

    def is_closed(self) -> bool:
        return False

    def get_debug(self) -> bool:
        return False

    def set_debug(self, enabled: bool) -> None:
        pass

    def get_task_factory(self) -> None:
        return None

    def get_exception_handler(self):
        return self._handler

    def set_exception_handler(self, handler) -> None:
        self._handler = handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self._handler is not None:
            self._handler(self, context)
        else:
            self.default_exception_handler(context)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        from stead._traces import trace_text

        text = context.get("message") or "an exception was not handled"
        error = context.get("exception")
        if error is not None and not isinstance(error, Exception):
            return  # The node ends this code, and says so itself.
        log("error", text if error is None else f"{text}\n{trace_text(error)}")

    async def shutdown_asyncgens(self) -> None:
        pass

    async def shutdown_default_executor(self, timeout=None) -> None:
        pass


class Home:
    """A fiber that waits in `run_sync`. The steps of what it waits for run on it."""

    def __init__(self, loop: ObjectLoop) -> None:
        self._loop = loop
        self._ready: deque[asyncio.Handle] = deque()
        self._parked = False
        self._token: Any = None

    def push(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        self.wake()

    def wake(self, _: Any = None) -> None:
        if self._parked:
            self._parked = False
            native.unpark(self._token)

    def run_until(self, future: Any) -> None:
        watched = False
        while not future.done():
            if self._ready:
                self._loop._run(self._ready.popleft())
                continue
            self._loop.pump()
            if self._ready or future.done():
                continue
            if not watched:
                watched = True
                future.add_done_callback(self.wake)
            self._park()

    def _park(self) -> None:
        self._token = native.fiber()
        self._parked = True
        try:
            native.park()
        finally:
            self._parked = False


def _nothing_more(result: Any, error: BaseException | None) -> None:
    pass


def current_loop() -> ObjectLoop | None:
    """The loop of the object whose turn runs on this thread."""
    handle = current()
    if handle is None:
        return None
    state = handle.state
    loop = state.get("loop")
    if loop is None:
        loop = state["loop"] = ObjectLoop()
    return loop


def foreign_loop_runs() -> bool:
    """Whether a loop of asyncio's own runs on this thread, as inside `asyncio.run`."""
    return _get_running_loop() is not None


@contextmanager
def no_loop_seen() -> Iterator[None]:
    """For synchronous code called by asynchronous code: it finds no loop and no task."""
    running = _get_running_loop()
    loop = current_loop()
    _set_running_loop(None)
    try:
        if loop is None:
            yield
        else:
            with loop.outside_task():
                yield
    finally:
        _set_running_loop(running)


def run_sync(awaitable: Any) -> Any:
    """Waits for an awaitable and returns its result, without `await`.

    The object keeps its turn to itself meanwhile: no other request enters it. Other objects run.
    """
    if not hasattr(type(awaitable), "__await__"):
        return awaitable
    if getattr(awaitable, "_asyncio_future_blocking", None) is not None and awaitable.done():
        return awaitable.result()
    loop = current_loop()
    with no_loop_seen():
        if loop is None:
            return _run_outside(awaitable)
        home = Home(loop)
        if getattr(awaitable, "_asyncio_future_blocking", None) is not None:
            future = awaitable
        else:
            future = loop.start(_through(awaitable), home)
        try:
            home.run_until(future)
        finally:
            loop._homes.pop(future, None)
        return future.result()


async def _through(awaitable: Any) -> Any:
    return await awaitable


def _run_outside(awaitable: Any) -> Any:
    """Outside an object, as while the project is imported: what suspends gets a loop of its own."""
    coroutine = _through(awaitable)
    return asyncio.run(coroutine)
