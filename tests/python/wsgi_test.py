"""The WSGI bridge: PEP 3333, and each line of what the anchor's bridge gets wrong."""

import io
import unittest

from project_case import ProjectCase, node

WORKER = """
from workers import WorkerEntrypoint, wsgi
import apps_of_the_test

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await wsgi.fetch(apps_of_the_test.app, request, self.env)
"""


class WsgiCase(ProjectCase):
    def setUp(self):
        super().setUp()
        (self.folder / "apps_of_the_test.py").write_text("app = None\n")

    def serve(self, app):
        import sys

        sys.modules.pop("apps_of_the_test", None)
        self.load(WORKER, variables={"GREETING": "hi"})
        sys.modules["apps_of_the_test"].app = app
        return self.worker()

    def environ_of(self, *args, **options):
        seen = {}

        def app(environ, start_response):
            seen.update(environ, body=environ["wsgi.input"].read())
            start_response("200 OK", [])
            return []

        self.fetch(self.serve(app), *args, **options)
        return seen


def answering(*chunks, status="200 OK", headers=()):
    def app(environ, start_response):
        start_response(status, list(headers))
        return list(chunks)

    return app


class AnchorsDefects(WsgiCase):
    """Section 5.1 of the specification, row by row."""

    def test_row_1_binary_response(self):
        every_byte = bytes(range(256))
        self.assertEqual(self.fetch(self.serve(answering(every_byte)))[2], every_byte)

    def test_row_2_result_is_any_iterable_and_start_response_counts(self):
        def app(environ, start_response):
            start_response("418 Short and stout", [("X-Kind", "teapot")])
            yield b"a"
            yield b"b"

        status, headers, body = self.fetch(self.serve(app))
        self.assertEqual((status, body), (418, b"ab"))
        self.assertIn(("X-Kind", "teapot"), headers)

    def test_row_2_middleware_may_wrap_start_response(self):
        def middleware(environ, start_response):
            def start(status, headers, exc_info=None):
                return start_response(status, [*headers, ("X-Wrapped", "yes")], exc_info)

            return answering(b"inner")(environ, start)

        self.assertIn(("X-Wrapped", "yes"), self.fetch(self.serve(middleware))[1])

    def test_row_3_several_cookies(self):
        cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")]
        headers = self.fetch(self.serve(answering(b"", headers=cookies)))[1]
        self.assertEqual([pair for pair in headers if pair[0] == "Set-Cookie"], cookies)

    def test_row_4_path_is_decoded(self):
        environ = self.environ_of("http://site.test/%E6%9D%B1%E4%BA%AC/a%20b?q=%20x")
        self.assertEqual(environ["PATH_INFO"].encode("latin-1").decode(), "/東京/a b")
        self.assertEqual(environ["QUERY_STRING"], "q=%20x")
        self.assertEqual(environ["REQUEST_URI"], "/%E6%9D%B1%E4%BA%AC/a%20b?q=%20x")

    def test_row_5_body_of_any_method(self):
        for method in ("POST", "PUT", "PATCH", "DELETE", "GET", "PROPFIND"):
            with self.subTest(method):
                environ = self.environ_of(method=method, body=b"\x00\xffbody")
                self.assertEqual(environ["body"], b"\x00\xffbody")
                self.assertEqual(environ["CONTENT_LENGTH"], "6")

    def test_row_6_header_names(self):
        environ = self.environ_of(headers=[("X-CSRFToken", "t"), ("If-None-Match", '"e"')])
        self.assertEqual(environ["HTTP_X_CSRFTOKEN"], "t")
        self.assertEqual(environ["HTTP_IF_NONE_MATCH"], '"e"')

    def test_row_7_close_is_called(self):
        closed = []

        class Result:
            def __iter__(self):
                return iter([b"body"])

            def close(self):
                closed.append(True)

        def app(environ, start_response):
            start_response("200 OK", [])
            return Result()

        self.assertEqual(self.fetch(self.serve(app))[2], b"body")
        self.assertEqual(closed, [True])

    def test_row_7_close_is_called_when_iterating_fails(self):
        closed = []

        class Result:
            def __iter__(self):
                yield b"begun"
                raise ValueError("in the middle")

            def close(self):
                closed.append(True)

        def app(environ, start_response):
            start_response("200 OK", [])
            return Result()

        with self.assertRaises(ValueError):
            self.fetch(self.serve(app))
        self.assertEqual(closed, [True])

    def test_row_8_errors_is_a_stream(self):
        def app(environ, start_response):
            environ["wsgi.errors"].write("it went wrong\n")
            environ["wsgi.errors"].writelines(["one\n", "two\n"])
            environ["wsgi.errors"].flush()
            start_response("200 OK", [])
            return []

        self.fetch(self.serve(app))
        self.assertEqual(
            node.logged, [("error", "it went wrong"), ("error", "one"), ("error", "two")]
        )

    def test_row_8_environ_is_complete(self):
        environ = self.environ_of("http://site.test:8080/p")
        self.assertEqual(environ["REMOTE_ADDR"], "192.0.2.7")
        self.assertEqual(environ["SCRIPT_NAME"], "")
        self.assertEqual(environ["SERVER_NAME"], "site.test")
        self.assertEqual(environ["SERVER_PORT"], "8080")
        self.assertEqual(environ["RAW_URI"], "/p")
        self.assertEqual(environ["HTTP_HOST"], "site.test:8080")
        self.assertIs(environ["wsgi.run_once"], False)
        self.assertEqual(environ["wsgi.version"], (1, 0))

    def test_row_8_default_port_is_there(self):
        self.assertEqual(self.environ_of("http://site.test/")["SERVER_PORT"], "80")
        self.assertEqual(self.environ_of("https://site.test/")["SERVER_PORT"], "443")

    def test_row_8_file_wrapper(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            return environ["wsgi.file_wrapper"](io.BytesIO(b"x" * 20_000), 1024)

        self.assertEqual(self.fetch(self.serve(app))[2], b"x" * 20_000)

    def test_row_8_repeated_headers(self):
        environ = self.environ_of(headers=[
            ("Accept", "a"), ("Accept", "b"), ("Cookie", "c=1"), ("Cookie", "d=2")])  # fmt: skip
        self.assertEqual(environ["HTTP_ACCEPT"], "a,b")
        self.assertEqual(environ["HTTP_COOKIE"], "c=1; d=2")

    def test_row_9_unknown_methods(self):
        self.assertEqual(self.environ_of(method="BREW")["REQUEST_METHOD"], "BREW")

    def test_row_9_header_values_are_latin_1(self):
        environ = self.environ_of(headers=[("X-Name", "J\xfcrg")])
        self.assertEqual(environ["HTTP_X_NAME"], "J\xfcrg")

    def test_row_9_failure_after_the_first_chunk_is_no_short_answer(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            yield b"begun"
            raise ValueError("in the middle")

        with self.assertRaises(ValueError):
            self.fetch(self.serve(app))


class Pep3333(WsgiCase):
    def test_write_comes_before_the_iterable(self):
        def app(environ, start_response):
            write = start_response("200 OK", [])
            write(b"first ")
            return [b"then"]

        self.assertEqual(self.fetch(self.serve(app))[2], b"first then")

    def test_start_response_may_be_called_with_the_first_chunk(self):
        def app(environ, start_response):
            yield b""
            start_response("201 Created", [])
            yield b"late"

        self.assertEqual(self.fetch(self.serve(app))[::2], (201, b"late"))

    def test_start_response_twice_needs_exc_info(self):
        def app(environ, start_response):
            start_response("200 OK", [])
            start_response("200 OK", [])
            return []

        with self.assertRaisesRegex(RuntimeError, "second time"):
            self.fetch(self.serve(app))

    def test_exc_info_replaces_what_was_not_sent(self):
        def app(environ, start_response):
            import sys

            start_response("200 OK", [("X-Old", "1")])
            try:
                raise ValueError
            except ValueError:
                start_response("500 Oops", [("X-New", "1")], sys.exc_info())
            return [b"sorry"]

        status, headers, body = self.fetch(self.serve(app))
        self.assertEqual((status, headers, body), (500, [("X-New", "1")], b"sorry"))

    def test_exc_info_is_raised_once_something_was_sent(self):
        def app(environ, start_response):
            import sys

            start_response("200 OK", [])
            yield b"sent"
            try:
                raise ValueError("too late")
            except ValueError:
                start_response("500 Oops", [], sys.exc_info())

        with self.assertRaisesRegex(ValueError, "too late"):
            self.fetch(self.serve(app))

    def test_no_start_response_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "did not call start_response"):
            self.fetch(self.serve(lambda environ, start_response: [b"x"]))

    def test_head_leaves_the_body_to_the_gateway_which_tells_its_length(self):
        status, _, body = self.fetch(self.serve(answering(b"four")), method="HEAD")
        self.assertEqual((status, body), (200, b"four"))

    def test_no_content_has_no_body(self):
        self.assertEqual(self.fetch(self.serve(answering(b"x", status="204 No Content")))[2], b"")

    def test_input_has_read_readline_and_iteration(self):
        seen = []

        def app(environ, start_response):
            body = environ["wsgi.input"]
            seen.extend([body.readline(), body.read(3), *body])
            start_response("200 OK", [])
            return []

        self.fetch(self.serve(app), method="POST", body=b"one\ntwothree\nfour\n")
        self.assertEqual(seen, [b"one\n", b"two", b"three\n", b"four\n"])

    def test_body_that_still_arrives_is_read_as_it_comes(self):
        class Arriving:
            def __init__(self):
                self.chunks = [b"one\nt", b"wo\n", b""]

            def read(self, size):
                return self.chunks.pop(0)

        seen = []

        def app(environ, start_response):
            seen.extend(environ["wsgi.input"])
            start_response("200 OK", [])
            return []

        self.fetch(self.serve(app), method="POST", body=Arriving())
        self.assertEqual(seen, [b"one\n", b"two\n"])

    def test_env_is_in_the_environ(self):
        self.assertEqual(self.environ_of()["workers.env"].GREETING, "hi")

    def test_underscores_in_header_names_are_not_passed(self):
        environ = self.environ_of(headers=[("X_Forwarded_For", "evil"), ("Proxy", "evil")])
        self.assertNotIn("HTTP_X_FORWARDED_FOR", environ)
        self.assertNotIn("HTTP_PROXY", environ)

    def test_application_finds_no_event_loop(self):
        import asyncio

        def app(environ, start_response):
            start_response("200 OK", [])
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return [b"none"]
            return [b"one"]

        self.assertEqual(self.fetch(self.serve(app))[2], b"none")

    def test_validator_of_the_standard_library_agrees(self):
        from wsgiref.validate import validator

        def app(environ, start_response):
            environ["wsgi.input"].read(1)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"valid"]

        self.assertEqual(self.fetch(self.serve(validator(app)))[2], b"valid")

    def test_entrypoint(self):
        from workers import wsgi

        self.load("class Default:\n    pass\n")
        self.assertEqual(wsgi.entrypoint(answering(b"x")).__name__, "Default")




if __name__ == "__main__":
    unittest.main()
