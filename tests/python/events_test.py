"""What the node calls: loading a project, entry points, requests, calls by name, bindings."""

import unittest

from project_case import ProjectCase, node

from stead import RemoteError


class Loading(ProjectCase):
    def test_classes_and_worker_are_found(self):
        self.load("""
            from workers import DurableObject, WorkerEntrypoint
            class Thing(DurableObject): pass
            class Other(Thing): pass
            class _Hidden(DurableObject): pass
            class Default(WorkerEntrypoint): pass
        """)
        self.assertEqual(self.loaded, {"classes": ["Other", "Thing"], "worker": True})

    def test_bound_classes_need_no_base(self):
        self.load("class Thing:\n    pass\n", bindings={"THING": "Thing"})
        self.assertEqual(self.loaded, {"classes": ["Thing"], "worker": False})

    def test_vendored_folders_are_on_the_path(self):
        for folder, name in (("vendor", "from_vendor"), ("python_modules", "from_modules")):
            (self.folder / folder).mkdir()
            (self.folder / folder / f"{name}.py").write_text("")
        self.load("import from_vendor, from_modules\n")

    def test_other_modules_can_import_the_main_module(self):
        (self.folder / "helper_of_test.py").write_text("import worker_under_test as main\n")
        module = self.load("import helper_of_test\n")
        self.assertIs(module.helper_of_test.main, module)

    def test_missing_main_module_is_named(self):
        from stead import _host

        with self.assertRaisesRegex(FileNotFoundError, "nowhere/worker.py"):
            _host.load({"main": "/nowhere/worker.py"})


class Requests(ProjectCase):
    def test_default_entrypoint_is_made_for_each_request(self):
        self.load("""
            from workers import Response, WorkerEntrypoint
            class Mixin:
                async def fetch(self, request):
                    self.count = getattr(self, "count", 0) + 1
                    return Response(f"{self.count} {request.method} {self.env.NAME}")
            class Default(Mixin, WorkerEntrypoint):
                pass
        """, variables={"NAME": "n"})  # fmt: skip
        self.assertEqual(self.text(), "1 GET n")
        self.assertEqual(self.text(method="POST"), "1 POST n")

    def test_module_handler_gets_the_raw_request(self):
        self.load("""
            from js import Response
            async def on_fetch(request, env):
                pairs = [h for h in request.headers]
                return Response.new(f"{type(request).__name__} {pairs}")
        """)
        self.assertEqual(self.text(headers=[("A", "1")]), "Request [['a', '1']]")

    def test_module_handler_takes_as_many_arguments_as_it_wants(self):
        for parameters in ("request", "request, env", "request, env, ctx", "*args"):
            with self.subTest(parameters):
                self.load(f"""
                    from workers import Response
                    def on_fetch({parameters}):
                        return Response("ok")
                """)
                self.assertEqual(self.text(), "ok")

    def test_handler_decorator_wraps_the_request(self):
        self.load("""
            from workers import Response, handler
            @handler
            async def on_fetch(request, env):
                return Response(request.headers["A"])
        """)
        self.assertEqual(self.text(headers=[("A", "1")]), "1")

    def test_object_without_super_init(self):
        self.load("""
            from workers import DurableObject, Response
            class Mixin:
                def __init__(self, ctx, env):
                    self.mine = ctx.id.name
            class Thing(Mixin, DurableObject):
                async def on_fetch(self, request):
                    return Response(f"{self.mine} {self.ctx.id} {self.env.V}")
        """, variables={"V": "v"})  # fmt: skip
        thing = self.object()
        self.assertEqual(self.text(thing), f"a {thing.id} v")

    def test_request_is_passed_on_as_it_is(self):
        self.load("""
            from workers import DurableObject, Response, WorkerEntrypoint
            class Thing(DurableObject):
                async def fetch(self, request):
                    body = await request.bytes()
                    return Response(body[::-1], status=207, headers=[("X", request.url)])
            async def on_fetch(request, env):
                return await env.THING.get(env.THING.idFromName("a")).fetch(request)
        """, bindings={"THING": "Thing"})  # fmt: skip
        status, headers, body = self.fetch(None, "http://h.test/p?q", "PUT", (), b"\x00\xff")
        self.assertEqual((status, headers, body), (207, [("X", "http://h.test/p?q")], b"\xff\x00"))

    def test_response_of_any_kind(self):
        for kind in ("workers.Response('x')", "js.Response.new('x')", "Holder()"):
            with self.subTest(kind):
                self.load(f"""
                    import js, workers
                    class Holder:
                        js_response = js.Response.new('x')
                    def on_fetch(request):
                        return {kind}
                """)
                self.assertEqual(self.text(), "x")

    def test_no_response_is_an_error(self):
        self.load("async def on_fetch(request):\n    return 5\n")
        with self.assertRaisesRegex(TypeError, "returned int"):
            self.fetch()

    def test_no_handler_is_an_error(self):
        self.load("from workers import DurableObject\nclass Thing(DurableObject): pass\n")
        with self.assertRaisesRegex(LookupError, "no method `fetch`"):
            self.fetch(self.object())

    def test_context_variables_do_not_reach_the_next_event(self):
        self.load("""
            import contextvars
            from workers import Response
            variable = contextvars.ContextVar("v", default="clean")
            async def on_fetch(request):
                before = variable.get()
                variable.set("dirty")
                return Response(before)
        """)
        self.assertEqual([self.text(), self.text()], ["clean", "clean"])


