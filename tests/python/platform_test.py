"""The modules that Python code for Workers imports: workers, js, pyodide, PythonWorker, asgi."""

import sys
import unittest

from project_case import ProjectCase

from stead import _finder, run_sync

_finder.install("mended")

import js  # noqa: E402
import pyodide  # noqa: E402
import pyodide.code  # noqa: E402
import pyodide.ffi  # noqa: E402
import pyodide.http  # noqa: E402
import pyodide.webloop  # noqa: E402
import workers  # noqa: E402
from workers import FormData, Request, Response  # noqa: E402


class Names(ProjectCase):
    def test_first_tier_is_there(self):
        names = {
            workers: "WorkerEntrypoint DurableObject env import_from_javascript Request Response "
            "wait_until waitUntil fetch handler python_from_rpc python_to_rpc patch_env Context "
            "FormData Blob File FetchResponse Headers WorkflowEntrypoint",
            js: "URL Object Response Headers ReadableStream TransformStream WebSocketPair console "
            "Error Uint8Array fetch Map Date Array JSON File Blob FormData",
            pyodide.ffi: "run_sync jsnull JsProxy JsException JsBuffer to_js create_proxy "
            "create_once_callable destroy_proxies",
            pyodide.code: "relaxed_call",
            pyodide.webloop: "WebLoop",
            pyodide.http: "pyfetch",
        }
        for module, listed in names.items():
            for name in listed.split():
                with self.subTest(f"{module.__name__}.{name}"):
                    self.assertTrue(hasattr(module, name))

    def test_unknown_names_are_attribute_errors(self):
        for module in (js, pyodide.ffi):
            with self.assertRaises(AttributeError):
                module.__path__  # noqa: B018
            with self.assertRaises(AttributeError):
                module.nonsense  # noqa: B018

    def test_ours_win_over_vendored_copies(self):
        for name in ("workers", "js", "pyodide", "PythonWorker", "asgi"):
            (self.folder / f"{name}.py").write_text("vendored = True\n")
        module = self.load("""
import asgi, js, pyodide, PythonWorker, workers
found = [m for m in (asgi, js, pyodide, PythonWorker, workers) if hasattr(m, "vendored")]
""")
        self.assertEqual(module.found, [])

    def test_workers_has_its_submodules(self):
        from workers import asgi, wsgi

        self.assertTrue(callable(wsgi.fetch) and callable(asgi.fetch))

    def test_python_worker_is_the_name_in_the_instructions(self):
        from PythonWorker import DurableObject

        self.assertIs(DurableObject, workers.DurableObject)


class Values(unittest.TestCase):
    def test_jsnull_is_falsy_and_no_value(self):
        self.assertFalse(pyodide.ffi.jsnull)
        self.assertIsNot(pyodide.ffi.jsnull, None)

    def test_arrays_objects_and_buffers_serve_both_sides(self):
        value = pyodide.ffi.to_js({"list": [1, {"b": b"x"}]})
        self.assertEqual(value.list[1].b.to_bytes(), b"x")
        self.assertEqual(type(value.to_py()), dict)
        self.assertIsInstance(value.list, pyodide.ffi.JsProxy)
        self.assertEqual(value, {"list": [1, {"b": b"x"}]})

    def test_proxies_are_the_thing_itself(self):
        proxy = pyodide.ffi.create_proxy(lambda n: n + 1)
        self.assertEqual(proxy(1), 2)
        proxy.destroy()
        buffer = pyodide.ffi.create_proxy(b"abc").getBuffer()
        self.assertEqual(buffer.data.slice(), b"abc")
        buffer.release()

    def test_relaxed_call_drops_what_is_too_much(self):
        self.assertEqual(pyodide.code.relaxed_call(lambda a: a, 1, 2, 3), 1)
        self.assertEqual(pyodide.code.relaxed_call(lambda *a: a, 1, 2), (1, 2))

    def test_objects(self):
        self.assertEqual(js.Object.fromEntries([("a", 1)]).a, 1)
        self.assertEqual(js.Array.new(1, 2), [1, 2])
        self.assertEqual(js.JSON.parse('{"a": [1]}').a, [1])
        self.assertEqual(js.JSON.stringify({"a": [1]}), '{"a":[1]}')
        self.assertEqual(js.Uint8Array.new(b"ab").to_bytes(), b"ab")
        self.assertEqual(js.Map.new([("a", 1)]).get("a"), 1)

    def test_console_is_a_stream_too(self):
        for name in ("write", "flush", "writelines"):
            self.assertTrue(hasattr(js.console.error, name))
        js.console.error("called")


