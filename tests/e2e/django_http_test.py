"""Django's requests and responses in an object, over real connections; its transactions."""

import http.client
import json
import time

import django_case
import harness

BOUNDARY = "a-line-between"


def multipart(*files, **fields):
    """The body of a form; each file is (name, bytes)."""
    body = b""
    for name, value in fields.items():
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n' \
                f"{value}\r\n".encode()  # fmt: skip
    for name, content in files:
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"' \
                f"\r\nContent-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


class ProbeCase(django_case.DjangoCase):
    project_source = "tests/e2e/django_probe"

    def setUp(self):
        super().setUp()
        self.server = self.serve_project()
        self.visitor_ = self.visitor(self.server)
        self.assertEqual(self.get("/setup").text, "ready")

    def get(self, path, **headers):
        return self.visitor_.request("GET", path, headers=headers)

    def counters(self):
        return json.loads(self.get("/counters").body)


class HttpTest(ProbeCase):
    def test_bodies(self):
        every_byte = bytes(range(256)) * 1000
        body = multipart(("bytes.bin", every_byte), ("Käse 東.txt", b"cheese"), note="größer")
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        reply = self.visitor_.request("POST", "/upload", body, {"Content-Type": kind})
        self.assertEqual(reply.status, 200, reply)
        told = json.loads(reply.body)
        self.assertEqual(told["fields"], {"note": ["größer"]})
        down = self.get(f"/download/{told['ids']['bytes.bin']}")
        self.assertEqual(down.body, every_byte)
        self.assertEqual(down.headers["Content-Length"], str(len(every_byte)))
        self.assertIn("bytes.bin", down.headers["Content-Disposition"])
        down = self.get(f"/download/{told['ids']['Käse 東.txt']}")
        self.assertEqual(down.body, b"cheese")

        for method in ("DELETE", "PATCH", "PUT", "POST", "REPORT"):
            reply = self.visitor_.request(method, "/echo", every_byte)
            self.assertEqual((reply.status, reply.headers["X-Method"]), (200, method))
            self.assertEqual(reply.body, every_byte, method)

    def test_heads(self):
        reply = self.get("/cookies", Cookie="a=1; b=2")
        self.assertEqual(json.loads(reply.body), {"a": "1", "b": "2"})
        lines = reply.headers.get_all("Set-Cookie")
        self.assertEqual(len(lines), 3, lines)
        self.assertTrue(any(line.startswith("lasting=") and "HttpOnly" in line for line in lines))
        shown = json.loads(self.get("/path/Z%C3%BCrich/%E6%9D%B1%E4%BA%AC?q=%C3%BC%26").body)
        self.assertEqual(shown, {"path": "/path/Zürich/東京", "query": {"q": "ü&"}})
        self.assertEqual(self.get("/client").text, "127.0.0.1")
        head = self.visitor_.request("HEAD", "/path/a")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(self.get("/nowhere").status, 404)

    def test_streamed_response(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        self.addCleanup(connection.close)
        began = time.monotonic()
        connection.request("GET", "/stream")
        response = connection.getresponse()
        self.assertEqual(response.readline(), b"part 0 of 0\n")
        first = time.monotonic() - began
        self.assertEqual(len(response.read().splitlines()), 4)
        everything = time.monotonic() - began
        print(f"streamed: the first part after {first:.2f} s, everything after {everything:.2f} s")
        self.assertLess(first, everything - 0.5)

    def test_failure(self):
        reply = self.get("/fail")
        self.assertEqual(reply.status, 500)
        for word in ("Traceback", "ValueError", "secret", "views.py"):
            self.assertNotIn(word, reply.text)
        self.assertIn("a secret of the program", self.server.stderr())
        self.assertIn("views.py", self.server.stderr())
        # As in every Django without ATOMIC_REQUESTS: each statement was its own transaction.
        self.assertEqual(self.counters(), {"before the failure": 0})


class TransactionTest(ProbeCase):
    def test_rollback(self):
        self.assertEqual(json.loads(self.get("/rollback").body), {"after": 0})
        nested = json.loads(self.get("/nested").body)
        self.assertEqual(nested["names"], ["after", "outer", "inner"])
        self.assertEqual(nested["called"], ["IntegrityError", "outer", "inner"])
        self.assertEqual(self.get("/half/raise").status, 500)
        self.assertEqual(self.get("/half/quietly").status, 200)
        self.server.kill()
        self.server = self.serve_project()
        self.visitor_ = self.visitor(self.server)
        self.assertEqual(list(self.counters()), ["after", "outer", "inner"])

    def test_requests_of_one_site_do_not_mix_inside_atomic(self):
        for path in ("/slow-add", "/waiting-add"):
            before = self.counters().get("shared", 0)

            def add(_, path=path):
                with self.server.client(timeout=60) as client:
                    reply = client.get(path)
                    self.assertEqual(reply.status, 200, reply)
                    return int(reply.text)

            seen = harness.in_parallel(12, add)
            self.assertEqual(sorted(seen), list(range(before + 1, before + 13)), path)
            self.assertEqual(self.counters()["shared"], before + 12)

    def test_other_sites_go_on_meanwhile(self):
        def add(number):
            with self.server.client(timeout=60) as client:
                headers = {"X-Site": f"site {number}"}
                self.assertEqual(client.request("GET", "/setup", headers=headers).status, 200)
                values = [client.request("GET", "/waiting-add", headers=headers).text
                          for _ in range(5)]  # fmt: skip
                return values

        self.assertEqual(harness.in_parallel(6, add), [list("12345")] * 6)


if __name__ == "__main__":
    harness.main()
