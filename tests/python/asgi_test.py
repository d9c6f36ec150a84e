"""The ASGI bridge: HTTP and lifespan."""

import sys
import unittest

from project_case import ProjectCase, node

WORKER = """
from workers import WorkerEntrypoint, asgi
import app_of_the_test

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await asgi.fetch(app_of_the_test.app, request, self.env)
"""


class AsgiCase(ProjectCase):
    def serve(self, app):
        (self.folder / "app_of_the_test.py").write_text("app = None\n")
        sys.modules.pop("app_of_the_test", None)
        self.load(WORKER, variables={"GREETING": "hi"})
        sys.modules["app_of_the_test"].app = app
        return self.worker()


async def without_lifespan(scope):
    if scope["type"] == "lifespan":
        raise ValueError("not known")


class Http(AsgiCase):
    def test_scope(self):
        seen = {}

        async def app(scope, receive, send):
            await without_lifespan(scope)
            seen.update(scope)
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body"})

        self.fetch(self.serve(app), "http://site.test:81/%E6%9D%B1%2Fa?q=%20",
                   headers=[("X-A", "1"), ("x-a", "\xfc")])  # fmt: skip
        self.assertEqual(seen["path"], "/東/a")
        self.assertEqual(seen["raw_path"], b"/%E6%9D%B1%2Fa")
        self.assertEqual(seen["query_string"], b"q=%20")
        self.assertEqual(seen["headers"], [(b"x-a", b"1"), (b"x-a", b"\xfc")])
        self.assertEqual(seen["client"], ("192.0.2.7", 4711))
        self.assertEqual(seen["server"], ("site.test", 81))
        self.assertEqual(seen["env"].GREETING, "hi")
        self.assertEqual((seen["http_version"], seen["root_path"]), ("1.1", ""))

    def test_body_and_headers(self):
        async def app(scope, receive, send):
            await without_lifespan(scope)
            message = await receive()
            await send({"type": "http.response.start", "status": 201,
                        "headers": [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]})  # fmt: skip
            await send({"type": "http.response.body", "body": message["body"][::-1]})

        status, headers, body = self.fetch(self.serve(app), method="POST", body=b"\x00\x01\xff")
        self.assertEqual((status, body), (201, b"\xff\x01\x00"))
        self.assertEqual(headers, [("set-cookie", "a=1"), ("set-cookie", "b=2")])

    def test_response_in_parts(self):
        async def app(scope, receive, send):
            import asyncio

            await without_lifespan(scope)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for part in (b"a", b"b", b"c"):
                await asyncio.sleep(1)
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body"})

        self.assertEqual(self.fetch(self.serve(app))[2], b"abc")

    def test_disconnect_comes_after_the_response(self):
        seen = []

        async def app(scope, receive, send):
            await without_lifespan(scope)
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x"})
            seen.append(await receive())

        self.fetch(self.serve(app))
        self.assertEqual(seen, [{"type": "http.disconnect"}])

    def test_failure_before_the_response(self):
        async def app(scope, receive, send):
            await without_lifespan(scope)
            raise KeyError("before")

        with self.assertRaisesRegex(KeyError, "before"):
            self.fetch(self.serve(app))

    def test_failure_in_the_middle(self):
        async def app(scope, receive, send):
            await without_lifespan(scope)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            raise KeyError("middle")

        with self.assertRaisesRegex(KeyError, "middle"):
            self.fetch(self.serve(app))
        self.assertIn("after it had begun to answer", self.log())

    def test_no_response_is_an_error(self):
        async def app(scope, receive, send):
            await without_lifespan(scope)

        with self.assertRaisesRegex(RuntimeError, "without a response"):
            self.fetch(self.serve(app))

    def test_no_content_has_no_body(self):
        async def app(scope, receive, send):
            await without_lifespan(scope)
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b"x"})

        self.assertEqual(self.fetch(self.serve(app))[2], b"")

    def test_body_that_still_arrives(self):
        class Arriving:
            def __init__(self):
                self.chunks = [b"one", b"two", b""]

            def read(self, size):
                return self.chunks.pop(0)

        seen = []

        async def app(scope, receive, send):
            await without_lifespan(scope)
            while True:
                message = await receive()
                seen.append(message["body"])
                if not message["more_body"]:
                    break
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

        self.fetch(self.serve(app), method="POST", body=Arriving())
        self.assertEqual(seen, [b"one", b"two", b""])

    def test_websockets_say_that_they_are_not_there_yet(self):
        with self.assertRaisesRegex(NotImplementedError, "WebSockets are not there yet"):
            self.fetch(self.serve(None), headers=[("Upgrade", "websocket")])


class Lifespan(AsgiCase):
    def app(self, events):
        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                while True:
                    kind = (await receive())["type"]
                    events.append(kind)
                    scope["state"]["made"] = "at startup"
                    await send({"type": kind + ".complete"})
                    if kind == "lifespan.shutdown":
                        return
            events.append(scope["state"]["made"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body"})

        return app

    def test_begins_once_and_shares_state(self):
        events = []
        worker = self.serve(self.app(events))
        self.fetch(worker)
        self.fetch(worker)
        self.assertEqual(events, ["lifespan.startup", "at startup", "at startup"])

    def test_ends_with_the_instance(self):
        events = []
        worker = self.serve(self.app(events))
        self.fetch(worker)
        node.evict(worker)
        self.assertEqual(events[-1], "lifespan.shutdown")

    def test_failed_startup_fails_the_request(self):
        async def app(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.failed", "message": "no database"})

        with self.assertRaisesRegex(RuntimeError, "no database"):
            self.fetch(self.serve(app))


if __name__ == "__main__":
    unittest.main()
