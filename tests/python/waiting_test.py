"""Waiting: promises, run_sync, asyncio within an object, and what synchronous code sees of it."""

import unittest

from project_case import ProjectCase, node

HEAD = """
import asyncio
from pyodide.ffi import run_sync
from stead import DurableObject, Promise, Response
"""


class WaitingCase(ProjectCase):
    def run_method(self, body, *args):
        """Runs the body of `async def go(self)` in an object, and gives its result."""
        self.load(HEAD + body, bindings={"THING": "Thing"})
        return self.call(self.object(), "go", *args)


class Handlers(WaitingCase):
    def test_synchronous(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    def go(self):
        return "sync"
"""), "sync")  # fmt: skip

    def test_asynchronous(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        return "async"
"""), "async")  # fmt: skip

    def test_function_that_returns_a_coroutine(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    def go(self):
        async def later():
            return "later"
        return later()
"""), "later")  # fmt: skip

    def test_no_running_loop_is_installed(self):
        self.assertIsNone(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        return asyncio._get_running_loop()
"""))  # fmt: skip

    def test_failure_is_the_events(self):
        with self.assertRaisesRegex(ValueError, "its own"):
            self.run_method("""
class Thing(DurableObject):
    async def go(self):
        await asyncio.sleep(1)
        raise ValueError("its own")
""")

    def test_sys_exit_is_the_events(self):
        with self.assertRaises(SystemExit):
            self.run_method("""
import sys
class Thing(DurableObject):
    async def go(self):
        sys.exit(3)
""")


class Promises(WaitingCase):
    def test_settled_promise_needs_no_loop(self):
        from stead import Promise, run_sync

        self.assertEqual(run_sync(Promise.resolved(3)), 3)
        coroutine = Promise.resolved(4).__await__()
        with self.assertRaises(StopIteration) as end:
            next(coroutine)
        self.assertEqual(end.exception.value, 4)

    def test_rejected_promise_raises(self):
        from stead import Promise, run_sync

        with self.assertRaises(KeyError):
            run_sync(Promise.rejected(KeyError("k")))

    def test_pending_promise_is_awaited(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        promise = Promise()
        asyncio.get_running_loop().call_later(2, promise.resolve, "late")
        return await promise
"""), "late")  # fmt: skip

    def test_pending_promise_is_waited_for(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    def go(self):
        return run_sync(self.env.THING.getByName("other").answer())
    def answer(self):
        return 42
"""), 42)  # fmt: skip

    def test_then_and_catch(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def fails():
            raise KeyError("k")
        first = await Promise.resolved(1).then(lambda value: value + 1)
        second = await self.env.THING.getByName("b").fails().catch(lambda error: "caught")
        return [first, second]
    def fails(self):
        raise ValueError
"""), [2, "caught"])  # fmt: skip

    def test_settling_twice_changes_nothing(self):
        from stead import Promise

        promise = Promise()
        promise.resolve(1)
        promise.reject(ValueError())
        self.assertEqual(promise.result(), 1)


class RunSync(WaitingCase):
    def test_coroutine_that_suspends(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    def go(self):
        async def slowly():
            await asyncio.sleep(3)
            return "slow"
        return run_sync(slowly())
"""), "slow")  # fmt: skip

    def test_inside_asynchronous_code(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def inner():
            await asyncio.sleep(1)
            return run_sync(innermost())
        async def innermost():
            await asyncio.sleep(1)
            return "innermost"
        await asyncio.sleep(1)
        first = run_sync(inner())
        await asyncio.sleep(1)
        return first
"""), "innermost")  # fmt: skip

    def test_raises_what_was_raised(self):
        with self.assertRaises(ZeroDivisionError):
            self.run_method("""
class Thing(DurableObject):
    def go(self):
        async def divides():
            await asyncio.sleep(1)
            return 1 / 0
        return run_sync(divides())
""")

    def test_stays_on_its_thread(self):
        self.assertTrue(self.run_method("""
import threading
class Thing(DurableObject):
    def go(self):
        async def where():
            before = threading.get_ident()
            await asyncio.sleep(1)
            return before == threading.get_ident() == here
        here = threading.get_ident()
        return run_sync(where())
"""))  # fmt: skip

    def test_waits_for_a_task_made_before(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def slowly():
            await asyncio.sleep(2)
            return "made before"
        return run_sync(asyncio.create_task(slowly()))
"""), "made before")  # fmt: skip

    def test_of_a_plain_value_is_the_value(self):
        from stead import run_sync

        self.assertEqual(run_sync(7), 7)

    def test_outside_an_object(self):
        from stead import run_sync

        async def at_import():
            return "imported"

        self.assertEqual(run_sync(at_import()), "imported")

    def test_end_of_an_operation_as_it_begins(self):
        import _stead

        before = _stead.sync
        self.addCleanup(setattr, _stead, "sync", before)

        def at_once(callback):
            from stead import _host

            _host.wake(callback, None, None)

        _stead.sync = at_once
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        asyncio.create_task(asyncio.sleep(0))
        await self.ctx.storage.sync()
        return "synced"
