"""A project for package_test.cpp: the real package in the real node. Paths of a thing's URL name
what to try; the answer is text."""

import asyncio

from workers import DurableObject, Response, WorkerEntrypoint, env, wsgi

from stead import NotThereYet, SqlError, run_sync


def application(environ, start_response):
    headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start_response("200 OK", headers)
    path = environ["PATH_INFO"].encode("latin-1").decode()
    yield f"{environ['REQUEST_METHOD']} {path} ".encode()
    yield environ["wsgi.input"].read()


class Thing(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.prepared = False
        ctx.blockConcurrencyWhile(self._prepare)

    async def _prepare(self):
        await asyncio.sleep(0.01)
        self.prepared = True

    async def fetch(self, request):
        name, _, argument = request.url.split("/", 3)[3].partition("/")
        if name == "wsgi":
            return await wsgi.fetch(application, request, self.env)
        if name == "count":
            total = 0
            async for chunk in request.body:
                total += len(chunk)
            return Response(str(total))
        if name == "collect":
            other = self.env.THING.getByName("other")
            pieces = (b"x" * 100_000 for _ in range(10))
            answer = await other.fetch("http://other/" + argument, method="POST", body=pieces)
            return Response(await answer.bytes(), headers=answer.headers)
        if name == "pass":
            return await self.env.THING.getByName("passed").fetch(
                "http://passed/" + argument, method="POST", body=request.body
            )
        result = getattr(self, "try_" + name)(argument)
        if asyncio.iscoroutine(result):
            result = await result
        return Response(str(result))

    def try_prepared(self, _):
        return self.prepared

    async def try_asyncio(self, _):
        async def after(seconds):
            await asyncio.sleep(seconds)
            return seconds

        found = await asyncio.gather(after(0.02), after(0.01))
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(60)
        except TimeoutError:
            found.append("in time")
        return found

    def try_run_sync(self, other):
        async def waits():
            await asyncio.sleep(0.01)
            return await self.env.THING.getByName(other).double(21)

        return run_sync(waits())

    async def try_nested(self, other):
        async def inner():
            await asyncio.sleep(0.01)
            return await env.THING.getByName(other).double(4)

        await asyncio.sleep(0.01)
        return asyncio.run(inner())

    async def try_error(self, other):
        try:
            await self.env.THING.getByName(other).fails()
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    def try_raise(self, _):
        raise ValueError("for the log only")

    def try_later(self, _):
        async def later():
            await asyncio.sleep(0.01)
            self.ctx.storage.kv.put("later", "done")

        self.ctx.waitUntil(later())
        return "begun"

    def try_kv(self, key):
        return self.ctx.storage.kv.get(key)

    async def try_kinds(self, _):
        kv = self.ctx.storage.kv
        values = [None, True, 2**63 - 1, 1.5, "s", b"\x00\xff", {"a": [1]}, 10**30]
        for number, value in enumerate(values):
            kv.put(f"k{number}", value)
        back = list(kv.list(prefix="k").values())
        await self.ctx.storage.sync()
        return back == values and kv.delete("k0") and not kv.delete("k0")

    def try_sql(self, _):
        sql = self.ctx.storage.sql
        sql.exec("CREATE TABLE IF NOT EXISTS t (a INTEGER UNIQUE, b)")
        sql.exec("DELETE FROM t")
        sql.exec("INSERT INTO t VALUES (?, ?), (?, ?)", 1, b"\xff", 2**63 - 1, None)
        rows = sql.exec("SELECT a, b, a FROM t ORDER BY a").raw().toArray().to_py()
        try:
            sql.exec("INSERT INTO t VALUES (1, 1)")
        except SqlError as error:
            return [rows, error.code]

    async def try_transactions(self, _):
        sql, storage = self.ctx.storage.sql, self.ctx.storage
        sql.exec("CREATE TABLE IF NOT EXISTS n (a)")
        sql.exec("DELETE FROM n")

        def fails():
            sql.exec("INSERT INTO n VALUES (1)")
            raise ValueError

        async def fails_later():
            sql.exec("INSERT INTO n VALUES (2)")
            await asyncio.sleep(0.01)
            raise ValueError

        async def works():
            sql.exec("INSERT INTO n VALUES (3)")
            await asyncio.sleep(0.01)

        for run in (storage.transactionSync, storage.transaction):
            try:
                result = run(fails if run == storage.transactionSync else fails_later)
                await result
            except ValueError:
                pass
        await storage.transaction(works)
        return [row.a for row in sql.exec("SELECT a FROM n")]

    def try_alarm(self, _):
        try:
            self.ctx.storage.setAlarm(1)
        except NotThereYet as error:
            return error

    def try_abort(self, _):
        self.ctx.storage.kv.put("aborted", True)
        self.ctx.abort("enough")

    def double(self, number):
        return number * 2

    def fails(self):
        raise KeyError("of the other")


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.headers["host"].split(".")[0]
        return await self.env.THING.getByName(name).fetch(request)
