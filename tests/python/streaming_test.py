"""Bodies in pieces: responses that are sent while they are made, requests that still arrive."""

import unittest

from project_case import ProjectCase, node

import _stead
from stead import _host


class Arriving:
    """A request's body as the node gives it."""

    def __init__(self, *chunks):
        self.chunks, self.closed = list(chunks), False

    def begin_read(self, callback):
        chunk = self.chunks.pop(0) if self.chunks else None
        error = chunk if isinstance(chunk, BaseException) else None
        node.complete(_stead.current(), callback, None if error else chunk, error)

    def close(self):
        self.closed = True


class StreamingCase(ProjectCase):
    def setUp(self):
        super().setUp()
        _stead.response_streams = True
        self.addCleanup(setattr, _stead, "response_streams", False)


class Responses(StreamingCase):
    def serve(self, app):
        self.load("""
            from workers import DurableObject, asgi, wsgi
            app = None
            class Thing(DurableObject):
                async def fetch(self, request):
                    bridge = asgi if request.url.endswith("asgi") else wsgi
                    return await bridge.fetch(app, request, self.env)
        """).app = app
        return self.object()

    def test_wsgi_chunks_leave_as_they_are_made(self):
        made = []

        def app(environ, start_response):
            start_response("200 OK", [])
            for chunk in (b"a", b"", b"b", b"c"):
                made.append(chunk)
                yield chunk

        thing = self.serve(app)
        stream = self.fetch(thing)[2]
        self.assertEqual(made, [b"a"])
        chunks = node.chunks(thing, stream)
        self.assertEqual(next(chunks), b"a")
        self.assertEqual(next(chunks), b"b")
        self.assertEqual(made, [b"a", b"", b"b"])
        self.assertEqual(list(chunks), [b"c"])

    def test_wsgi_result_is_closed_when_it_ends(self):
        closed = self.closing_app()
        thing = self.serve(closed.app)
        self.assertEqual(list(node.chunks(thing, self.fetch(thing)[2])), [b"x"] * 3)
        self.assertEqual(closed.count, 1)

    def test_wsgi_result_is_closed_when_the_client_goes(self):
        closed = self.closing_app()
        thing = self.serve(closed.app)
        stream = self.fetch(thing)[2]
        next(node.chunks(thing, stream))
        for _ in range(2):
            node.on_fiber(thing, lambda: _host.end_stream(stream))
        self.assertEqual(closed.count, 1)

    def closing_app(self):
        class Closed:
            count = 0

            def app(self, environ, start_response):
                start_response("200 OK", [])
                return self

            def __iter__(self):
                return iter([b"x"] * 3)

            def close(self):
                self.count += 1

        return Closed()

    def test_wsgi_failure_breaks_the_body_off(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"begun"
            raise ValueError("in the middle")

        thing = self.serve(app)
        chunks = node.chunks(thing, self.fetch(thing)[2])
        self.assertEqual(next(chunks), b"begun")
        with self.assertRaisesRegex(ValueError, "in the middle"):
            next(chunks)

    def test_whole_results_are_not_streamed(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            return [b"a", b"b"]

        self.assertEqual(self.fetch(self.serve(app))[2], b"ab")

    def test_asgi_chunks_leave_as_they_are_sent(self):
        async def app(scope, receive, send):
            import asyncio

            if scope["type"] == "lifespan":
                raise ValueError
            await send({"type": "http.response.start", "status": 200})
            for chunk in (b"a", b"b"):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await asyncio.sleep(1)
            await send({"type": "http.response.body"})

        thing = self.serve(app)
        stream = self.fetch(thing, "http://site.test/asgi")[2]
        self.assertEqual(list(node.chunks(thing, stream)), [b"a", b"b"])

    def test_asgi_application_hears_of_the_client_that_goes(self):
        seen = []

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                raise ValueError
            await receive()
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
            seen.append((await receive())["type"])

        thing = self.serve(app)
        stream = self.fetch(thing, "http://site.test/asgi")[2]
        node.on_fiber(thing, lambda: _host.end_stream(stream))
        node.pump()
        self.assertEqual(seen, ["http.disconnect"])


class Requests(StreamingCase):
    def load_reader(self):
        self.load("""
            from workers import DurableObject, Response, wsgi
            def app(environ, start_response):
                lines = environ["wsgi.input"].readline(), environ["wsgi.input"].read()
                start_response("200 OK", [])
                return [b"|".join(lines)]
            def ignoring(environ, start_response):
                start_response("200 OK", [])
                return [b"not read"]
            class Thing(DurableObject):
                async def fetch(self, request):
                    if request.url.endswith("wsgi"):
                        return await wsgi.fetch(app, request)
                    if request.url.endswith("ignoring"):
                        return await wsgi.fetch(ignoring, request)
                    if request.url.endswith("bytes"):
                        return Response(await request.bytes())
                    return Response(b"|".join([bytes(c) async for c in request.body]))
        """)
        return self.object()

    def test_wsgi_input_waits_for_what_arrives(self):
        body = Arriving(b"one\nt", b"wo\nth", b"ree")
        answer = self.text(self.load_reader(), "http://site.test/wsgi", "POST", (), body)
        self.assertEqual(answer, "one\n|two\nthree")

    def test_whole_body(self):
        body = Arriving(b"a", b"b")
        self.assertEqual(self.text(self.load_reader(), "http://s.test/bytes", "PUT", (), body), "ab")

    def test_asynchronous_iteration(self):
        body = Arriving(b"a", b"b")
        self.assertEqual(self.text(self.load_reader(), "http://s.test/", "PUT", (), body), "a|b")

    def test_body_that_is_not_read_is_closed(self):
        body = Arriving(b"a")
        self.text(self.load_reader(), "http://site.test/ignoring", "PUT", (), body)
        self.assertTrue(body.closed)

    def test_body_that_is_passed_on_is_not_read_here(self):
        self.load("""
            from workers import DurableObject, Response
            class Thing(DurableObject):
                async def fetch(self, request):
                    return Response(await request.bytes())
            async def on_fetch(request, env):
                return await env.THING.getByName("a").fetch(request)
        """, bindings={"THING": "Thing"})  # fmt: skip
        given = []
        fetch = _stead.fetch
        self.addCleanup(setattr, _stead, "fetch", fetch)

        def noting(class_name, hex_id, name, request, callback):
            given.append(request[3])
            fetch(class_name, hex_id, name, request, callback)

        _stead.fetch = noting
        body = Arriving(b"a", b"b")
        self.assertEqual(self.text(None, "http://site.test/", "PUT", (), body), "ab")
        self.assertEqual(given, [body])

    def test_client_that_goes_breaks_the_reading_off(self):
        body = Arriving(b"a", ConnectionError("the client went away"))
        with self.assertRaisesRegex(ConnectionError, "went away"):
            self.text(self.load_reader(), "http://site.test/wsgi", "PUT", (), body)


if __name__ == "__main__":
    unittest.main()