"""), "synced")  # fmt: skip


class Asyncio(WaitingCase):
    def test_gather_and_create_task(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def after(seconds):
            await asyncio.sleep(seconds)
            return seconds
        task = asyncio.create_task(after(1))
        return [await asyncio.gather(after(3), after(2)), await task]
"""), [[3, 2], 1])  # fmt: skip
        self.assertAlmostEqual(node.now, 3, places=1)

    def test_wait_and_wait_for(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        tasks = [asyncio.create_task(asyncio.sleep(n, n)) for n in (1, 5)]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        try:
            await asyncio.wait_for(pending.pop(), 1)
        except TimeoutError:
            return [task.result() for task in done]
"""), [1])  # fmt: skip

    def test_timeout(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async with asyncio.timeout(60):
            await asyncio.sleep(1)
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(60)
        except TimeoutError:
            return "in time"
"""), "in time")  # fmt: skip

    def test_timeout_of_a_promise(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        try:
            async with asyncio.timeout(1):
                await Promise()
        except TimeoutError:
            return "gave up"
"""), "gave up")  # fmt: skip

    def test_queue_lock_event_and_task_group(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        queue, lock, event, seen = asyncio.Queue(1), asyncio.Lock(), asyncio.Event(), []
        async def produce():
            for n in range(3):
                await queue.put(n)
            event.set()
        async def consume():
            await event.wait()
            async with lock:
                seen.append("done")
        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            group.create_task(consume())
            for _ in range(3):
                seen.append(await queue.get())
        return seen
"""), [0, 1, 2, "done"])  # fmt: skip

    def test_future_and_current_task(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        future = asyncio.Future()
        asyncio.get_running_loop().call_soon(future.set_result, "set")
        assert asyncio.current_task() is not None
        return await future
"""), "set")  # fmt: skip

    def test_to_thread_runs_in_the_turn(self):
        self.assertTrue(self.run_method("""
import threading
class Thing(DurableObject):
    async def go(self):
        return await asyncio.to_thread(threading.get_ident) == threading.get_ident()
"""))  # fmt: skip

    def test_nested_run(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def nested():
            await asyncio.sleep(0.001)
            async with asyncio.timeout(1):
                await asyncio.Lock().acquire()
            return asyncio.current_task().get_name()
        await asyncio.sleep(1)
        return [asyncio.run(nested()), await asyncio.sleep(1, "after")]
""")[1], "after")  # fmt: skip

    def test_promise_inside_a_nested_run(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    def go(self):
        async def nested():
            return await self.env.THING.getByName("other").answer()
        return asyncio.run(nested())
    def answer(self):
        return "from the other"
"""), "from the other")  # fmt: skip

    def test_background_task_goes_on_after_the_answer(self):
        self.assertEqual(self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def later():
            await asyncio.sleep(5)
            self.ctx.storage.kv.put("later", True)
        self.ctx.waitUntil(later())
        return self.ctx.storage.kv.get("later")
    def look(self):
        return self.ctx.storage.kv.get("later")
"""), None)  # fmt: skip
        self.assertTrue(self.call(self.object(), "look"))

    def test_failure_of_a_background_task_is_logged(self):
        self.run_method("""
class Thing(DurableObject):
    async def go(self):
        async def later():
            raise ValueError("in the background")
        self.ctx.waitUntil(later())
""")
        self.assertIn("in the background", self.log())

    def test_many_ready_handles_are_spread_over_turns(self):
        self.run_method("""
class Thing(DurableObject):
    async def go(self):
        for _ in range(25_000):
            await asyncio.sleep(0)
""")
        self.assertGreater(node.fibers, 3)


if __name__ == "__main__":
    unittest.main()