class Urls(unittest.TestCase):
    def test_parts(self):
        url = js.URL.new("https://u:p@Host.test:8443/a%20b/%E6%9D%B1?q=1&r=%20#f")
        self.assertEqual(url.protocol, "https:")
        self.assertEqual(url.pathname, "/a%20b/%E6%9D%B1")
        self.assertEqual(url.search, "?q=1&r=%20")
        self.assertEqual((url.host, url.hostname), ("host.test:8443", "host.test"))
        self.assertEqual((url.port, url.hash, url.username), ("8443", "#f", "u"))
        self.assertEqual(url.origin, "https://host.test:8443")

    def test_default_port_and_empty_search(self):
        url = js.URL.new("http://host.test:80")
        self.assertEqual((url.port, url.search, url.pathname, url.host), ("", "", "/", "host.test"))

    def test_relative_needs_a_base(self):
        with self.assertRaises(js.TypeError):
            js.URL.new("/path")
        self.assertEqual(js.URL.new("/path", "http://h.test/x").href, "http://h.test/path")

    def test_search_parameters(self):
        parameters = js.URL.new("http://h.test/?a=1&b=2&a=3").searchParams
        self.assertEqual((parameters.get("a"), parameters.getAll("a")), ("1", ["1", "3"]))


class HeaderLists(unittest.TestCase):
    def test_repeats_and_case(self):
        headers = js.Headers.new([("Set-Cookie", "a=1"), ("X-A", "1")])
        headers.append("set-cookie", "b=2")
        self.assertEqual(headers.getSetCookie(), ["a=1", "b=2"])
        self.assertEqual(list(headers)[0], ["set-cookie", "a=1"])
        self.assertEqual(headers.get("x-a"), "1")
        headers.set("X-a", "2")
        self.assertEqual([pair for pair in headers if pair[0] == "x-a"], [["x-a", "2"]])
        self.assertIsNone(headers.get("absent"))

    def test_made_of_dicts_and_views(self):
        self.assertEqual(js.Headers.new({"A": "1"}.items()).get("a"), "1")
        self.assertEqual(js.Headers.new({"A": "1"}).get("a"), "1")

    def test_line_breaks_are_refused(self):
        with self.assertRaises(js.TypeError):
            js.Headers.new({"A": "1\r\nB: 2"})


class Requests(unittest.TestCase):
    def test_of_workers(self):
        request = Request("http://h.test/p", method="POST", body="text", headers={"A": "1"})
        self.assertEqual(request.method, "POST")
        self.assertEqual(request.method.value, "POST")
        self.assertEqual(request.headers.get("a"), "1")
        self.assertEqual(request.headers["Content-Type"], "text/plain;charset=UTF-8")
        self.assertEqual(run_sync(request.text()), "text")
        self.assertTrue(request.body_used)
        with self.assertRaises(js.TypeError):
            run_sync(request.text())

    def test_items_keep_repeats(self):
        request = Request("http://h.test/", headers=[("A", "1"), ("A", "2")])
        self.assertEqual([v for k, v in request.headers.items() if k == "a"], ["1", "2"])

    def test_unknown_method_is_a_str(self):
        self.assertEqual(Request("http://h.test/", method="brew").method, "BREW")

    def test_body_is_none_without_one(self):
        self.assertIsNone(Request("http://h.test/").body)

    def test_body_as_a_stream(self):
        reader = Request("http://h.test/", method="PUT", body=b"abc").body.getReader()
        self.assertEqual(run_sync(reader.read()).value.to_bytes(), b"abc")
        self.assertTrue(run_sync(reader.read()).done)
        reader.releaseLock()

    def test_array_buffer_as_old_django_cf_reads_it(self):
        raw = Request("http://h.test/", method="PUT", body=b"abc")._js_request
        self.assertEqual(run_sync(raw.arrayBuffer()).to_bytes(), b"abc")

    def test_clone(self):
        request = Request("http://h.test/", method="PUT", body=b"abc")
        copy = request.clone()
        self.assertEqual(run_sync(request.bytes()), run_sync(copy.bytes()))

    def test_forms(self):
        form = FormData({"a": "1"})
        form.append("a", "2")
        form["file"] = workers.File(b"\x00\r\n\xff", "name.bin", "application/x")
        request = Request("http://h.test/", method="POST", body=form)
        back = run_sync(request.form_data())
        self.assertEqual(back.get_all("a"), ["1", "2"])
        self.assertEqual(back["file"].name, "name.bin")
        self.assertEqual(run_sync(back["file"].bytes()), b"\x00\r\n\xff")

    def test_urlencoded_form(self):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        request = Request("http://h.test/", method="POST", body="a=1&b=%20", headers=kind)
        self.assertEqual(dict(run_sync(request.form_data()).items()), {"a": "1", "b": " "})


