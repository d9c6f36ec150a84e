"""Every example, as its README shows it."""

import json

import harness


class GuestbookTest(harness.TestCase):
    def test_signs_with_form_and_json_and_lists(self):
        for program in ("guestbook", "demo"):
            with self.subTest(program):
                server = self.serve(program, data=f"{self.folder}/{program}")
                reply = server.post("/guestbook/blue", "author=Ada+L&text=Hello%20%26+welcome",
                                    {"Content-Type": "application/x-www-form-urlencoded"})
                self.assertEqual(reply.status, 303)
                self.assertEqual(reply.headers["Location"], "/guestbook/blue")
                reply = self.sign(server, {"author": "Bob", "text": "<script>alert('é')</script>"})
                self.assertEqual((reply.status, json.loads(reply.text)), (201, {"id": 2}))
                entries = json.loads(server.get("/guestbook/blue/entries").text)
                self.assertEqual([(e["author"], e["text"]) for e in entries],
                                 [("Bob", "<script>alert('é')</script>"),
                                  ("Ada L", "Hello & welcome")])
                self.assertEqual(json.loads(server.get("/guestbook/red/entries").text), [])
                page = server.get("/guestbook/blue")
                self.assertIn("text/html", page.headers["Content-Type"])
                self.assertIn("&lt;script&gt;alert(&#39;é&#39;)&lt;/script&gt;", page.text)
                self.assertNotIn("<script", page.text)
                self.stop(server)

    def sign(self, server, entry):
        return server.post("/guestbook/blue", json.dumps(entry),
                           {"Content-Type": "application/json"})

    def test_refuses_bad_entries(self):
        server = self.serve("guestbook")
        for entry in ({}, {"author": "a"}, {"author": "a", "text": ""}, {"author": 5, "text": "x"},
                      {"author": "a", "text": "x" * 2001}, {"author": "a" * 101, "text": "x"}, [],
                      None):
            self.assertEqual(self.sign(server, entry).status, 400, entry)
        reply = server.post("/guestbook/blue", '{"author":', {"Content-Type": "application/json"})
        self.assertEqual(reply.status, 400)
        self.assertIn("byte 11", reply.text)
        self.assertEqual(server.post("/guestbook/blue", "author=a&text=%zz").status, 400)
        self.assertEqual(server.request("DELETE", "/guestbook/blue").status, 405)
        self.assertEqual(server.get("/guestbook/blue/entries").text, "[]")
        self.stop(server)


class DemoTest(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def tearDown(self):
        self.stop(self.server)

    def test_memory_counter_has_no_file(self):
        self.assertEqual([self.server.post("/memory/a/increment").text for _ in range(3)],
                         ["1", "2", "3"])
        self.assertEqual(self.files("MemoryCounter"), [])

    def test_index_lists_what_to_try(self):
        reply = self.server.get("/")
        self.assertEqual(reply.status, 200)
        self.assertIn(f"http://127.0.0.1:{self.server.port}/counter/alice/increment", reply.text)
        self.assertEqual(self.server.post("/").status, 405)

    def test_wrong_requests(self):
        self.assertEqual(self.server.get("/nowhere").status, 404)
        self.assertEqual(self.server.get("/counter/alice/increment").status, 405)
        self.assertEqual(self.server.request("DELETE", "/counter/alice").status, 405)
        error = json.loads(self.server.get("/nowhere").text)["error"]
        self.assertIn("nothing here", error["message"])

    def call(self, path, body):
        return self.server.post(f"/call/{path}", body, {"Content-Type": "application/json"})

    def test_named_methods(self):
        self.assertEqual(self.call("Counter/alice/add", "[5]").text, "5")
        self.assertEqual(self.call("Counter/alice/add", "[-2]").text, "3")
        self.assertEqual(self.call("Counter/alice/value", "[]").text, "3")
        self.assertEqual(self.server.get("/counter/alice").text, "3")
        for path, body, part in (("Counter/alice/add", "[5", "byte 3"),
                                 ("Counter/alice/add", '["5"]', "argument 1"),
                                 ("Counter/alice/add", "[1, 2]", "takes 1 argument"),
                                 ("Counter/alice/add", "{}", "")):
            reply = self.call(path, body)
            self.assertEqual(reply.status, 400, reply)
            self.assertIn(part, reply.text)
        self.assertEqual(self.call("Nothing/alice/add", "[5]").status, 400)
        self.assertEqual(self.call("Counter/alice/nothing", "[5]").status, 404)
        self.assertEqual(self.call("Account/alice/credit", '["x", 5]').status, 404)
        self.assertEqual(self.server.get("/counter/alice").text, "3")


if __name__ == "__main__":
    harness.main()