class CallsByName(ProjectCase):
    def setUp(self):
        super().setUp()
        self.load("""
            from workers import DurableObject, WorkerEntrypoint, Response
            class Thing(DurableObject):
                secret = 1
                def echo(self, *args, **kwargs):
                    return [list(args), kwargs]
                async def add(self, a, b=1):
                    return a + b
                def fails(self):
                    raise ValueError("the text of the error")
                def _private(self):
                    return 1
                async def through(self, name):
                    return await self.env.THING.getByName(name).add(40, b=2)
                async def failing(self):
                    try:
                        await self.env.THING.getByName("b").fails()
                    except Exception as error:
                        from pyodide.ffi import JsException
                        return [type(error).__name__, isinstance(error, JsException)]
        """, bindings={"THING": "Thing"})  # fmt: skip

    def test_arguments_by_value(self):
        self.assertEqual(self.call(self.object(), "echo", 1, "a", None, k=b"x"),
                         [[1, "a", None], {"k": b"x"}])  # fmt: skip

    def test_between_objects(self):
        self.assertEqual(self.call(self.object(), "through", "b"), 42)

    def test_error_of_the_other_object(self):
        self.assertEqual(self.call(self.object(), "failing"), ["RemoteError", True])

    def test_only_public_methods_can_be_called(self):
        for name in ("_private", "secret", "absent", "fetch", "__init__", "ctx"):
            with self.subTest(name), self.assertRaisesRegex(AttributeError, name):
                self.call(self.object(), name)

    def test_results_serve_both_sides(self):
        result = self.call(self.object(), "echo", {"a": 1})
        self.assertEqual(result.to_py(), [[{"a": 1}], {}])


class Bindings(ProjectCase):
    def setUp(self):
        super().setUp()
        self.load("from workers import DurableObject\nclass Thing(DurableObject): pass\n",
                  bindings={"THING": "Thing"})  # fmt: skip
        from stead import env

        self.namespace = env.THING

    def test_ids(self):
        id = self.namespace.idFromName("n")
        self.assertEqual((id.name, len(id.toString()), str(id)), ("n", 64, id.toString()))
        again = self.namespace.idFromString(str(id))
        self.assertTrue(again.equals(id))
        self.assertIsNone(again.name)
        self.assertNotEqual(self.namespace.newUniqueId(), self.namespace.newUniqueId())

    def test_forged_id_is_refused(self):
        from pyodide.ffi import JsException

        with self.assertRaises(JsException):
            self.namespace.idFromString("abc")

    def test_stub(self):
        stub = self.namespace.getByName("n")
        self.assertEqual((stub.name, stub.id.name), ("n", "n"))
        self.assertFalse(hasattr(stub, "then"))
        self.assertFalse(hasattr(stub, "_private"))

    def test_remote_error_has_its_properties(self):
        self.assertFalse(RemoteError("x").retryable)
        self.assertEqual(RemoteError("x").message, "x")


class Context(ProjectCase):
    def test_block_concurrency_while_in_the_constructor(self):
        self.load("""
            import asyncio
            from workers import DurableObject
            class Thing(DurableObject):
                def __init__(self, ctx, env):
                    super().__init__(ctx, env)
                    self.ready = False
                    async def prepare():
                        await asyncio.sleep(1)
                        self.ready = True
                    ctx.blockConcurrencyWhile(prepare)
                def look(self):
                    return self.ready
        """)
        thing = self.object()
        self.assertEqual(len(thing.sections), 1)
        node.pump()
        self.assertEqual(thing.sections, [])
        self.assertTrue(self.call(thing, "look"))

    def test_block_concurrency_while_gives_the_result(self):
        self.load("""
            from workers import DurableObject
            class Thing(DurableObject):
                async def go(self):
                    async def body():
                        return 5
                    return await self.ctx.blockConcurrencyWhile(body)
        """)
        self.assertEqual(self.call(self.object(), "go"), 5)

    def test_failed_section_throws_the_object_away(self):
        import fake_stead

        self.load("""
            from workers import DurableObject
            class Thing(DurableObject):
                async def go(self):
                    async def body():
                        raise ValueError
                    return await self.ctx.blockConcurrencyWhile(body)
        """)
        with self.assertRaises(fake_stead.Aborted):
            self.call(self.object(), "go")

    def test_abort(self):
        import fake_stead

        self.load("""
            from workers import DurableObject
            class Thing(DurableObject):
                async def go(self):
                    self.ctx.abort("enough")
        """)
        with self.assertRaisesRegex(fake_stead.Aborted, "enough"):
            self.call(self.object(), "go")

    def test_constructor_that_fails(self):
        self.load("""
            from workers import DurableObject
            class Thing(DurableObject):
                def __init__(self, ctx, env):
                    raise ValueError("cannot begin")
        """)
        with self.assertRaisesRegex(ValueError, "cannot begin"):
            self.object()


if __name__ == "__main__":
    unittest.main()