class Responses(unittest.TestCase):
    def test_json_is_both(self):
        response = Response.json({"a": 1}, status=201)
        self.assertEqual(response.status, 201)
        self.assertEqual(response.headers["content-type"], "application/json")
        self.assertEqual(run_sync(response.json()), {"a": 1})

    def test_js_response(self):
        response = js.Response.new("x", headers=js.Object.fromEntries([("A", "1")]), status=404)
        response.headers.set("Set-Cookie", "c=1")
        wrapped = Response(response)
        self.assertEqual((wrapped.status, wrapped.ok), (404, False))
        self.assertEqual(wrapped.headers.get("set-cookie"), "c=1")

    def test_redirect(self):
        response = Response.redirect("http://h.test/next", 303)
        self.assertEqual(response.status, 303)
        self.assertEqual(response.headers["location"], "http://h.test/next")

    def test_wrong_types_are_named(self):
        with self.assertRaisesRegex(TypeError, "from_json"):
            Response({"a": 1})

    def test_null_body_status_has_no_body(self):
        with self.assertRaises(js.TypeError):
            js.Response.new("x", status=204)
        self.assertEqual(js.Response.new(None, status=204).status, 204)

    def test_stream_that_is_pulled(self):
        chunks, closed = [b"a", b"b"], []

        async def pull(controller):
            if chunks:
                controller.enqueue(js.Uint8Array.new(chunks.pop(0)))
            else:
                controller.close()

        stream = js.ReadableStream.new(pull=pull, cancel=lambda reason: closed.append(reason))
        self.assertEqual(run_sync(Response(js.Response.new(stream)).bytes()), b"ab")

    def test_cancelling_a_stream_tells_its_source_once(self):
        closed = []
        stream = js.ReadableStream.new(pull=lambda c: c.enqueue(b"x"), cancel=closed.append)
        next(stream)
        stream.close()
        stream.close()
        self.assertEqual(len(closed), 1)

    def test_transform_stream(self):
        transform = js.TransformStream.new()
        writer = transform.writable.getWriter()
        run_sync(writer.write(b"a"))
        run_sync(writer.close())
        self.assertEqual(run_sync(js.Response.new(transform.readable).text()), "a")


class Environment(ProjectCase):
    def test_variables_and_bindings(self):
        self.load("from workers import env\n", variables={"V": "v", "J": {"a": [1]}},
                  bindings={"THING": "Thing"})  # fmt: skip
        from workers import env

        self.assertEqual((env.V, env.J.a, env["V"]), ("v", [1], "v"))
        self.assertTrue(hasattr(env, "THING"))
        self.assertFalse(hasattr(env, "BUCKET"))
        with self.assertRaisesRegex(AttributeError, "not there yet"):
            env.DB  # noqa: B018

    def test_patch_env(self):
        self.load("", variables={"V": "v"})
        with workers.patch_env(V="other", W="w"):
            self.assertEqual((workers.env.V, workers.env.W), ("other", "w"))
        self.assertEqual(workers.env.V, "v")
        self.assertFalse(hasattr(workers.env, "W"))

    def test_import_from_javascript(self):
        module = workers.import_from_javascript("cloudflare:workers")
        self.assertIs(module.env, workers.env)
        with self.assertRaises(ImportError):
            workers.import_from_javascript("cloudflare:nonsense")

    def test_no_module_of_the_test_is_left(self):
        self.assertNotIn("js.nonsense", sys.modules)


if __name__ == "__main__":
    unittest.main()
